import Glibc
import Model
import SystemPackage

/// A lock on a file that other processes respect and that ends with its holder, even when that is killed.
final class FileLock: Sendable {
  /// Who else may hold it.
  enum Mode: Sendable {
    /// Others that also only read.
    case shared
    /// Nobody.
    case exclusive
  }

  private let descriptor: FileDescriptor

  private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  deinit { try? descriptor.close() }

  /// Waits until the lock is free and takes it; says so when that takes over a second.
  static func take(
    _ path: FilePath, _ mode: Mode, for purpose: String, progress: any ProgressSink
  ) async throws(FetchError) -> FileLock {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw FetchError(.machine, "locking \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
    let lock = FileLock(descriptor)
    let operation = (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
    var waits = 0
    while flock(descriptor.rawValue, operation) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw FetchError(.machine, "locking \(path): \(Errno(rawValue: errno).description)")
      }
      waits += 1
      if waits == 10 { progress.report(.notice("Waiting for another run that is \(purpose).")) }
      try await fetching { try await Task.sleep(for: .milliseconds(100)) }
    }
    return lock
  }
}
