import Digests
import Model

/// Hashes beside the task that reads.
actor ContentHasher {
  private var digest: StreamingDigest?

  init() { digest = StreamingDigest() }

  /// Goes on alone from where the other one is.
  init(continuing other: ContentHasher) async { digest = await other.fork() }

  /// Adds the first `count` bytes of a buffer.
  func update(_ buffer: [UInt8], count: Int) {
    unsafe digest?.update(buffer.span.bytes.extracting(first: count))
  }

  func finish() -> SHA256Digest {
    guard let digest = digest.take() else { preconditionFailure("a digest is finished only once") }
    return digest.finishSHA256()
  }

  private func fork() -> sending StreamingDigest? {
    nonisolated(unsafe) let copy = digest?.fork()
    return unsafe copy
  }
}
