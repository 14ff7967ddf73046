import Model

/// The verdict in words that need no specialist.
enum VerdictWords {
  /// One sentence that says what was found.
  static func sentence(of result: CheckResult) -> String {
    let artifacts = result.artifacts
    switch result.verdict {
    case .reproduced:
      return "\(subject(artifacts)), byte for byte, what the reviewed source builds to."
    case .equivalent:
      return "\(subject(artifacts)) what the reviewed source builds to, but for the exceptions that the recipe "
        + "declares; the shipped bytes were reconstructed from the rebuilt ones."
    case .different:
      let differing = artifacts.filter { $0.verdict == .different }
      guard artifacts.count > 1 else {
        return "\(artifacts.first?.name ?? "The shipped file") is not what the reviewed source builds to."
      }
      return "\(differing.count) of \(artifacts.count) artifacts "
        + "\(differing.count == 1 ? "is" : "are") not what the reviewed source builds to."
    case .inconclusive:
      return "The check could not be made: \(result.reason?.message ?? "no reason was recorded")"
    }
  }

  /// What a verdict of `different` tells about where the difference comes from; empty for other verdicts.
  static func meaning(of result: CheckResult) -> String {
    guard result.verdict == .different else { return "" }
    switch result.deterministic {
    case true?:
      return "A second rebuild gave the same bytes as the first, so the build itself is steady. What was shipped was "
        + "made from something else: other source, another compiler or other packages, other settings, or somebody "
        + "changed it afterwards. The differences below show where to look."
    case false?:
      return "A second rebuild gave other bytes than the first: the build itself varies from run to run, for example "
        + "with the time or by chance. So the differences alone do not show that other source was used, and they do "
        + "not show that the reviewed source was."
    case nil:
      return "The build was not repeated, so it is not known whether it gives the same bytes each time."
    }
  }

  private static func subject(_ artifacts: [ArtifactResult]) -> String {
    switch artifacts.count {
    case 0: "Nothing that was shipped is"
    case 1: "\(artifacts[0].name) is"
    case 2: "Both artifacts are"
    default: "All \(artifacts.count) artifacts are"
    }
  }
}
