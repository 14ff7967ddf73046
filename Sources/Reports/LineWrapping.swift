/// Breaks text into lines that fit a width.
public struct LineWrapping {
  /// In columns.
  let width: Int

  /// Wraps at a width, in columns.
  public init(width: Int) { self.width = width }

  /// The text broken at spaces, and within words that do not fit a line of their own.
  ///
  /// The first line begins with `first`, the others with `rest`; both count towards the width. Several spaces in a
  /// row stay, for values may differ by nothing else.
  public func lines(_ text: String, first: String = "", rest: String = "") -> [String] {
    var lines: [String] = []
    var line = first
    var used = VisibleText.columns(first)
    var isEmpty = true
    func indentation() -> String { lines.isEmpty ? first : rest }
    func breakLine() {
      lines.append(line)
      line = rest
      used = VisibleText.columns(rest)
      isEmpty = true
    }
    for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let columns = VisibleText.columns(String(word))
      if !isEmpty, used + 1 + columns > width {
        breakLine()
      } else if index > 0 {
        line += " "
        used += 1
      }
      for character in word {
        let width = VisibleText.columns(character)
        if !isEmpty, used + width > self.width { breakLine() }
        line.append(character)
        used += width
        isEmpty = false
      }
    }
    lines.append(line)
    return lines
  }
}
