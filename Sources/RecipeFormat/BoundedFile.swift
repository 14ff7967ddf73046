import Glibc
package import SystemPackage

/// Reads and writes the small files of this room whole.
package enum BoundedFile {
  /// The bytes of a regular file of at most `limit` bytes; nil when there is no such file.
  ///
  /// Opened without waiting, so that a FIFO is an error rather than a hang.
  package static func read(_ path: FilePath, what: String, limit: Int) throws(RecipeError) -> [UInt8]? {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? file.close() }
      guard try isRegular(file) else {
        throw RecipeError("reading \(what) \(path): found something that is not a regular file")
      }
      return try bytes(of: file, upTo: limit + 1)
    } catch let error as RecipeError {
      throw error
    } catch Errno.noSuchFileOrDirectory {
      return nil
    } catch {
      throw RecipeError("reading \(what) \(path): \(error)")
    }
  }

  /// Writes a file so that it is there whole or not at all, whatever happens meanwhile.
  package static func write(_ bytes: [UInt8], to path: FilePath, what: String) throws(RecipeError) {
    let aside = FilePath("\(path).new-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
    do {
      let file = try FileDescriptor.open(
        aside, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      do {
        try file.closeAfter {
          try file.writeAll(bytes)
          guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
        guard unsafe rename(aside.string, path.string) == 0 else { throw Errno(rawValue: errno) }
      } catch {
        _ = unsafe unlink(aside.string)
        throw error
      }
      try syncFolder(of: path)
    } catch {
      throw RecipeError("writing \(what) \(path): \(error)")
    }
  }

  private static func isRegular(_ file: FileDescriptor) throws -> Bool {
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    return status.st_mode & S_IFMT == S_IFREG
  }

  private static func bytes(of file: FileDescriptor, upTo limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let chunk = try unsafe [UInt8](unsafeUninitializedCapacity: min(1 << 16, limit - bytes.count)) { buffer, count in
        count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return bytes
  }

  private static func syncFolder(of path: FilePath) throws {
    let parent = path.removingLastComponent()
    let folder = try FileDescriptor.open(
      parent.isEmpty ? "." : parent, .readOnly, options: [.closeOnExec, .directory])
    try folder.closeAfter {
      guard fsync(folder.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
  }
}
