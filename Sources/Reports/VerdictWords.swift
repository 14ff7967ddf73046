import Model

/// The verdict in words that need no specialist.
enum VerdictWords {
  /// The verdict in a word or two; a comparison alone does not know what the files were built from.
  static func word(of result: ReportedResult) -> String { word(result.verdict, isCheck: result.check != nil) }

  /// The verdict on one artifact in a word or two.
  static func word(_ verdict: Verdict, isCheck: Bool) -> String {
    guard !isCheck else { return verdict.rawValue }
    return switch verdict {
    case .reproduced: "equal"
    case .equivalent: "equivalent"
    case .different: "different"
    case .inconclusive: "not compared"
    }
  }

  /// One sentence that says what was found; `naming` sets names and reasons off, which may come from an adversary.
  static func sentence(of result: ReportedResult, naming: (String) -> String = { $0 }) -> String {
    guard case .check(let check) = result else { return comparison(result, naming) }
    let artifacts = check.artifacts
    switch check.verdict {
    case .reproduced:
      return "\(subject(artifacts, naming)), byte for byte, what the reviewed source builds to."
    case .equivalent:
      return "\(subject(artifacts, naming)) what the reviewed source builds to, but for the exceptions that the recipe "
        + "declares; \(reconstructed(artifacts))."
    case .different:
      let differing = artifacts.filter { $0.verdict == .different }
      guard artifacts.count > 1 else {
        return
          "\(artifacts.first.map { naming($0.name) } ?? "The shipped file") is not what the reviewed source builds to."
      }
      return "\(differing.count) of \(artifacts.count) artifacts "
        + "\(differing.count == 1 ? "is" : "are") not what the reviewed source builds to."
    case .inconclusive:
      return "The check could not be made: \(check.reason.map { naming($0.message) } ?? "no reason was recorded")"
    }
  }

  /// What a verdict of `different` tells about where the difference comes from; empty for other verdicts.
  static func meaning(of result: ReportedResult) -> String {
    guard case .check(let check) = result, check.verdict == .different else { return "" }
    switch check.deterministic {
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

  /// Of what the verdict is: of the bytes, or where some compression could not be repeated of what it decodes to.
  private static func reconstructed(_ artifacts: [ArtifactResult]) -> String {
    artifacts.contains { $0.reconstruction?.ofDecodedContents == true }
      ? "this is about decoded contents, which were reconstructed from the rebuilt ones, and not about all bytes, for "
        + "some compression could not be repeated"
      : "the shipped bytes were reconstructed from the rebuilt ones"
  }

  private static func comparison(_ result: ReportedResult, _ naming: (String) -> String) -> String {
    let artifacts = result.artifacts
    let isOne = artifacts.count == 1
    switch result.verdict {
    case .reproduced:
      return isOne ? "Shipped and rebuilt have the same bytes." : "All \(artifacts.count) files have the same bytes."
    case .equivalent:
      return "Shipped and rebuilt differ only where exceptions are declared; \(reconstructed(artifacts))."
    case .different:
      guard !isOne else { return "Shipped and rebuilt differ: \(naming(artifacts[0].name))." }
      return "\(artifacts.count { $0.verdict == .different }) of \(artifacts.count) files differ."
    case .inconclusive:
      return "Nothing was compared."
    }
  }

  private static func subject(_ artifacts: [ArtifactResult], _ naming: (String) -> String) -> String {
    switch artifacts.count {
    case 0: "Nothing that was shipped is"
    case 1: "\(naming(artifacts[0].name)) is"
    case 2: "Both artifacts are"
    default: "All \(artifacts.count) artifacts are"
    }
  }
}
