import Model

/// A picture of a file from its first byte to its last, as SVG: a thin band where bytes are equal, a higher one where
/// they differ, so that it can be read without colours as well.
struct ByteStrip {
  let accounting: Accounting
  /// What it says to those who do not see it.
  let label: String

  /// In units of the drawing.
  private static let width = 1000.0
  private static let height = 28.0
  /// Seven bytes of 70 MB must be seen.
  private static let least = 2.5

  /// The drawing; empty where there is nothing to draw.
  var svg: HTML {
    let total = accounting.segments.reduce(0.0) { $0 + Double(max(0, $1.length)) }
    guard total > 0 else { return "" }
    var place = 0.0
    var marks: [HTML] = []
    for (state, length) in merged() {
      let span = Double(length) / total * Self.width
      if state != .equal { marks.append(mark(state, at: place, span)) }
      place += span
    }
    return """
      <svg class="strip" role="img" viewBox="0 0 1000 28" preserveAspectRatio="none"><title>\(text: label)</title>\
      <rect class="equal" y="9" width="1000" height="10"/>\(marks)</svg>
      """
  }

  /// Neighbours of one state as one.
  private func merged() -> [(Accounting.State, Int64)] {
    var merged: [(Accounting.State, Int64)] = []
    for segment in accounting.segments where segment.length > 0 {
      if let last = merged.last, last.0 == segment.state {
        merged[merged.count - 1].1 = last.1.addingReportingOverflow(segment.length).partialValue
      } else {
        merged.append((segment.state, segment.length))
      }
    }
    return merged
  }

  private func mark(_ state: Accounting.State, at place: Double, _ span: Double) -> HTML {
    let width = max(Self.least, span)
    let x = min(place, Self.width - width)
    let y = state == .named ? 4.0 : 0
    return """
      <rect class="\(text: state.rawValue)" x="\(text: Self.number(x))" y="\(text: Self.number(y))" \
      width="\(text: Self.number(width))" height="\(text: Self.number(Self.height - 2 * y))"/>
      """
  }

  /// With at most two decimals.
  private static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    guard hundredths % 100 != 0 else { return String(hundredths / 100) }
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
