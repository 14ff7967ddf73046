import Glibc
import SystemPackage

/// The file operations of a log.
enum LogFiles {
  /// The bytes of a regular file; nil when there is none of that name.
  static func read(_ path: FilePath, limit: Int) throws(LogError) -> [UInt8]? {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
      return try file.closeAfter {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
          throw LogError(.damaged, "reading \(path): it is no file of at most \(limit) bytes")
        }
        return try content(of: file, size: Int(status.st_size))
      }
    } catch let error as Errno where error == .noSuchFileOrDirectory || error == .notDirectory {
      return nil
    } catch {
      throw .failed("reading", path, error)
    }
  }

  private static func content(of file: FileDescriptor, size: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    var place = 0
    while place < size {
      let count = try unsafe bytes.withUnsafeMutableBytes { buffer in
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[place...]))
      }
      if count == 0 { break }
      place += count
    }
    return Array(bytes.prefix(place))
  }

  /// Writes a new file.
  static func create(_ path: FilePath, _ bytes: [UInt8]) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try file.closeAfter {
      _ = try file.writeAll(bytes)
    }
  }

  /// Waits until what was written to a file is on the disk.
  static func synchronise(file path: FilePath) throws {
    let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
    try file.closeAfter { try synchronise(file) }
  }

  /// Waits until what was written to a file is on the disk.
  static func synchronise(_ file: FileDescriptor) throws {
    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Makes a folder and returns whether it was not there.
  static func makeFolder(_ path: FilePath) throws -> Bool {
    if unsafe path.withPlatformString({ unsafe mkdir($0, 0o755) }) == 0 { return true }
    guard errno == EEXIST else { throw Errno(rawValue: errno) }
    return false
  }

  /// Moves a file over what may be at the new place.
  static func rename(_ from: FilePath, to: FilePath) throws {
    let result = unsafe from.withPlatformString { old in unsafe to.withPlatformString { unsafe Glibc.rename(old, $0) } }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  /// Removes a file; one that is not there is fine.
  static func remove(_ path: FilePath) throws {
    guard unsafe path.withPlatformString({ unsafe unlink($0) }) == 0 || errno == ENOENT else {
      throw Errno(rawValue: errno)
    }
  }

  /// Waits until the names in a folder are on the disk.
  static func synchronise(folder: FilePath) throws {
    let file = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
    try file.closeAfter { try synchronise(file) }
  }

  /// The names in a folder.
  static func names(in path: FilePath) throws -> [String] {
    guard let folder = unsafe path.withPlatformString({ unsafe opendir($0) }) else { throw Errno(rawValue: errno) }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
