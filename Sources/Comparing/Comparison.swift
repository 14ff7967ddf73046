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
  /// How the shipped bytes come from the rebuilt ones; nil where no exceptions were declared or no bytes differ.
  public let reconstruction: Reconstruction?

  /// What follows from it, graded and never rounded up.
  public var verdict: Verdict {
    equal ? .reproduced : reconstruction?.isComplete == true ? .equivalent : .different
  }

  /// Compares two files, or two folders with all that they hold: their raw bytes decide, and where these differ, the structure of known formats explains.
  ///
  /// The same bytes give the same differences in the same order. Comparing the other way round gives the mirror
  /// image: `missing` for `extra`, and the two values exchanged. Nothing in an artifact makes this throw: what cannot
  /// be unpacked is compared by its bytes, and the difference says why.
  ///
  /// Where exceptions are declared and bytes differ, the shipped bytes are put together from the rebuilt ones with
  /// nothing else at any other place; a signature that does not hold is a difference of its own.
  public static func compare(
    shipped: FilePath, rebuilt: FilePath, exceptions: [DeclaredException] = [],
    limits: ComparisonLimits = ComparisonLimits(), facts: BuildFacts = BuildFacts(),
    progress: any ProgressSink = SilentProgress(), disassembler: Disassembler? = nil
  ) async throws(ComparisonError) -> Comparison {
    let reconstructor = Reconstructor(
      explainer: Explainer(limits: limits, progress: progress, disassembler: disassembler), exceptions: exceptions)
    if try isFolder(shipped), try isFolder(rebuilt) {
      return try await folders(shipped, rebuilt, reconstructor, facts: facts, progress: progress)
    }
    let (first, second) = (try OpenFile.artifact(shipped), try OpenFile.artifact(rebuilt))
    let bytes = try await ByteComparison.compare(
      Content(first), Content(second), hashing: true, progress: progress, name: first.name)
    guard let firstDigest = bytes.shippedDigest, let secondDigest = bytes.rebuiltDigest else {
      preconditionFailure("digests were asked for")
    }
    let (found, outcome) =
      bytes.equal
      ? (Explanation(), nil)
      : try await explain(Content(first), Content(second), bytes.differing, reconstructor)
    try first.requireUnchanged()
    try second.requireUnchanged()
    precondition(found.differences.isEmpty == bytes.equal, "unequal bytes need an explanation, and equal ones none")
    precondition((firstDigest == secondDigest) == bytes.equal, "the digests contradict the bytes")
    return Comparison(
      equal: bytes.equal,
      shipped: FileIdentity(name: shipped.lastComponent?.string, sha256: firstDigest, size: first.size),
      rebuilt: FileIdentity(name: rebuilt.lastComponent?.string, sha256: secondDigest, size: second.size),
      differences: await named(found.differences, outcome, facts, limits), accounting: found.inner,
      reconstruction: outcome?.result(exceptions))
  }

  /// Compares all that two folders hold; each file in them is read as an artifact.
  private static func folders(
    _ shipped: FilePath, _ rebuilt: FilePath, _ reconstructor: Reconstructor, facts: BuildFacts,
    progress: any ProgressSink
  ) async throws(ComparisonError) -> Comparison {
    do {
      let found = try await FolderComparison(
        reconstructor: reconstructor, shipped: shipped, rebuilt: rebuilt, progress: progress
      ).compare()
      let (exceptions, differences) = (reconstructor.exceptions, found.explanation.differences)
      return Comparison(
        equal: differences.isEmpty, shipped: found.shipped, rebuilt: found.rebuilt,
        differences: await named(
          differences, found.outcome, facts, reconstructor.explainer.limits), accounting: found.explanation.inner,
        reconstruction: found.outcome?.result(exceptions))
    } catch let error as ComparisonError {
      throw error
    } catch {
      throw .reading("\(shipped) and \(rebuilt)", "\(error)")
    }
  }

  static func isFolder(_ path: FilePath) throws(ComparisonError) -> Bool {
    var status = stat()
    guard unsafe lstat(path.string, &status) == 0 else { throw .opening(path, systemMessage()) }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// With their ids and causes, and those that only a signature that does not hold makes.
  private static func named(
    _ differences: [Difference], _ outcome: Reconstructor.Outcome?, _ facts: BuildFacts, _ limits: ComparisonLimits
  ) async -> [Difference] {
    let signatures = outcome?.signatureDifferences ?? []
    var all = (differences + signatures).enumerated().map { index, difference in
      var difference = difference
      difference.id = "d\(index + 1)"
      return difference
    }
    let found = differences.count
    all.replaceSubrange(
      ..<found, with: await CauseList.explain(Array(all[..<found]), facts: facts, parallel: limits.parallel))
    // What is declared needs no mending.
    for index in all.indices where all[index].exception != nil { all[index].fix = nil }
    return all
  }

  private static func explain(
    _ shipped: Content, _ rebuilt: Content, _ differing: Range<Int64>?, _ reconstructor: Reconstructor
  ) async throws(ComparisonError) -> (Explanation, Reconstructor.Outcome?) {
    let pair = PartPair(path: [], shipped: shipped, rebuilt: rebuilt, depth: 0, differing: differing)
    do {
      return try await reconstructor.explain(pair)
    } catch let error as ComparisonError {
      throw error
    } catch {
      throw .reading("the artifacts", "\(error)")
    }
  }
}
