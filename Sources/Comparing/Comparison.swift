public import Causes
public import Model
public import SystemPackage

/// What comparing a shipped and a rebuilt artifact says.
public struct Comparison: Hashable, Sendable {
  /// Whether every byte is the same.
  public let equal: Bool
  /// The shipped file.
  public let shipped: FileIdentity
  /// The rebuilt file.
  public let rebuilt: FileIdentity
  /// Every difference, with the ids `d1`, `d2` and so on; empty exactly when the bytes are equal.
  public let differences: [Difference]
  /// Of the artifact and each part of it whose bytes differ, from the artifact down; empty when the bytes are equal.
  public let accounting: [Accounting]

  /// Compares two files: their raw bytes decide, and where these differ, the structure of known formats explains.
  ///
  /// The same bytes give the same differences in the same order. Comparing the other way round gives the mirror
  /// image: `missing` for `extra`, and the two values exchanged. Nothing in an artifact makes this throw: what cannot
  /// be unpacked is compared by its bytes, and the difference says why.
  public static func compare(
    shipped: FilePath, rebuilt: FilePath, limits: ComparisonLimits = ComparisonLimits(),
    facts: BuildFacts = BuildFacts(), progress: any ProgressSink = SilentProgress()
  ) async throws(ComparisonError) -> Comparison {
    let (first, second) = (try OpenFile.artifact(shipped), try OpenFile.artifact(rebuilt))
    let bytes = try await ByteComparison.compare(
      Content(first), Content(second), hashing: true, progress: progress, name: first.name)
    guard let firstDigest = bytes.shippedDigest, let secondDigest = bytes.rebuiltDigest else {
      preconditionFailure("digests were asked for")
    }
    let found =
      bytes.equal
      ? Explanation()
      : try await explain(Content(first), Content(second), limits: limits, progress: progress)
    try first.requireUnchanged()
    try second.requireUnchanged()
    precondition(found.differences.isEmpty == bytes.equal, "unequal bytes need an explanation, and equal ones none")
    precondition((firstDigest == secondDigest) == bytes.equal, "the digests contradict the bytes")
    return Comparison(
      equal: bytes.equal,
      shipped: FileIdentity(name: shipped.lastComponent?.string, sha256: firstDigest, size: first.size),
      rebuilt: FileIdentity(name: rebuilt.lastComponent?.string, sha256: secondDigest, size: second.size),
      differences: CauseList.explain(
        found.differences.enumerated().map { index, difference in
          var difference = difference
          difference.id = "d\(index + 1)"
          return difference
        }, facts: facts),
      accounting: found.inner)
  }

  private static func explain(
    _ shipped: Content, _ rebuilt: Content, limits: ComparisonLimits,
    progress: any ProgressSink
  ) async throws(ComparisonError) -> Explanation {
    let pair = PartPair(path: [], shipped: shipped, rebuilt: rebuilt, depth: 0)
    do {
      return try await Explainer(limits: limits, progress: progress).explain(pair)
    } catch let error as ComparisonError {
      throw error
    } catch {
      throw .reading("the artifacts", "\(error)")
    }
  }
}
