public import Model

/// What a report is about; the one value that each renderer takes.
public enum ReportedResult: Hashable, Sendable {
  /// A check of a recipe.
  case check(CheckResult)
  /// A comparison of files that nobody rebuilt here.
  case comparison(ComparisonResult)

  /// The verdict over all artifacts.
  public var verdict: Verdict {
    switch self {
    case .check(let result): result.verdict
    case .comparison(let result): result.verdict
    }
  }

  /// What was compared.
  public var artifacts: [ArtifactResult] {
    switch self {
    case .check(let result): result.artifacts
    case .comparison(let result): result.artifacts
    }
  }

  /// The program that made the result.
  public var program: ProgramIdentity {
    switch self {
    case .check(let result): result.program
    case .comparison(let result): result.program
    }
  }

  /// The check; nil for a comparison alone.
  public var check: CheckResult? {
    if case .check(let result) = self { result } else { nil }
  }

  /// Why it is inconclusive; nil for other verdicts.
  var reason: InconclusiveReason? { check?.reason }

  /// What it is about, in a few words.
  var title: String {
    if let check { return "\(check.recipe.name) \(check.recipe.version)" }
    return artifacts.count == 1 ? artifacts[0].name : Amount.count(artifacts.count, "file")
  }
}
