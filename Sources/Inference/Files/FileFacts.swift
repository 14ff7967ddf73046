import Archives
import Model
import SystemPackage

/// What a file's own bytes tell of its build: texts that compilers and linkers leave, and what archives hold.
struct FileFacts {
  private(set) var inferences: [Inference] = []
  private(set) var questions: [String] = []
  private(set) var buildPath: String?
  /// The modification times of an archive's files, at most a thousand of them.
  private(set) var times: Set<Int64> = []
  private(set) var umask: UInt16?
  /// The Debian package of the compiler and its version.
  private(set) var debianCompiler: (package: String, version: String)?

  private var paths: [String: Int] = [:]
  private var seen: Set<String> = []
  private static let scanLimit = 256 << 20

  /// Reads at most the first 256 MiB for texts, and lists an archive.
  mutating func read(_ path: FilePath) throws {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? file.close() }
      var text: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      var total = 0
      while total < Self.scanLimit {
        let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        if count == 0 { break }
        if total == 0 { header(Array(buffer[..<min(count, 512)])) }
        total += count
        try Task.checkCancellation()
        for byte in buffer[..<count] {
          if (0x20..<0x7F).contains(byte) {
            if text.count < 512 { text.append(byte) }
          } else {
            if text.count >= 6 { take(text) }
            text.removeAll(keepingCapacity: true)
          }
        }
      }
      if text.count >= 6 { take(text) }
    } catch let error as Errno {
      throw InferenceError("reading \(path): \(error.description)")
    }
    if let most = paths.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
      buildPath = most.key
      say("build.path", most.key, "\(most.value) of its texts are paths in it", 0.7)
    }
    try? archive(path)
  }

  private mutating func say(_ setting: String, _ value: String, _ evidence: String, _ confidence: Double) {
    guard inferences.count < 100, seen.insert(setting + value).inserted else { return }
    inferences.append(Inference(setting: setting, value: value, evidence: evidence, confidence: confidence))
  }

  private mutating func take(_ bytes: [UInt8]) {
    // Most texts are of the program itself: the first letter tells.
    let packages = "environment.debian.packages"
    switch bytes[0] {
    case UInt8(ascii: "G"), UInt8(ascii: "c"), UInt8(ascii: "r"), UInt8(ascii: "g"), UInt8(ascii: "L"),
      UInt8(ascii: "m"), UInt8(ascii: "D"), UInt8(ascii: "U"):
      let text = String(decoding: bytes, as: UTF8.self)
      if text.hasPrefix("GCC: (") { compiler(text) }
      for mark in ["clang version ", "rustc version ", "Linker: LLD ", "mold ", "go1.", "Debian clang version "]
      where text.hasPrefix(mark) && text.utf8.count < 120 && text.contains(where: \.isNumber) {
        say(packages, text, "its bytes hold that text, which a tool leaves", 0.9)
      }
    case UInt8(ascii: "/"): place(String(decoding: bytes, as: UTF8.self))
    default: break
    }
  }

  /// `GCC: (Debian 12.2.0-14+deb12u1) 12.2.0`
  private mutating func compiler(_ text: String) {
    let inside = text.dropFirst(6).prefix { $0 != ")" }
    let number = text.split(separator: " ").last?.prefix { $0 != "." } ?? ""
    say("environment.debian.packages", text, "its section .comment, or what is left of it, holds that text", 1)
    let version = inside.dropFirst(7)
    guard inside.hasPrefix("Debian "), DebianFile.isWord(String(version)), !number.isEmpty,
      number.allSatisfy(\.isNumber)
    else { return }
    if let other = debianCompiler, other.version != version {
      questions.append("it holds code of two compilers: \(other.version) and \(version).")
    } else {
      debianCompiler = ("gcc-\(number)", String(version))
    }
  }

  /// Counts the folders in which builds are made: three parts deep.
  private mutating func place(_ text: String) {
    let parts = text.split(separator: "/")
    guard ["build", "home", "builddir", "workspace", "builds"].contains(parts.first ?? ""), parts.count >= 3,
      parts.prefix(3).allSatisfy({ DebianFile.isWord(String($0)) }), paths.count < 10_000
    else { return }
    let depth = parts.first == "build" && parts.count > 3 && parts[1] == "reproducible-path" ? 3 : 2
    paths["/" + parts.prefix(depth).joined(separator: "/"), default: 0] += 1
  }

  /// Fields of containers that tell how they were packed.
  private mutating func header(_ bytes: [UInt8]) {
    func number(_ place: Int, _ count: Int) -> Int64 {
      (0..<count).reduce(0) { $0 | Int64(bytes[place + $1]) << (8 * Int64($1)) }
    }
    if bytes.count > 10, bytes.starts(with: [0x1F, 0x8B]) {
      let level = bytes[8] == 2 ? "-9" : bytes[8] == 4 ? "-1" : "the default level"
      let system = bytes[9] == 3 ? "Unix" : "system \(bytes[9])"
      let time = number(4, 4)
      say("build.run", "gzip, \(level)", "the gzip header has flags of \(level), made on \(system)", 0.7)
      if time > 0 { say("build.epoch", "\(time)", "the gzip header's time is \(TimeText.text(time))", 0.7) }
    } else if bytes.count > 64, bytes.starts(with: Array("hsqs".utf8)) {
      let names = [1: "gzip", 2: "lzma", 3: "lzo", 4: "xz", 5: "lz4", 6: "zstd"]
      let packer = names[Int(number(20, 2))] ?? "?"
      say(
        "build.run", "mksquashfs -comp \(packer) -b \(number(12, 4))", "the squashfs super block has these", 0.9)
      say("build.epoch", "\(number(8, 4))", "the squashfs super block's time is \(TimeText.text(number(8, 4)))", 0.7)
    }
  }

  /// Times, owners and modes of what an archive holds.
  private mutating func archive(_ path: FilePath) throws {
    var reader = try ArchiveReader(path: path)
    var owners: Set<String> = []
    var modes: Set<UInt32> = []
    var count = 0
    while count < 100_000, let entry = try reader.nextEntry() {
      count += 1
      if let time = entry.modified?.seconds, times.count < 1000 { times.insert(time) }
      if owners.count < 20 {
        owners.insert("\(entry.userName ?? "\(entry.userID)"):\(entry.groupName ?? "\(entry.groupID)")")
      }
      if entry.kind == .file { modes.insert(entry.mode & 0o777) }
    }
    guard count > 0 else { return }
    say("build.run", "an archive of \(count) entries as \(reader.formatName)", "it reads as such", 0.9)
    if let least = times.min(), let most = times.max() {
      let span = least == most ? TimeText.text(least) : "\(TimeText.text(least)) to \(TimeText.text(most))"
      say("build.epoch", "\(most)", "its entries are of \(span)", least == most ? 0.9 : 0.4)
    }
    say("build.run", "owners \(owners.sorted().prefix(5).joined(separator: ", "))", "its entries name them", 0.7)
    if !modes.isEmpty, modes.contains(0o664) || modes.contains(0o775) {
      umask = 0o002
      say("build.umask", "002", "files in it may be written by their group", 0.7)
    }
  }
}
