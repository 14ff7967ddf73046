import Model

/// The section of differences: a place for the tree, and a plain list for browsers that run no scripts.
struct HTMLDifferences {
  let reportName: String

  /// How many differences the plain list has.
  static let plainLimit = 100
  private static let valueLimit = 400

  func section(_ artifacts: [ArtifactResult], _ selection: DifferenceSelection) -> HTML {
    guard !selection.isEmpty else { return "<div id=\"differences\"></div>" }
    return """
      <section aria-labelledby="differences"><h2 id="differences" tabindex="-1">Differences</h2>
      \(selection.left > 0 ? omission(selection) : "")
      <form id="filter" class="filter" hidden>
      <label>cause <select id="cause"><option value="*">all causes</option></select></label>
      <label class="wide">text <input id="text" type="search" autocomplete="off" spellcheck="false"></label>
      <label class="check"><input id="roots" type="checkbox"> only at the root</label>
      <span class="buttons"><button type="button" id="open">Open all</button> \
      <button type="button" id="close">Close all</button></span>
      <p id="status" role="status"></p>
      </form>
      <div id="tree"></div>
      <noscript>\(plain(artifacts))</noscript>
      </section>
      """
  }

  private func omission(_ selection: DifferenceSelection) -> HTML {
    """
    <p class="left">This page holds the \(text: Amount.count(selection.total - selection.left, "difference")) that matter \
    most. \(text: Amount.count(selection.left, "more is", "more are")) in \(text: reportName).</p>
    """
  }

  private func plain(_ artifacts: [ArtifactResult]) -> HTML {
    let selection = DifferenceSelection(artifacts, limit: Self.plainLimit)
    let left: HTML =
      selection.left == 0
      ? ""
      : """
      <p class="left">This browser runs no scripts, so these are the \(Self.plainLimit) differences that matter most; \
      \(text: Amount.count(selection.left, "more is", "more are")) in \(text: reportName).</p>
      """
    let lists: [HTML] = zip(artifacts, selection.chosen).map { artifact, chosen in
      guard !chosen.isEmpty else { return "" }
      let items: [HTML] = chosen.map { "<li>\(item(artifact.differences[$0]))</li>\n" }
      return "<h3>\(HTML.shortened(artifact.name, to: 300))</h3><ol class=\"plain\">\(items)</ol>"
    }
    return left + "\(lists)"
  }

  private func item(_ difference: Difference) -> HTML {
    let path = difference.path.joined(separator: " › ")
    let region = difference.region.map { $0 + ": " } ?? ""
    let cause: HTML =
      difference.cause.map { "<p>cause: \(text: $0.name) (\(HTML.shortened($0.evidence, to: 400)))</p>" } ?? ""
    return """
      <p><code>\(HTML.shortened(path, to: 300))</code></p><p>\(HTML.shortened(region, to: 300))\
      \(text: DifferenceWords.summary(difference))</p>\
      \(value("shipped", difference.shipped))\(value("rebuilt", difference.rebuilt))\(cause)\
      \(difference.fix.map { "<p>to mend it: \(HTML.shortened($0, to: 400))</p>" } ?? "")\
      \(difference.exception.map { "<p>declared: \(HTML.shortened($0, to: 400))</p>" } ?? "")
      """
  }

  private func value(_ side: String, _ value: String?) -> HTML {
    value.map { "<p>\(text: side) <code>\(HTML.shortened($0, to: Self.valueLimit))</code></p>" } ?? ""
  }
}
