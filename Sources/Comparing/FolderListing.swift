import Glibc
import Model
import SystemPackage

/// What a folder holds, all levels down, without following a link.
struct FolderListing: Sendable {
  /// One entry of a folder.
  struct Entry: Sendable, Hashable {
    enum Kind: String, Sendable {
      case file, folder, device, socket
      case link = "symbolic link"
      case fifo = "named pipe"
    }

    /// From the folder down, with `/` between names.
    let path: String
    let kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    let mode: UInt32
    /// In bytes; 0 for what is no file.
    let size: Int64
    /// Of a link.
    let target: String?
  }

  /// The most entries that are looked at.
  static let limit = 10_000_000
  /// The most levels.
  static let depthLimit = 512

  /// Sorted by path.
  let entries: [Entry]

  init(_ folder: FilePath) throws(ComparisonError) {
    var found: [Entry] = []
    var open: [(path: String, depth: Int)] = [("", 0)]
    while let next = open.popLast() {
      if Task.isCancelled { throw .cancelled }
      guard next.depth < Self.depthLimit else {
        throw .opening(folder.appending(next.path), "it is more than \(Self.depthLimit) folders deep")
      }
      for entry in try Self.entries(of: folder.appending(next.path), path: next.path) {
        if entry.kind == .folder { open.append((entry.path, next.depth + 1)) }
        found.append(entry)
        guard found.count <= Self.limit else {
          throw .opening(folder, "it has more than \(Self.limit) entries")
        }
      }
    }
    entries = found.sorted { $0.path < $1.path }
  }

  private static func entries(of folder: FilePath, path: String) throws(ComparisonError) -> [Entry] {
    guard let stream = unsafe opendir(folder.string) else { throw .opening(folder, systemMessage()) }
    defer { unsafe closedir(stream) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        guard errno == 0 else { throw .opening(folder, systemMessage()) }
        return entries
      }
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in unsafe Array(buffer.prefix { $0 != 0 })
      }
      guard bytes != [0x2E], bytes != [0x2E, 0x2E] else { continue }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw .opening(
          folder, "it has an entry whose name is no UTF-8: \(ExactText.text(bytes))",
          advice: "pack the folder as a tar archive and compare that")
      }
      entries.append(
        try Self.entry(name, path.isEmpty ? name : "\(path)/\(name)", in: folder, unsafe dirfd(stream)))
    }
  }

  private static func entry(
    _ name: String, _ path: String, in folder: FilePath, _ descriptor: Int32
  ) throws(ComparisonError) -> Entry {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw .opening(folder.appending(name), systemMessage())
    }
    let kind: Entry.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      default: .device
      }
    var target: String?
    if kind == .link {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = unsafe readlinkat(descriptor, name, &buffer, buffer.count)
      guard count >= 0 else { throw .opening(folder.appending(name), systemMessage()) }
      target = ExactText.text(buffer[..<count].map { UInt8(bitPattern: $0) })
    }
    return Entry(
      path: path, kind: kind, mode: UInt32(status.st_mode) & 0o7777, size: kind == .file ? Int64(status.st_size) : 0,
      target: target)
  }
}
