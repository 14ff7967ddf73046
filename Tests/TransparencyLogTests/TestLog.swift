import Keys
import SystemPackage
import TestFixtures
import TransparencyLog

/// A log of a test's own.
struct TestLog {
  let folder: TemporaryFolder
  let secret: PrivateKey
  let key: NoteKey

  var path: FilePath { folder.path.appending("log") }

  init(origin: String = "log.example/test") async throws {
    folder = try TemporaryFolder()
    secret = try PrivateKey.generate(.ed25519)
    guard let key = NoteKey(name: origin, publicKey: secret.publicKey) else { throw Failure() }
    self.key = key
    try await LogWriter.create(path, as: key, with: secret)
  }

  struct Failure: Error {}

  func writer() throws -> LogWriter { try LogWriter(path, as: key, with: secret) }
  func reader() throws -> LogReader { try LogReader(path, by: key) }

  /// Entries that differ, also in length.
  static func entries(_ range: Range<Int>) -> [[UInt8]] {
    range.map { Array("entry \($0) ".utf8) + [UInt8](repeating: 7, count: $0 % 50) }
  }
}
