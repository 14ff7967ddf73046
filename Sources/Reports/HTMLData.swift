import Model

/// The differences of a page as JSON for its script: every text once, in a list, and numbers into it.
///
/// Values are in it as they are, for the script shows their bytes; the script spells out what a browser would obey.
struct HTMLData {
  let selection: DifferenceSelection
  var reportName = "report.json"

  /// How many characters of values a page has about; each value's share is the less the more there are.
  private static let valueBudget = 16 << 20
  private static let pathLimit = 1000

  /// The data, and the script that shows it.
  func elements(_ artifacts: [ArtifactResult]) -> HTML {
    """
    <script type="application/json" id="data">\(HTML(markup: json(artifacts)))</script>
    <script>\(HTML(markup: HTMLScript.text))</script>
    """
  }

  func json(_ artifacts: [ArtifactResult]) -> String {
    let count = selection.total - selection.left
    let limit = min(4000, max(200, Self.valueBudget / max(1, 2 * count)))
    var strings = StringTable()
    var parts: [String] = []
    for (artifact, chosen) in zip(artifacts, selection.chosen) where !chosen.isEmpty {
      let roots = Roots(artifact.differences)
      let rows = chosen.map { row(artifact.differences[$0], roots.isRoot($0), limit, &strings) }
      parts.append("{\"name\":\(strings[artifact.name]),\"rows\":[\(rows.joined(separator: ",\n"))]}")
    }
    return
      "{\"report\":\(JSONText.quoted(reportName)),\"artifacts\":[\(parts.joined(separator: ",\n"))],\n\"strings\":[\(strings.json)]}"
  }

  /// The fields in the order that the script names them in; trailing absent ones are left out.
  private func row(_ difference: Difference, _ isRoot: Bool, _ limit: Int, _ strings: inout StringTable) -> String {
    let path = difference.path.map { strings[Shortening.beginning($0, of: Self.pathLimit).0] }
    let (shipped, shippedLeft) = value(difference.shipped, limit)
    let (rebuilt, rebuiltLeft) = value(difference.rebuilt, limit)
    let cause = difference.cause
    var fields = [
      strings[difference.id], "[\(path.joined(separator: ","))]", strings[difference.region],
      strings[difference.format], strings[difference.role?.rawValue], strings[difference.kind.rawValue],
      strings[DifferenceWords.summary(difference)], number(difference.offset), number(difference.length), shipped,
      String(shippedLeft), rebuilt, String(rebuiltLeft), isRoot ? "1" : "0", strings[cause?.name],
      cause.map { percent($0.confidence) } ?? "null",
      strings[cause.map { Shortening.beginning($0.evidence, of: limit).0 }],
      strings[cause?.follows], strings[difference.fix.map { Shortening.beginning($0, of: limit).0 }],
      strings[difference.exception.map { Shortening.beginning($0, of: limit).0 }],
    ]
    while fields.last == "null" { fields.removeLast() }
    return "[\(fields.joined(separator: ","))]"
  }

  private func value(_ value: String?, _ limit: Int) -> (String, left: Int) {
    guard let value else { return ("null", 0) }
    let (beginning, left) = Shortening.beginning(value, of: limit)
    return (JSONText.quoted(beginning), left)
  }

  private func number(_ number: Int64?) -> String { number.map { JSONText.quoted(Amount.count($0)) } ?? "null" }

  private func percent(_ confidence: Double) -> String {
    confidence.isFinite ? String(Int((min(1, max(0, confidence)) * 100).rounded())) : "0"
  }
}

/// Texts by their place in a list.
private struct StringTable {
  /// By bytes: to `String` two spellings of one character are equal, and they are not the same name.
  private var places: [[UInt8]: Int] = [:]
  private var texts: [String] = []

  /// The list's elements as JSON.
  var json: String { texts.map(JSONText.quoted).joined(separator: ",\n") }

  subscript(_ text: String?) -> String {
    mutating get {
      guard let text else { return "null" }
      let key = Array(text.utf8)
      if let place = places[key] { return String(place) }
      places[key] = texts.count
      texts.append(text)
      return String(texts.count - 1)
    }
  }
}

/// Text as JSON that may stand within a page.
enum JSONText {
  private static let digits = Array("0123456789abcdef")

  /// In quotes; what HTML would take for markup and what a browser would hide is escaped.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "<", ">", "&": quoted += escape(UInt16(scalar.value))
      case " "..."~": quoted.unicodeScalars.append(scalar)
      default:
        if VisibleText.hides(scalar) {
          for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { quoted += escape(unit) }
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }

  private static func escape(_ unit: UInt16) -> String {
    "\\u" + String([12, 8, 4, 0].map { digits[Int(unit >> UInt16($0) & 15)] })
  }
}
