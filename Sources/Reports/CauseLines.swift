import Model

/// The table of causes on a terminal; empty where no cause is known.
struct CauseLines {
  /// In columns.
  let width: Int
  let paint: Paint
  /// Whether all causes are shown rather than the first few.
  let isWhole: Bool

  private static let shownCauses = 8

  func lines(_ artifacts: [ArtifactResult]) -> [String] {
    let rows = CauseTable(artifacts).rows
    guard rows.contains(where: { $0.name != nil }) else { return [] }
    let shown = isWhole ? rows : Array(rows.prefix(Self.shownCauses))
    let names = shown.map { VisibleText.shortened(VisibleText.escaped($0.title), to: 24) }
    let column = max(5, names.map { VisibleText.columns($0) }.max() ?? 0)
    let title = LineWrapping(width: width).lines("\(padded("cause", column))   roots  follow  what would mend it")
    var lines = [""] + title.map { paint($0, .faint) }
    for (row, name) in zip(shown, names) {
      let numbers = "\(number(row.roots, 7))\(number(row.followers, 8))"
      let first = padded(name, column) + " " + numbers + "  "
      let rest = String(repeating: " ", count: min(VisibleText.columns(first), width / 2))
      let text = LineWrapping(width: width).lines(note(row), first: first, rest: rest).map(trimmed)
      lines += paint.lines(text, word: name, CauseTable.isGrave(row.name) ? .red : .strong)
    }
    let left = rows.count - shown.count
    if left > 0 { lines.append("  … and \(Amount.count(left, "more cause")); --all shows them") }
    return lines
  }

  private func note(_ row: CauseTable.Row) -> String {
    let declared = row.declared > 0 ? "\(Amount.count(row.declared, "is", "are")) declared" : ""
    let fix = VisibleText.shortened(VisibleText.escaped(row.fix ?? ""), to: isWhole ? 2000 : 120)
    return [declared, fix].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private func number(_ number: Int, _ width: Int) -> String {
    let text = number == 0 ? "-" : Amount.count(Int64(number))
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - VisibleText.columns(text)))
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
