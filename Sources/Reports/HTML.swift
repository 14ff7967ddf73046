/// A piece of a page, in which every value that was put in is escaped; only literals are taken as they are.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// Markup that is made of escaped parts already.
  init(markup: String) { text = markup }

  struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

    mutating func appendLiteral(_ literal: String) { text += literal }

    /// The label keeps a value and a piece of markup apart, which are both written as literals.
    mutating func appendInterpolation(text value: String) { text += HTML.escaped(value) }

    mutating func appendInterpolation(_ number: Int) { text += String(number) }

    mutating func appendInterpolation(_ part: HTML) { text += part.text }

    mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }
  }

  static func + (left: HTML, right: HTML) -> HTML { HTML(markup: left.text + right.text) }

  /// Text for an element or a quoted attribute: whatever a browser would hide or obey is spelled out.
  static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in VisibleText.escaped(value).unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  /// The beginning of a long value, and how much is left out.
  static func shortened(_ value: String, to limit: Int) -> HTML {
    let (beginning, left) = Shortening.beginning(value, of: limit)
    guard left > 0 else { return "\(text: value)" }
    return #"\#(text: beginning)… <span class="left">(\#(text: Amount.count(left, "more character")))</span>"#
  }
}

/// Cuts long values where only their beginning is shown.
enum Shortening {
  /// At most `limit` characters, as Unicode counts its scalars, and how many more there are.
  static func beginning(_ value: String, of limit: Int) -> (String, left: Int) {
    // Most values are short, and their bytes are quickly counted.
    guard value.utf8.count > limit else { return (value, 0) }
    let scalars = value.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex) else {
      return (value, 0)
    }
    return (String(scalars[..<end]), scalars.distance(from: end, to: scalars.endIndex))
  }
}
