import Digests
import Model

/// The two digests of one file's bytes, taken while they pass.
struct ContentDigest: ~Copyable {
  private var sha256 = StreamingDigest(.sha256)
  private var git = StreamingDigest(.sha1)

  /// Starts with the size, which the SWHID's digest begins with.
  init(size: Int64) { git.update("blob \(size)\0") }

  mutating func update(_ bytes: RawSpan) {
    sha256.update(bytes)
    git.update(bytes)
  }

  consuming func finish(size: Int64) -> ContentIdentity {
    ContentIdentity(size: size, sha256: sha256.finishSHA256(), sha1: git.finish())
  }

  /// The SHA-1 of the SWHID of bytes in memory.
  static func gitObject(_ type: String, _ body: [UInt8]) -> [UInt8] {
    var digest = StreamingDigest(.sha1)
    digest.update("\(type) \(body.count)\0")
    digest.update(body)
    return digest.finish()
  }
}

/// What the bytes of one file are.
struct ContentIdentity: Sendable, Hashable {
  let size: Int64
  let sha256: SHA256Digest
  /// Of the SWHID, 20 bytes.
  let sha1: [UInt8]
}
