public import Causes
import Glibc
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

  /// Compares two files, or two folders with all that they hold: their raw bytes decide, and where these differ, the structure of known formats explains.
  ///
  /// The same bytes give the same differences in the same order. Comparing the other way round gives the mirror
  /// image: `missing` for `extra`, and the two values exchanged. Nothing in an artifact makes this throw: what cannot
  /// be unpacked is compared by its bytes, and the difference says why.
  public static func compare(
    shipped: FilePath, rebuilt: FilePath, limits: ComparisonLimits = ComparisonLimits(),
    facts: BuildFacts = BuildFacts(), progress: any ProgressSink = SilentProgress()
  ) async throws(ComparisonError) -> Comparison {
    if try isFolder(shipped), try isFolder(rebuilt) {
      return try await folders(shipped, rebuilt, limits: limits, facts: facts, progress: progress)
    }
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
      differences: named(found.differences, facts), accounting: found.inner)
  }

  /// Compares all that two folders hold; each file in them is read as an artifact.
  private static func folders(
    _ shipped: FilePath, _ rebuilt: FilePath, limits: ComparisonLimits, facts: BuildFacts,
    progress: any ProgressSink
  ) async throws(ComparisonError) -> Comparison {
    let explainer = Explainer(limits: limits, progress: progress)
    do {
      let (found, ours, theirs) = try await FolderComparison(
        explainer: explainer, shipped: shipped, rebuilt: rebuilt, progress: progress
      ).compare()
      return Comparison(
        equal: found.differences.isEmpty, shipped: ours, rebuilt: theirs, differences: named(found.differences, facts),
        accounting: found.inner)
    } catch let error as ComparisonError {
      throw error
    } catch {
      throw .reading("\(shipped) and \(rebuilt)", "\(error)")
    }
  }

  private static func isFolder(_ path: FilePath) throws(ComparisonError) -> Bool {
    var status = stat()
    guard unsafe lstat(path.string, &status) == 0 else { throw .opening(path, systemMessage()) }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// With their ids and causes.
  private static func named(_ differences: [Difference], _ facts: BuildFacts) -> [Difference] {
    CauseList.explain(
      differences.enumerated().map { index, difference in
        var difference = difference
        difference.id = "d\(index + 1)"
        return difference
      }, facts: facts)
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
