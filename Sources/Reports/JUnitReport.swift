import Model

/// The result as a JUnit file: a test suite, and a test case for each artifact.
///
/// An artifact that differs is a failure, one that could not be compared an error; `equivalent` passes.
public struct JUnitReport: Sendable {
  /// How many differences a failure tells.
  private static let differenceLimit = 50

  /// How the reader finds the whole result.
  public var reportName: String

  /// Makes a renderer.
  public init(reportName: String = "report.json") { self.reportName = reportName }

  /// The file as UTF-8 XML.
  public func render(_ result: ReportedResult) -> [UInt8] {
    let title = DifferenceLines.shortened(result.title, to: 200)
    // What ended a check before there were artifacts is an error of the check itself.
    let ended =
      result.artifacts.isEmpty
      || result.verdict == .inconclusive && result.artifacts.allSatisfy { $0.verdict != .inconclusive }
    let failures = result.artifacts.count { $0.verdict == .different }
    let errors = result.artifacts.count { $0.verdict == .inconclusive } + (ended ? 1 : 0)
    let counts: HTML = """
      tests="\(result.artifacts.count + (ended ? 1 : 0))" failures="\(failures)" errors="\(errors)" \
      time="\(text: time(result.check?.stages ?? []))"
      """
    let cases: [HTML] = result.artifacts.map { artifact(artifact: $0, title, result) }
    let document: HTML = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="verbatim" \(counts)>
      <testsuite name="\(text: title)" \(counts)>
      <properties>
      \(properties(result))</properties>
      \(cases)\(ended ? testcase(title, title, error(result)) : "")</testsuite>
      </testsuites>

      """
    return Array(document.text.utf8)
  }

  private func artifact(artifact: ArtifactResult, _ title: String, _ result: ReportedResult) -> HTML {
    let name = DifferenceLines.shortened(artifact.name, to: 400)
    return switch artifact.verdict {
    case .reproduced, .equivalent: testcase(name, title, "")
    case .different: testcase(name, title, failure(artifact))
    case .inconclusive: testcase(name, title, error(result))
    }
  }

  private func testcase(_ name: String, _ title: String, _ outcome: HTML) -> HTML {
    "<testcase name=\"\(text: name)\" classname=\"\(text: title)\" time=\"0\">\(outcome)</testcase>\n"
  }

  private func failure(_ artifact: ArtifactResult) -> HTML {
    let selection = DifferenceSelection([artifact], limit: Self.differenceLimit)
    var lines = [HTML(markup: "")]
    let accounting = AccountingWords(artifact)
    let words = ReconstructionWords(artifact)
    let refusals = words.map { [$0.line] + $0.details() } ?? []
    for line in [accounting.line, accounting.deeper] + refusals.map({ DifferenceLines.shortened($0, to: 1000) })
    where !line.isEmpty { lines.append("\(text: line)\n") }
    for index in selection.chosen[0] {
      let difference = artifact.differences[index]
      let place = DifferenceLines.shortened(DifferenceLines.place(difference), to: 400)
      lines.append("\(text: place.isEmpty ? "the whole" : place): \(text: DifferenceLines.message(difference))\n")
    }
    if selection.left > 0 {
      lines.append("… and \(text: Amount.count(selection.left, "more difference")) in \(text: reportName)\n")
    }
    let message = "shipped and rebuilt differ: \(DifferenceWords.counts(artifact.differences))"
    return
      "<failure type=\"different\" message=\"\(text: DifferenceLines.shortened(message, to: 1000))\">\(lines)</failure>"
  }

  private func error(_ result: ReportedResult) -> HTML {
    let reason = result.reason
    let details = (reason?.details ?? []) + (reason?.advice.map { [$0] } ?? [])
    let lines: [HTML] = details.map { "\(text: DifferenceLines.shortened($0, to: 2000))\n" }
    let message = DifferenceLines.shortened(reason?.message ?? "nothing was compared", to: 2000)
    return
      "<error type=\"\(text: reason?.kind.rawValue ?? "inconclusive")\" message=\"\(text: message)\">\(lines)</error>"
  }

  private func properties(_ result: ReportedResult) -> HTML {
    var properties = [
      ("program", "\(result.program.name) \(result.program.version)"), ("verdict", result.verdict.rawValue),
    ]
    if let check = result.check {
      if let deterministic = check.deterministic { properties.append(("deterministic", String(deterministic))) }
      properties.append(("recipe.sha256", check.recipe.digest.hex))
      if let lock = check.recipe.lock { properties.append(("lock.sha256", lock.hex)) }
      for source in check.source { properties.append(("source.swhid", source.swhid.description)) }
      if let environment = check.environment { properties.append(("environment.sha256", environment.sha256.hex)) }
    }
    for (number, artifact) in result.artifacts.enumerated() where artifact.verdict == .equivalent {
      guard let words = ReconstructionWords(artifact) else { continue }
      let lines = ([words.line] + words.details()).map { DifferenceLines.shortened($0, to: 1000) }
      properties.append(("reconstruction.\(number + 1)", lines.joined(separator: "; ")))
    }
    let elements: [HTML] = properties.map { "<property name=\"\(text: $0)\" value=\"\(text: $1)\"/>\n" }
    return "\(elements)"
  }

  /// The stages' times in seconds, with three decimals.
  private func time(_ stages: [StageResult]) -> String {
    let sum = stages.reduce(0.0) { $0 + ($1.seconds.isFinite ? max(0, $1.seconds) : 0) }
    let thousandths = Int64((min(sum, 1e9) * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
