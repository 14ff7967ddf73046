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
    var waits = 0
    while true {
      let lock = FileLock(try open(path))
      if try lock.isTaken(path, mode) { return lock }
      waits += 1
      if waits == 10 { progress.report(.notice("Waiting for another run that is \(purpose).")) }
      try await fetching { try await Task.sleep(for: .milliseconds(100)) }
    }
  }

  private static func open(_ path: FilePath) throws(FetchError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw FetchError(.machine, "locking \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
  }

  /// Takes the lock if it is free and the file is still the one of that name: who had it may have removed it.
  private func isTaken(_ path: FilePath, _ mode: Mode) throws(FetchError) -> Bool {
    guard flock(descriptor.rawValue, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK || errno == EINTR { return false }
      throw FetchError(.machine, "locking \(path): \(Errno(rawValue: errno).description)")
    }
    var own = stat()
    guard unsafe fstat(descriptor.rawValue, &own) == 0, let named = LocalFiles.status(path) else { return false }
    return own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }
}
