import SystemPackage

/// Texts in a file's bytes that tools leave there, and the folders that its paths are in.
struct FileTexts {
  /// Texts that begin as those of tools do, each once, in the order of the file.
  private(set) var marks: [String] = []
  /// Folders in which builds are made, with how many texts are in each.
  private(set) var folders: [String: Int] = [:]

  /// Versions of the C library's symbols: `GLIBC_2.34`.
  private(set) var symbolVersions: Set<String> = []
  /// Names of the compiler's own functions and of checked forms of the C library's: `__stack_chk_fail`.
  private(set) var functions: Set<String> = []

  private var seen: Set<String> = []
  private static let scanLimit = 256 << 20
  private static let mostMarks = 200
  private static let textLimit = 512

  /// How the texts of compilers, linkers and kernels begin.
  static let beginnings = [
    "GCC: (", "clang version ", "Debian clang version ", "Ubuntu clang version ", "Android clang version ",
    "rustc version ", "/rustc/", "Linker: LLD ", "mold ", "go1.", "Linux version ", "U-Boot ", "BusyBox v",
  ]

  init() {}

  /// Reads at most the first 256 MiB.
  init(_ path: FilePath) throws {
    let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    defer { try? file.close() }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var total = 0
    while total < Self.scanLimit {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      if count == 0 { break }
      total += count
      try Task.checkCancellation()
      for byte in buffer[..<count] {
        if (0x20..<0x7F).contains(byte) {
          if text.count < Self.textLimit { text.append(byte) }
        } else if !text.isEmpty {
          take(text)
          text.removeAll(keepingCapacity: true)
        }
      }
    }
    take(text)
  }

  /// Most texts are of the program itself: the first letter tells.
  private mutating func take(_ bytes: [UInt8]) {
    guard bytes.count >= 6, "GcDUArL/mgB_".utf8.contains(bytes[0]) else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.hasPrefix("GLIBC_2.") {
      if symbolVersions.count < 100 { symbolVersions.insert(text) }
    } else if text.hasPrefix("__"), text.hasSuffix("_chk") || text == "__stack_chk_fail" {
      if functions.count < 100 { functions.insert(text) }
    } else if Self.beginnings.contains(where: { text.hasPrefix($0) }) {
      if marks.count < Self.mostMarks, seen.insert(text).inserted { marks.append(text) }
    } else if bytes[0] == UInt8(ascii: "/") {
      place(text)
    }
  }

  /// Counts the folders in which builds are made: three parts deep.
  private mutating func place(_ text: String) {
    let parts = text.split(separator: "/")
    guard ["build", "home", "builddir", "workspace", "builds"].contains(parts.first ?? ""), parts.count >= 3,
      parts.prefix(3).allSatisfy({ DebianFile.isWord(String($0)) })
    else { return }
    let depth = parts.first == "build" && parts.count > 3 && parts[1] == "reproducible-path" ? 3 : 2
    let folder = "/" + parts.prefix(depth).joined(separator: "/")
    guard folders.count < 10_000 || folders[folder] != nil else { return }
    folders[folder, default: 0] += 1
  }
}
