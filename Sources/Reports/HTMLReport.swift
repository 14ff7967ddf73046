import Model

/// The result as one page that a manager and an engineer can both read.
///
/// It needs nothing beside it and no network, and its policy forbids the browser to load or run anything that is not
/// in it. Everything but the tree of differences is there without a script; the tree is built as it is opened.
public struct HTMLReport: Sendable {
  /// How many differences a page holds at most.
  public static let differenceLimit = 20_000

  /// How the reader finds the whole result.
  public var reportName: String

  /// Makes a renderer.
  public init(reportName: String = "report.json") { self.reportName = reportName }

  /// The page as UTF-8.
  public func render(_ result: ReportedResult) -> [UInt8] { Array(page(result).text.utf8) }

  private func page(_ result: ReportedResult) -> HTML {
    let selection = DifferenceSelection(result.artifacts, limit: Self.differenceLimit)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(HTML(markup: Self.policy))">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <title>\(text: VerdictWords.word(of: result)): \(text: result.title)</title>
      <style>\(HTML(markup: HTMLStyle.text))</style>
      </head>
      <body>
      <a class="skip" href="#differences">Skip to the differences</a>
      \(header(result, selection))
      <main>
      \(HTMLArtifacts(isCheck: result.check != nil, reportName: reportName).section(result.artifacts))
      \(HTMLCauses().section(result.artifacts))
      \(HTMLDifferences(reportName: reportName).section(result.artifacts, selection))
      \(result.check.map { HTMLProvenance().section($0) } ?? "")
      </main>
      <footer><p>Made by \(text: result.program.name) \(text: result.program.version). The same result, whole and for \
      programs, is in \(text: reportName).</p></footer>
      \(selection.isEmpty ? "" : HTMLData(selection: selection, reportName: reportName).elements(result.artifacts))
      </body>
      </html>

      """
  }

  /// Nothing may be loaded, sent or framed; only the one script and the one style of the page count.
  private static let policy =
    "default-src 'none'; script-src '\(HTMLScript.digest)'; style-src '\(HTMLStyle.digest)'; base-uri 'none'; "
    + "form-action 'none'"

  private func header(_ result: ReportedResult, _ selection: DifferenceSelection) -> HTML {
    let word = VerdictWords.word(of: result)
    let meaning = VerdictWords.meaning(of: result)
    return """
      <header class="verdict \(text: result.verdict.rawValue)">
      <p class="subject">\(HTML.shortened(result.title, to: 200))</p>
      <h1><span class="word">\(text: word)</span> \(HTML.shortened(VerdictWords.sentence(of: result), to: 2000))</h1>
      \(result.reason.map(reason) ?? "")
      \(meaning.isEmpty ? "" : "<p>\(text: meaning)</p>")
      \(selection.isEmpty ? "" : summary(result.artifacts))
      </header>
      """
  }

  private func reason(_ reason: InconclusiveReason) -> HTML {
    let details: [HTML] = reason.details.map { "<li>\(HTML.shortened($0, to: 2000))</li>" }
    return """
      \(details.isEmpty ? "" : "<ul class=\"details\">\(details)</ul>")
      \(reason.advice.map { "<p><strong>To mend it:</strong> \(text: $0)</p>" } ?? "")
      """
  }

  /// How many differences there are, and how many of them stand for themselves.
  private func summary(_ artifacts: [ArtifactResult]) -> HTML {
    let rows = CauseTable(artifacts).rows
    let roots = rows.reduce(0) { $0 + $1.roots }
    let followers = rows.reduce(0) { $0 + $1.followers }
    let grave = rows.filter { CauseTable.isGrave($0.name) }.reduce(0) { $0 + $1.roots - $1.declared }
    let declared = rows.reduce(0) { $0 + $1.declared }
    var facts = ["\(Amount.count(roots, "difference")) at the root"]
    if followers > 0 { facts.append("\(Amount.count(followers, "follows", "follow")) from these") }
    if declared > 0 { facts.append("\(Amount.count(declared, "is", "are")) declared beforehand") }
    facts.append(
      grave == 0
        ? "each has a known cause"
        : "\(Amount.count(grave, "is", "are")) of content or without a known cause")
    return "<p class=\"summary\">\(text: facts.joined(separator: "; ")).</p>"
  }
}
