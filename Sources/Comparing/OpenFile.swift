import Glibc
import SystemPackage

/// An open regular file that is read by position; closes with its last user.
final class OpenFile: Sendable {
  /// What must not change while a file is read.
  struct Stamp: Equatable {
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  /// How messages call it.
  let name: String
  /// For `pread` and for readers that borrow it.
  let descriptor: Int32
  /// What it was when it was opened; nil for a file that only this process can reach.
  let stamp: Stamp?
  /// In bytes, when it was opened.
  let size: Int64

  /// Takes over a descriptor.
  init(adopting descriptor: Int32, name: String, size: Int64, stamp: Stamp? = nil) {
    self.name = name
    self.descriptor = descriptor
    self.size = size
    self.stamp = stamp
  }

  deinit { close(descriptor) }

  /// Opens a file that must be a regular one, without following a link in its last component.
  ///
  /// Whatever else it may be is refused before it is opened, for opening a FIFO hangs and opening a device may act.
  static func artifact(_ path: FilePath) throws(ComparisonError) -> OpenFile {
    var status = stat()
    guard unsafe lstat(path.string, &status) == 0 else { throw .opening(path, systemMessage()) }
    try requireRegular(status, path)
    return try listed(path)
  }

  /// Opens a file that a folder's listing has found to be a regular one.
  static func listed(_ path: FilePath) throws(ComparisonError) -> OpenFile {
    var status = stat()
    let descriptor = unsafe open(path.string, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .opening(path, systemMessage()) }
    let failure = unsafe fstat(descriptor, &status) == 0 ? nil : systemMessage()
    let file = OpenFile(
      adopting: descriptor, name: path.string, size: Int64(status.st_size), stamp: Stamp(status))
    if let failure { throw .opening(path, failure) }
    try requireRegular(status, path)
    // What one read takes needs no reading ahead.
    if file.size > 128 << 10 { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
    return file
  }

  /// Fills the buffer from a position on and returns how many bytes there were; fewer only at the end of the file.
  func read(at position: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ComparisonError) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count {
      let count = unsafe pread(
        descriptor, start + filled, buffer.count - filled, off_t(position) + off_t(filled))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .reading(name, systemMessage())
      }
      filled += count
    }
    return filled
  }

  /// Throws when the file was written to since it was opened.
  func requireUnchanged() throws(ComparisonError) {
    guard let stamp else { return }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .reading(name, systemMessage()) }
    let now = Stamp(status)
    guard now.size == stamp.size else {
      throw .changed(name, "it had \(stamp.size) bytes when it was opened and has \(now.size) now")
    }
    guard now == stamp else { throw .changed(name, "it was written to meanwhile") }
  }

  private static func requireRegular(_ status: stat, _ path: FilePath) throws(ComparisonError) {
    let found: String
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: found = "it is a folder"
    case S_IFLNK: found = "it is a symbolic link"
    case S_IFIFO: found = "it is a FIFO"
    case S_IFSOCK: found = "it is a socket"
    case S_IFCHR, S_IFBLK: found = "it is a device"
    default: found = "it is of an unknown type"
    }
    throw .opening(path, "\(found), and an artifact is a regular file", advice: "name the file itself")
  }
}

extension OpenFile.Stamp {
  init(_ status: stat) {
    self.init(
      size: Int64(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}
