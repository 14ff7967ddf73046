/// The whole result of comparing files without a recipe; `Documentation/Formats/Report.md` describes it.
public struct ComparisonResult: Codable, Hashable, Sendable {
  /// The version of this format.
  public var format = 1
  /// The program that made it.
  public var program: ProgramIdentity
  /// The verdict over all artifacts; never `inconclusive`, for files that cannot be compared are an error.
  public var verdict: Verdict
  /// One for each file, or one for two folders.
  public var artifacts: [ArtifactResult]

  /// Makes a result of its parts; the verdict is the worst of the artifacts'.
  public init(program: ProgramIdentity, artifacts: [ArtifactResult]) {
    self.program = program
    self.artifacts = artifacts
    verdict = .worst(of: artifacts.map(\.verdict))
  }
}
