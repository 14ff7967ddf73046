import Glibc
import Store
import SystemPackage

/// Keeps two checks at once from assembling the same layer twice; ends with the process that holds it.
final class AssemblyLock: Sendable {
  private let file: FileDescriptor

  /// Waits until no other process has the lock of the name.
  init(_ name: String, store: Store, whileWaiting: () -> Void) async throws {
    let path = try store.folder(named: "environments").appending("\(name).lock")
    file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    var said = false
    while !Self.tryLock(file) {
      if !said { whileWaiting() }
      said = true
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func tryLock(_ file: FileDescriptor) -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

  deinit { try? file.close() }
}
