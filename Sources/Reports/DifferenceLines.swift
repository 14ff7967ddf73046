import Model

/// The differences of an artifact that matter most, a few lines each, for reports that hold only some of them.
enum DifferenceLines {
  /// Where it is: names from the artifact down, and the region.
  static func place(_ difference: Difference) -> String {
    (difference.path + (difference.region.map { [$0] } ?? [])).joined(separator: " › ")
  }

  /// What differs and why, in one line.
  static func message(_ difference: Difference) -> String {
    var parts = [DifferenceWords.summary(difference)]
    if let shipped = difference.shipped { parts.append("shipped \(shortened(shipped))") }
    if let rebuilt = difference.rebuilt { parts.append("rebuilt \(shortened(rebuilt))") }
    if let cause = difference.cause { parts.append("cause: \(cause.name) (\(shortened(cause.evidence)))") }
    if let fix = difference.fix { parts.append("to mend it: \(shortened(fix))") }
    if let exception = difference.exception { parts.append("declared: \(shortened(exception))") }
    return parts.joined(separator: "; ")
  }

  /// The beginning of a value in at most `limit` characters, control characters spelled out, and how much is left out.
  static func shortened(_ value: String, to limit: Int = 160) -> String {
    let scalars = value.unicodeScalars
    var count = 0
    var end = scalars.startIndex
    while end < scalars.endIndex {
      let scalar = scalars[end]
      let piece = VisibleText.hides(scalar) ? VisibleText.escaped(String(scalar)).unicodeScalars.count : 1
      guard count + piece <= limit else { break }
      count += piece
      end = scalars.index(after: end)
    }
    let shown = VisibleText.escaped(String(scalars[..<end]))
    guard end < scalars.endIndex else { return shown }
    return shown + "… (\(Amount.count(scalars.distance(from: end, to: scalars.endIndex), "more character")))"
  }
}
