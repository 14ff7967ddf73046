import Digests
import Glibc
import Model
import SystemPackage

/// What this room does with files that are not in the store.
enum LocalFiles {
  /// What the file system says of a path, following links; nil when there is nothing or it may not be looked at.
  static func status(_ path: FilePath) -> stat? {
    var result = stat()
    return unsafe path.withPlatformString({ unsafe stat($0, &result) }) == 0 ? result : nil
  }

  /// The size of a regular file; nil for anything else.
  static func size(_ path: FilePath) -> Int64? {
    guard let status = status(path), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// How many bytes may still be written to a path's disk; nil when that cannot be told.
  static func free(_ path: FilePath) -> Int64? {
    var result = statvfs()
    guard unsafe path.withPlatformString({ unsafe statvfs($0, &result) }) == 0 else { return nil }
    return Int64(result.f_bavail) * Int64(result.f_frsize)
  }

  /// The names in a folder, sorted; nil when it cannot be read.
  static func names(in path: FilePath) -> [String]? {
    guard let folder = unsafe path.withPlatformString({ unsafe opendir($0) }) else { return nil }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes a folder that only its owner may enter; one that is there is fine.
  static func makeFolder(_ path: FilePath) throws(FetchError) {
    guard unsafe path.withPlatformString({ unsafe mkdir($0, 0o700) }) == 0 || errno == EEXIST else {
      throw FetchError(.machine, "making the folder \(path): \(Errno(rawValue: errno).description)")
    }
  }

  /// Removes a file; one that is not there is fine.
  static func remove(_ path: FilePath) { _ = unsafe path.withPlatformString { unsafe unlink($0) } }

  /// At most `limit` bytes of a regular file; nil when there is none, it is longer or it cannot be read.
  static func bytes(_ path: FilePath, limit: Int) -> [UInt8]? {
    guard let size = size(path), size <= limit,
      let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    else { return nil }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    let ended: ()? = try? unsafe forEachPart(of: file) { part in
      unsafe bytes.append(contentsOf: part)
      guard bytes.count <= limit else { throw Errno.fileTooLarge }
    }
    return ended == nil ? nil : bytes
  }

  /// At most `limit` bytes of a regular file as text.
  static func text(_ path: FilePath, limit: Int) -> String? {
    bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes a file aside and renames it, so that others see the old or the new text.
  static func write(_ text: String, to path: FilePath) throws(FetchError) {
    let aside = FilePath("\(path.string).\(getpid()).\(UInt32.random(in: .min ... .max))")
    do {
      let file = try FileDescriptor.open(
        aside, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
      try file.closeAfter { _ = try file.writeAll(text.utf8) }
      let renamed = unsafe aside.withPlatformString { old in
        unsafe path.withPlatformString { unsafe rename(old, $0) }
      }
      guard renamed == 0 else { throw Errno(rawValue: errno) }
    } catch {
      remove(aside)
      throw FetchError(.machine, "writing \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
  }

  /// Writes a file unless it has just this text.
  static func writeIfOther(_ text: String, to path: FilePath) throws(FetchError) {
    if bytes(path, limit: text.utf8.count) == Array(text.utf8) { return }
    try write(text, to: path)
  }

  /// The digest of a file's bytes.
  static func digest(_ path: FilePath) throws(FetchError) -> SHA256Digest {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try file.closeAfter { try digest(of: file) }
    } catch {
      throw FetchError(.machine, "reading \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
  }

  /// The digest of what follows in an open file.
  static func digest(of file: FileDescriptor) throws -> SHA256Digest {
    var digest = StreamingDigest()
    try unsafe forEachPart(of: file) { part in unsafe digest.update(RawSpan(_unsafeBytes: part)) }
    return digest.finishSHA256()
  }

  private static func forEachPart(
    of file: FileDescriptor, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = try unsafe file.read(into: buffer)
      if count == 0 { return }
      try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
