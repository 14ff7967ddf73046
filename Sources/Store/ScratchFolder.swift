import Glibc
public import SystemPackage

/// A folder for work in progress, on the store's disk, that is gone when its owner is.
///
/// A lock file beside it is held as long as this value lives; a folder whose lock nobody holds was left by a
/// killed process and is swept when the store is next opened.
public final class ScratchFolder: Sendable {
  /// The folder; empty when made.
  public let path: FilePath
  private let lock: FileDescriptor

  init(in parent: FilePath) throws(StoreError) {
    (path, lock) = try explaining("making a scratch folder in", parent) {
      for _ in 0..<16 {
        if let made = try Self.make(in: parent) { return made }
      }
      throw Errno.resourceTemporarilyUnavailable
    }
  }

  deinit {
    try? Disk.removeTree(path)
    try? Disk.removeFile(Self.lockPath(path))
    try? lock.close()
  }

  /// Makes a folder under a new name; nil when a sweep took the lock between its making and its locking.
  private static func make(in parent: FilePath) throws -> (FilePath, FileDescriptor)? {
    let path = parent.appending("\(getpid())-" + String(UInt64.random(in: .min ... .max), radix: 36))
    let lock = try FileDescriptor.open(
      lockPath(path), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
    guard Disk.tryLock(lock), (try? Disk.status(lockPath(path))) != nil else {
      try lock.close()
      return nil
    }
    try Disk.makeFolders(path)
    return (path, lock)
  }

  private static func lockPath(_ path: FilePath) -> FilePath { FilePath(path.string + ".lock") }

  /// Removes what killed processes left.
  static func sweep(_ parent: FilePath) {
    for name in (try? Disk.names(in: parent)) ?? [] where name.hasSuffix(".lock") {
      let lockPath = parent.appending(name)
      guard let lock = try? FileDescriptor.open(lockPath, .readWrite, options: [.noFollow, .closeOnExec]) else {
        continue
      }
      if Disk.tryLock(lock), (try? Disk.removeTree(parent.appending(String(name.dropLast(5))))) != nil {
        try? Disk.removeFile(lockPath)
      }
      try? lock.close()
    }
  }
}
