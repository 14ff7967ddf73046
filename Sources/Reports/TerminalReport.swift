public import Model

/// The verdict for a person who sits at a terminal.
///
/// Everything that comes from artifacts, recipes and builds is shown with its control characters spelled out, so
/// that a hostile file name can neither move the cursor nor pose as another.
public struct TerminalReport: Sendable {
  /// How words are set off.
  public enum Style: Sendable {
    /// Text only: for files, logs and `NO_COLOR`.
    case plain
    /// With the terminal's colours.
    case coloured
  }

  /// How words are set off.
  public var style: Style
  /// How many columns a line may have.
  public var width: Int
  /// How many lines of differences are shown at most.
  public var differenceLines: Int
  /// How the reader finds the whole result.
  public var reportName: String

  /// Makes a renderer for lines of `width` columns, of which 40 is the least.
  public init(
    style: Style = .plain, width: Int = 80, differenceLines: Int = 20, reportName: String = "report.json"
  ) {
    self.style = style
    self.width = max(40, width)
    self.differenceLines = max(1, differenceLines)
    self.reportName = reportName
  }

  /// The report, each line ended by a line feed.
  public func render(_ result: CheckResult) -> String {
    var lines = headline(result)
    if !result.artifacts.isEmpty { lines += [""] + ArtifactTable(width: width).lines(result.artifacts) }
    let meaning = VerdictWords.meaning(of: result)
    if !meaning.isEmpty { lines += [""] + LineWrapping(width: width).lines(meaning) }
    lines += differences(result)
    let facts = facts(result)
    if !facts.isEmpty { lines += [""] + facts }
    return lines.map { $0 + "\n" }.joined()
  }

  private func headline(_ result: CheckResult) -> [String] {
    let word = result.verdict.rawValue.uppercased()
    let indentation = String(repeating: " ", count: word.count + 2)
    let sentence = VisibleText.shortened(VisibleText.escaped(VerdictWords.sentence(of: result)), to: 2000)
    var lines = LineWrapping(width: width).lines(sentence, first: word + "  ", rest: indentation)
    lines[0] = coloured(word, by: result.verdict) + lines[0].dropFirst(word.count)
    guard let reason = result.reason else { return lines }
    for detail in reason.details {
      lines += wrapped(detail, first: "  ", rest: "    ")
    }
    if let advice = reason.advice { lines += [""] + wrapped(advice, first: "To mend it: ", rest: "  ") }
    return lines
  }

  private func differences(_ result: CheckResult) -> [String] {
    var tree = DifferenceTree(width: width, room: differenceLines)
    for artifact in result.artifacts { tree.add(artifact) }
    guard !tree.lines.isEmpty else { return [] }
    let rest = tree.left
    let more =
      rest == 0 ? [] : wrapped("… and \(Amount.count(rest, "more difference")) in \(reportName)", first: "  ")
    return [""] + tree.lines + more
  }

  private func facts(_ result: CheckResult) -> [String] {
    var lines: [String] = []
    for source in result.source {
      lines += fact(
        "source", "\(source.swhid)", "\(source.name), \(Amount.count(source.entries, "entry", "entries"))")
    }
    if let environment = result.environment {
      lines += fact(
        "environment", environment.sha256.hex, "sha256; \(Amount.count(environment.packages.count, "package"))")
    }
    return lines + fact("recipe", result.recipe.digest.hex, "sha256; \(result.recipe.name) \(result.recipe.version)")
  }

  /// A value on a line of its own, where 80 columns hold all digits of a SHA-256, and what to know about it below.
  private func fact(_ name: String, _ value: String, _ note: String) -> [String] {
    let indentation = String(repeating: " ", count: 13)
    let first = name + indentation.dropFirst(name.count)
    return wrapped(value, first: first, rest: indentation)
      + wrapped(VisibleText.shortened(note, to: 400), first: indentation, rest: indentation)
  }

  private func wrapped(_ text: String, first: String, rest: String = "    ") -> [String] {
    LineWrapping(width: width).lines(VisibleText.escaped(text), first: first, rest: rest)
  }

  func coloured(_ word: String, by verdict: Verdict) -> String {
    guard style == .coloured else { return word }
    let code =
      switch verdict {
      case .reproduced: "32"
      case .equivalent: "36"
      case .inconclusive: "33"
      case .different: "31"
      }
    return "\u{1B}[1;\(code)m\(word)\u{1B}[0m"
  }
}
