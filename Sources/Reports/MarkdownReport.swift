import Model

/// The result as a comment for a pull request.
///
/// Whatever comes from artifacts and builds stands in code spans, in which nothing is markup and nobody is mentioned.
public struct MarkdownReport: Sendable {
  /// How many characters a report has at most; forges refuse a few thousand more.
  public static let characterLimit = 60_000
  private static let artifactLimit = 50
  private static let causeLimit = 30
  /// For the last line, which says how much was left out.
  private static let reserve = 300

  /// How the reader finds the whole result.
  public var reportName: String

  /// Makes a renderer.
  public init(reportName: String = "report.json") { self.reportName = reportName }

  /// The report, with a line feed at the end.
  public func render(_ result: ReportedResult) -> String {
    let word = VerdictWords.word(of: result)
    let sentence = VerdictWords.sentence(of: result) { Self.code($0, to: 1000) }
    var text =
      "## \(word.prefix(1).uppercased() + word.dropFirst()): \(Self.code(result.title, to: 200))\n\n\(sentence)\n"
    let meaning = VerdictWords.meaning(of: result)
    if !meaning.isEmpty { text += "\n\(meaning)\n" }
    for section in [
      reason(result.reason), artifacts(result), reconstructions(result.artifacts), causes(result.artifacts),
      facts(result.check),
    ] {
      // Names made to fill the report do not get to fill it.
      let fits = text.unicodeScalars.count + section.unicodeScalars.count <= Self.characterLimit - 4000
      text += fits ? section : "\nA part that is too long for this report is in \(reportName).\n"
    }
    return text + differences(result.artifacts, room: Self.characterLimit - text.unicodeScalars.count)
  }

  private func reason(_ reason: InconclusiveReason?) -> String {
    guard let reason else { return "" }
    let details = reason.details.prefix(20).map { "- \(Self.code($0, to: 400))\n" }
    let left = reason.details.count - details.count
    return (details.isEmpty ? "" : "\n") + details.joined()
      + (left > 0 ? "- \(Amount.count(left, "more line")) in \(reportName)\n" : "")
      + (reason.advice.map { "\nTo mend it: \(Self.code($0, to: 1000))\n" } ?? "")
  }

  private func artifacts(_ result: ReportedResult) -> String {
    let all = result.artifacts
    guard !all.isEmpty else { return "" }
    let shown =
      all.count <= Self.artifactLimit ? all : Array(all.sorted { $0.verdict > $1.verdict }.prefix(Self.artifactLimit))
    let rows = shown.map { artifact in
      let line = AccountingWords(artifact).line
      return
        "| \(Self.cell(artifact.name, to: 200)) | \(VerdictWords.word(artifact.verdict, isCheck: result.check != nil)) "
        + "| \(digest(artifact.shipped)) | \(digest(artifact.rebuilt)) | \(line.isEmpty ? "" : line) |\n"
    }
    let left = all.count - shown.count
    return "\n| artifact | verdict | shipped, SHA-256 | rebuilt, SHA-256 | bytes |\n|---|---|---|---|---|\n"
      + rows.joined()
      + (left > 0 ? "\n\(Amount.count(left, "more artifact")) in \(reportName).\n" : "")
  }

  /// What was patched, and who signed it.
  private func reconstructions(_ artifacts: [ArtifactResult]) -> String {
    artifacts.prefix(Self.artifactLimit).reduce(into: "") { text, artifact in
      guard let words = ReconstructionWords(artifact) else { return }
      text += "\n\(Self.code(artifact.name, to: 200)): \(words.isComplete ? "" : "**")"
      text += Self.code(words.line, to: 1000) + (words.isComplete ? "" : "**") + "\n"
      text += words.details().map { "- \(Self.code($0, to: 400))\n" }.joined()
    }
  }

  private func digest(_ file: FileIdentity?) -> String { file.map { "`\($0.sha256.short)…`" } ?? "none" }

  private func causes(_ artifacts: [ArtifactResult]) -> String {
    let rows = CauseTable(artifacts).rows
    guard !rows.isEmpty else { return "" }
    let lines = rows.prefix(Self.causeLimit).map { row in
      "| \(row.name.map { Self.cell($0, to: 100) } ?? "not explained") | \(Amount.count(Int64(row.roots))) "
        + "| \(Amount.count(Int64(row.followers))) | \(row.fix.map { Self.cell($0, to: 300) } ?? "") |\n"
    }
    let left = rows.count - lines.count
    return "\n| cause | at the root | follow from these | what would mend it |\n|---|--:|--:|---|\n" + lines.joined()
      + (left > 0 ? "\n\(Amount.count(left, "more cause")) in \(reportName).\n" : "")
  }

  private func facts(_ check: CheckResult?) -> String {
    guard let check else { return "" }
    var facts = ["recipe `\(check.recipe.digest.short)…`"]
    facts += check.source.prefix(20).map { "source `\($0.swhid)`" }
    if let environment = check.environment { facts.append("environment `\(environment.sha256.short)…`") }
    return "\nChecked: \(facts.joined(separator: ", ")).\n"
  }

  /// As many differences as there is room for, of those that matter most.
  private func differences(_ artifacts: [ArtifactResult], room: Int) -> String {
    let total = artifacts.reduce(0) { $0 + $1.differences.count }
    guard total > 0 else { return "" }
    let space = room - Self.reserve
    // A difference takes more than thirty characters.
    var (fits, tooMany) = (0, min(total, max(0, space / 30)) + 1)
    var shown = ""
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      let tried = list(artifacts, middle)
      if tried.unicodeScalars.count <= space {
        (shown, fits) = (tried, middle)
      } else {
        tooMany = middle
      }
    }
    let left = total - fits
    return (fits > 0 ? "\n<details><summary>Differences</summary>\n\n\(shown)\n</details>\n" : "")
      + (left > 0
        ? "\n\(Amount.count(left, "more difference")) in \(reportName).\n"
        : "")
  }

  private func list(_ artifacts: [ArtifactResult], _ limit: Int) -> String {
    let selection = DifferenceSelection(artifacts, limit: limit)
    return zip(artifacts, selection.chosen).reduce(into: "") { text, entry in
      let (artifact, chosen) = entry
      guard !chosen.isEmpty else { return }
      if artifacts.count > 1 { text += "\n\(Self.code(artifact.name, to: 200))\n\n" }
      for index in chosen { text += item(artifact.differences[index]) }
    }
  }

  private func item(_ difference: Difference) -> String {
    let place = DifferenceLines.place(difference)
    var text = "- \(place.isEmpty ? "the whole" : Self.code(place, to: 300)): \(DifferenceWords.summary(difference))"
    if let cause = difference.cause {
      text += "; \(cause.follows == nil ? "cause" : "follows from another,") \(Self.code(cause.name, to: 60))"
    }
    if let exception = difference.exception { text += "; declared: \(Self.code(exception, to: 200))" }
    text += "\n"
    if let shipped = difference.shipped { text += "  - shipped \(Self.code(shipped, to: 160))\n" }
    if let rebuilt = difference.rebuilt { text += "  - rebuilt \(Self.code(rebuilt, to: 160))\n" }
    return text
  }

  /// A value as code, between more backticks than it has in a row.
  static func code(_ value: String, to limit: Int) -> String {
    let shown = DifferenceLines.shortened(value, to: limit)
    guard !shown.isEmpty else { return "(empty)" }
    var longest = 0
    var current = 0
    for scalar in shown.unicodeScalars {
      current = scalar == "`" ? current + 1 : 0
      longest = max(longest, current)
    }
    let fence = String(repeating: "`", count: longest + 1)
    // A space keeps the value's own backticks from the fence; readers take it away on both sides.
    let space = shown.hasPrefix("`") || shown.hasSuffix("`") || shown.hasPrefix(" ") && shown.hasSuffix(" ") ? " " : ""
    return fence + space + shown + space + fence
  }

  /// The same in a table, which is cut at bars before code is looked for.
  private static func cell(_ value: String, to limit: Int) -> String {
    code(value, to: limit).replacing("|", with: "\\|")
  }
}
