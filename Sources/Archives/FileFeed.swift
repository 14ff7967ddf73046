import Glibc
import SystemPackage

/// The bytes of an open file.
@safe final class FileFeed: ByteFeed {
  private let descriptor: Int32
  private let closes: Bool
  private let name: String
  private let buffer: UnsafeMutableRawBufferPointer
  private var offset: Int64 = 0
  let size: Int64

  /// Opens a file for reading; refuses what is not a regular file, so that no pipe can make it wait.
  init(path: FilePath) throws(ArchiveError) {
    name = path.string
    // O_NONBLOCK: opening a pipe must not wait for somebody to write to it.
    descriptor = unsafe path.withPlatformString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      throw ArchiveError(.unreadable, "opening the archive \(name): \(systemMessage())")
    }
    closes = true
    unsafe buffer = Self.makeBuffer()
    do {
      size = try Self.size(of: descriptor, name: name)
    } catch {
      // The deinitialiser does not run for what was not fully made.
      close(descriptor)
      unsafe buffer.deallocate()
      throw error
    }
  }

  /// Reads an open file from its start; the caller keeps the descriptor open meanwhile.
  init(descriptor: FileDescriptor, name: String) throws(ArchiveError) {
    self.name = name
    self.descriptor = descriptor.rawValue
    closes = false
    size = try Self.size(of: descriptor.rawValue, name: name)
    unsafe buffer = Self.makeBuffer()
  }

  deinit {
    if closes { close(descriptor) }
    unsafe buffer.deallocate()
  }

  var randomAccessSize: Int64? { size }

  func next() throws -> UnsafeRawBufferPointer {
    var count: Int
    repeat {
      count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
    } while count < 0 && errno == EINTR
    guard count >= 0 else {
      throw ArchiveError(.unreadable, "reading the archive \(name) at byte \(offset): \(systemMessage())")
    }
    offset += Int64(count)
    return unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }

  func seek(to offset: Int64) throws { self.offset = offset }

  private static func makeBuffer() -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: 256 * 1024, alignment: 4096)
  }

  private static func size(of descriptor: Int32, name: String) throws(ArchiveError) -> Int64 {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw ArchiveError(.unreadable, "looking at the archive \(name): \(systemMessage())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
      throw ArchiveError(.unreadable, "opening the archive \(name): it is \(found)")
    }
    return Int64(status.st_size)
  }
}
