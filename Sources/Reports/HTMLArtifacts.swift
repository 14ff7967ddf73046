import Model

/// The artifacts of a page: each with its digests, and where it differs a picture of its bytes.
struct HTMLArtifacts {
  let isCheck: Bool
  let reportName: String

  /// How many artifacts are drawn, and how many are named at most.
  private static let drawn = 40
  private static let named = 1000
  /// How many parts of an artifact are accounted for on the page.
  private static let parts = 100

  func section(_ artifacts: [ArtifactResult]) -> HTML {
    guard !artifacts.isEmpty else { return "" }
    let sorted = artifacts.sorted { $0.verdict > $1.verdict }
    let shown = artifacts.count <= Self.drawn ? artifacts : Array(sorted.prefix(Self.drawn))
    let rest = artifacts.count <= Self.drawn ? [] : Array(sorted.dropFirst(Self.drawn))
    let hasStrip = shown.contains { !$0.accounting.isEmpty }
    return """
      <section aria-labelledby="artifacts"><h2 id="artifacts">Artifacts</h2>
      \(hasStrip ? Self.legend : "")
      \(shown.map(article))
      \(rest.isEmpty ? "" : others(rest))
      </section>
      """
  }

  private static let legend: HTML = """
    <ul class="legend" aria-label="What the strips of bytes show">
    <li><svg viewBox="0 0 28 28" aria-hidden="true"><rect class="equal" y="9" width="28" height="10"/></svg>equal</li>
    <li><svg viewBox="0 0 28 28" aria-hidden="true"><rect class="named" y="4" width="28" height="20"/></svg>\
    in a difference that a format names</li>
    <li><svg viewBox="0 0 28 28" aria-hidden="true"><rect class="unexplained" width="28" height="28"/></svg>\
    unexplained</li>
    </ul>
    """

  private func article(_ artifact: ArtifactResult) -> HTML {
    """
    <article class="artifact">
    <h3>\(HTML.shortened(artifact.name, to: 300)) \(badge(artifact.verdict))</h3>
    \(picture(artifact))
    \(reconstruction(artifact))<dl class="facts">\(files(artifact))</dl>
    </article>
    """
  }

  private func reconstruction(_ artifact: ArtifactResult) -> HTML {
    guard let words = ReconstructionWords(artifact) else { return "" }
    let line = Self.capitalised(words.line)
    let details: [HTML] = words.details().map { "<li>\(HTML.shortened($0, to: 1000))</li>" }
    return """
      <p class="accounting">\(words.isComplete ? "\(text: line)" : "<strong class=\"grave\">\(text: line)</strong>").</p>
      \(details.isEmpty ? "" : "<ul class=\"details\">\(details)</ul>")

      """
  }

  private func badge(_ verdict: Verdict) -> HTML {
    "<span class=\"badge \(text: verdict.rawValue)\">\(text: VerdictWords.word(verdict, isCheck: isCheck))</span>"
  }

  private func files(_ artifact: ArtifactResult) -> HTML {
    if let shipped = artifact.shipped, shipped.sha256 == artifact.rebuilt?.sha256 {
      return file("shipped and rebuilt", shipped)
    }
    guard artifact.shipped != nil || artifact.rebuilt != nil else { return "" }
    return file("shipped", artifact.shipped) + file("rebuilt", artifact.rebuilt)
  }

  private func file(_ side: String, _ file: FileIdentity?) -> HTML {
    guard let file else { return "<div><dt>\(text: side)</dt><dd>none</dd></div>" }
    return """
      <div><dt>\(text: side)</dt><dd>\(text: Amount.count(file.size)) bytes, SHA-256 <code>\(text: file.sha256.hex)</code></dd></div>
      """
  }

  private func picture(_ artifact: ArtifactResult) -> HTML {
    let words = AccountingWords(artifact)
    guard let whole = words.whole else { return "" }
    let label = "\(VisibleText.shortened(artifact.name, to: 100)), shipped: \(words.line)"
    let strip = ByteStrip(accounting: whole, label: label).svg
    let scale: HTML =
      strip.text.isEmpty
      ? ""
      : """
      <p class="scale" aria-hidden="true"><span>byte 0</span><span>\(text: Amount.count(whole.shipped.size))</span></p>
      """
    return """
      \(strip)\(scale)
      <p class="accounting">\(text: Self.capitalised(words.line)).\
      \(words.deeper.isEmpty ? "" : " <strong class=\"grave\">\(text: words.deeper).</strong>")</p>
      \(parts(words))
      """
  }

  private func parts(_ words: AccountingWords) -> HTML {
    guard !words.parts.isEmpty else { return "" }
    let rows: [HTML] = words.parts.prefix(Self.parts).map { part in
      let path = part.path.joined(separator: " › ")
      return """
        <li><p><code>\(HTML.shortened(path, to: 300))</code>\(part.format.map { " <span class=\"note\">\(text: $0)</span>" } ?? "")</p>
        \(ByteStrip(accounting: part, label: "\(VisibleText.shortened(path, to: 100)): \(words.line(part))").svg)
        <p class="accounting">\(text: Self.capitalised(words.line(part))).</p></li>
        """
    }
    let left = words.parts.count - rows.count
    let more: HTML = left > 0 ? omission(Amount.count(left, "more part")) : ""
    return """
      <details class="parts"><summary>Byte by byte: \(text: Amount.count(words.parts.count, "part")) of it that \
      \(words.parts.count == 1 ? "differs" : "differ")</summary><ul>\(rows)</ul>\(more)</details>
      """
  }

  private func others(_ artifacts: [ArtifactResult]) -> HTML {
    let rows: [HTML] = artifacts.prefix(Self.named).map {
      """
      <li>\(HTML.shortened($0.name, to: 200)) \(badge($0.verdict)) <code>\(text: ($0.shipped ?? $0.rebuilt)?.sha256.hex ?? "")\
      </code></li>
      """
    }
    let left = artifacts.count - rows.count
    let more: HTML = left > 0 ? omission(Amount.count(left, "more artifact")) : ""
    return """
      <details class="parts"><summary>\(text: Amount.count(artifacts.count, "more artifact"))</summary><ul>\(rows)</ul>\(more)\
      </details>
      """
  }

  private func omission(_ what: String) -> HTML { "<p class=\"left\">\(text: what) in \(text: reportName).</p>" }

  private static func capitalised(_ line: String) -> String { line.prefix(1).uppercased() + line.dropFirst() }
}
