import Model

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
  /// How many lines of differences are shown at most; nil shows all, and values without shortening.
  public var differenceLines: Int?
  /// How the reader finds the whole result.
  public var reportName: String

  /// Makes a renderer for lines of `width` columns, of which 40 is the least.
  public init(
    style: Style = .plain, width: Int = 80, differenceLines: Int? = 20, reportName: String = "report.json"
  ) {
    self.style = style
    self.width = max(40, width)
    self.differenceLines = differenceLines.map { max(1, $0) }
    self.reportName = reportName
  }

  /// The report, each line ended by a line feed.
  public func render(_ result: ReportedResult) -> String {
    var lines = headline(result)
    if !result.artifacts.isEmpty { lines += [""] + artifacts(result) }
    lines += reconstructions(result.artifacts)
    let meaning = VerdictWords.meaning(of: result)
    if !meaning.isEmpty { lines += [""] + LineWrapping(width: width).lines(meaning) }
    lines += CauseLines(width: width, paint: paint, isWhole: differenceLines == nil).lines(result.artifacts)
    lines += differences(result)
    let facts = facts(result)
    if !facts.isEmpty { lines += [""] + facts }
    return lines.map { $0 + "\n" }.joined()
  }

  var paint: Paint { Paint(isOn: style == .coloured) }

  private func headline(_ result: ReportedResult) -> [String] {
    let word = VerdictWords.word(of: result).uppercased()
    let indentation = String(repeating: " ", count: word.count + 2)
    let sentence = VisibleText.shortened(VisibleText.escaped(VerdictWords.sentence(of: result)), to: 2000)
    var lines = LineWrapping(width: width).lines(sentence, first: word + "  ", rest: indentation)
    lines[0] = paint(word, Self.tone(result.verdict)) + lines[0].dropFirst(word.count)
    guard let reason = result.reason else { return lines }
    for detail in reason.details {
      lines += wrapped(detail, first: "  ", rest: "    ")
    }
    if let advice = reason.advice { lines += [""] + wrapped(advice, first: "To mend it: ", rest: "  ") }
    return lines
  }

  /// The table, those that differ first where not all of them fit a screen.
  private func artifacts(_ result: ReportedResult) -> [String] {
    let all = result.artifacts
    let room = differenceLines == nil ? all.count : 12
    // Stable: those of one verdict stay in their order.
    let shown = all.count <= room ? all : Array(all.sorted { $0.verdict > $1.verdict }.prefix(room))
    let left = all.count - shown.count
    return ArtifactTable(width: width, isCheck: result.check != nil).lines(shown)
      + (left > 0 ? wrapped("… and \(Amount.count(left, "more artifact")) in \(reportName)", first: "  ") : [])
  }

  /// What was patched, and who signed it.
  private func reconstructions(_ artifacts: [ArtifactResult]) -> [String] {
    var lines: [String] = []
    for artifact in artifacts {
      guard let words = ReconstructionWords(artifact) else { continue }
      let name = artifacts.count > 1 ? VisibleText.shortened(artifact.name, to: 200) + ": " : ""
      lines += [""] + wrapped(name + words.line)
      for detail in words.details(limit: differenceLines.map { max(1, $0 / 4) }) {
        lines += wrapped(differenceLines == nil ? detail : VisibleText.shortened(detail, to: 400), first: "  ")
      }
    }
    return lines
  }

  private func differences(_ result: ReportedResult) -> [String] {
    var tree = DifferenceTree(width: width, room: differenceLines, paint: paint)
    for artifact in result.artifacts { tree.add(artifact) }
    guard !tree.lines.isEmpty else { return [] }
    let rest = tree.left
    let more =
      rest == 0
      ? []
      : wrapped("… and \(Amount.count(rest, "more difference")) in \(reportName); --all shows them", first: "  ")
    return [""] + tree.lines + more
  }

  private func facts(_ result: ReportedResult) -> [String] {
    guard let check = result.check else { return digests(result.artifacts) }
    var lines: [String] = []
    for source in check.source {
      lines += fact(
        "source", "\(source.swhid)", "\(source.name), \(Amount.count(source.entries, "entry", "entries"))")
    }
    if let environment = check.environment {
      lines += fact(
        "environment", environment.sha256.hex, "sha256; \(Amount.count(environment.packages.count, "package"))")
    }
    return lines + fact("recipe", check.recipe.digest.hex, "sha256; \(check.recipe.name) \(check.recipe.version)")
  }

  /// Whole digests of the two files of a comparison, which has no evidence beside it.
  private func digests(_ artifacts: [ArtifactResult]) -> [String] {
    guard artifacts.count == 1, let artifact = artifacts.first else { return [] }
    return [("shipped", artifact.shipped), ("rebuilt", artifact.rebuilt)].flatMap { side, file in
      file.map { wrapped($0.sha256.hex, first: "\(side)  sha256 ") } ?? []
    }
  }

  /// A value on a line of its own, where 80 columns hold all digits of a SHA-256, and what to know about it below.
  private func fact(_ name: String, _ value: String, _ note: String) -> [String] {
    let indentation = String(repeating: " ", count: 13)
    let first = name + indentation.dropFirst(name.count)
    return wrapped(value, first: first, rest: indentation)
      + wrapped(VisibleText.shortened(note, to: 400), first: indentation, rest: indentation)
  }

  private func wrapped(_ text: String, first: String = "", rest: String = "    ") -> [String] {
    LineWrapping(width: width).lines(VisibleText.escaped(text), first: first, rest: rest)
  }

  private static func tone(_ verdict: Verdict) -> Paint.Tone {
    switch verdict {
    case .reproduced: .green
    case .equivalent: .cyan
    case .inconclusive: .amber
    case .different: .red
    }
  }
}
