import Archives
import Digests
import Glibc
import Model
import Synchronization
import SystemPackage

/// An open regular file that must stay as it is while it is read.
///
/// An archive is read at random by its format and from start to end by its digest; that both saw the same bytes
/// is concluded from a file that did not change meanwhile.
final class WatchedFile: Sendable {
  private struct Stamp: Equatable {
    let size: Int64
    let modified: [Int]
    let changed: [Int]
  }

  let descriptor: FileDescriptor
  private let path: FilePath
  private let stamp: Stamp

  /// Opens the file.
  init(_ path: FilePath) throws(SourceTreeError) {
    self.path = path
    let raw = unsafe path.withPlatformString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard raw >= 0 else { throw SourceTreeError("opening \(path): \(Errno(rawValue: errno))") }
    descriptor = FileDescriptor(rawValue: raw)
    do {
      stamp = try Self.stamp(raw, path)
    } catch {
      close(raw)
      throw error
    }
  }

  deinit { close(descriptor.rawValue) }

  var size: Int64 { stamp.size }

  /// Starts to digest the file on a thread of its own.
  func digestOnThread() -> FileDigesting { FileDigesting(self) }

  fileprivate func digest() throws -> SHA256Digest {
    let digest = try read()
    let now = try Self.stamp(descriptor.rawValue, path)
    guard now != stamp else { return digest }
    // A further name, or a note that somebody used it, changes the file's metadata alone: then its bytes decide.
    guard now.size == stamp.size, now.modified == stamp.modified, try read() == digest else {
      throw SourceTreeError("reading \(path): it was changed while it was read", inconclusive: .machineFailed)
    }
    return digest
  }

  private func read() throws -> SHA256Digest {
    var digest = StreamingDigest()
    try FolderScan.read(descriptor.rawValue, size: size, name: path.string) { digest.update($0) }
    return digest.finishSHA256()
  }

  private static func stamp(_ descriptor: Int32, _ path: FilePath) throws(SourceTreeError) -> Stamp {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw SourceTreeError("looking at \(path): \(Errno(rawValue: errno))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SourceTreeError("opening \(path): it is not a regular file")
    }
    return Stamp(
      size: Int64(status.st_size), modified: [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
      changed: [status.st_ctim.tv_sec, status.st_ctim.tv_nsec])
  }
}

/// A file whose digest is being computed.
final class FileDigesting {
  private final class Outcome: Sendable {
    let result = Mutex<Result<SHA256Digest, any Error>?>(nil)
  }

  private let outcome = Outcome()
  private let thread: WorkerThread

  fileprivate init(_ file: WatchedFile) {
    let outcome = outcome
    thread = WorkerThread {
      let result = Result { try file.digest() }
      outcome.result.withLock { $0 = result }
    }
  }

  deinit { thread.join() }

  /// Waits for the digest.
  func finish() throws -> SHA256Digest {
    thread.join()
    guard let result = outcome.result.withLock({ $0 }) else {
      preconditionFailure("a joined thread has left its result")
    }
    return try result.get()
  }
}
