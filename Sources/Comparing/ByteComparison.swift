public import Model
public import SystemPackage

/// What comparing the raw bytes of two files says; nothing else decides whether they are equal.
public struct ByteComparison: Hashable, Sendable {
  /// The shipped file's size in bytes.
  public let shippedSize: Int64
  /// The rebuilt file's size in bytes.
  public let rebuiltSize: Int64
  /// Where the first byte is that differs, or that only the longer file has; nil when the bytes are equal.
  public let firstDifference: Int64?
  /// One past the last byte that differs, or that only the longer file has; 0 when the bytes are equal.
  public let differenceEnd: Int64
  /// How many positions hold another byte or are in the longer file only.
  public let differingBytes: Int64
  /// The digest of the shipped bytes; nil when none was asked for.
  public let shippedDigest: SHA256Digest?
  /// The digest of the rebuilt bytes; nil when none was asked for.
  public let rebuiltDigest: SHA256Digest?

  /// Large enough that handing buffers over costs nothing, small enough that four of them stay in the cache.
  static let usualBufferSize = 1 << 20

  /// Whether every byte is the same.
  public var equal: Bool { firstDifference == nil }

  /// Outside of which the bytes of two files of one size are known to be equal; nil for files of other sizes.
  var differing: Range<Int64>? {
    guard shippedSize == rebuiltSize, let firstDifference else { return nil }
    return firstDifference..<differenceEnd
  }

  /// Compares and hashes two files in one pass and constant memory.
  ///
  /// Both must be regular files; the last component of a path is not followed when it is a link. Throws when a
  /// file changes while it is read.
  public static func compare(
    shipped: FilePath, rebuilt: FilePath, progress: any ProgressSink = SilentProgress()
  ) async throws(ComparisonError) -> ByteComparison {
    let (first, second) = (try OpenFile.artifact(shipped), try OpenFile.artifact(rebuilt))
    return try await compare(
      Content(first), Content(second), hashing: true, progress: progress, name: first.name)
  }

  /// Compares, and hashes when asked to, in one pass and constant memory.
  ///
  /// While the bytes are equal one digest stands for both; it forks at the first buffer that differs. Hashing goes
  /// on beside reading and comparing the next buffers, and never lags behind by more than one.
  @concurrent static func compare(
    _ shipped: Content, _ rebuilt: Content, hashing: Bool, progress: any ProgressSink = SilentProgress(),
    name: String = "", bufferSize: Int = usualBufferSize
  ) async throws(ComparisonError) -> ByteComparison {
    var pass = BufferPass(shipped, rebuilt, bufferSize: bufferSize)
    let hasher = hashing ? ContentHasher() : nil
    var otherHasher: ContentHasher?
    var ready = BufferPair(size: pass.bufferSize)
    var next = BufferPair(size: pass.bufferSize)
    try pass.fill(&ready)
    while !ready.isEmpty {
      if Task.isCancelled { throw .cancelled }
      if pass.firstDifference != nil, otherHasher == nil, let hasher {
        otherHasher = await ContentHasher(continuing: hasher)
      }
      try await advance(&pass, hash: ready, by: (hasher, otherHasher), read: &next)
      swap(&ready, &next)
      pass.report(to: progress, name: name)
    }
    try shipped.requireUnchanged()
    try rebuilt.requireUnchanged()
    let shippedDigest = await hasher?.finish()
    let rebuiltDigest = await otherHasher?.finish() ?? shippedDigest
    return ByteComparison(
      shippedSize: shipped.size, rebuiltSize: rebuilt.size, firstDifference: pass.firstDifference,
      differenceEnd: pass.differenceEnd, differingBytes: pass.differingBytes, shippedDigest: shippedDigest,
      rebuiltDigest: rebuiltDigest)
  }

  /// Hashes one pair of buffers while it fills and compares the other one.
  @concurrent private static func advance(
    _ pass: inout BufferPass, hash ready: BufferPair, by hashers: (ContentHasher?, ContentHasher?),
    read next: inout BufferPair
  ) async throws(ComparisonError) {
    guard let hasher = hashers.0 else { return try pass.fill(&next) }
    async let hashed: Void = hasher.update(ready.shipped, count: ready.shippedCount)
    let filled = Result { () throws(ComparisonError) in try pass.fill(&next) }
    if let other = hashers.1 { await other.update(ready.rebuilt, count: ready.rebuiltCount) }
    await hashed
    try filled.get()
  }
}
