/// A value of a YAML document with its place in the file.
///
/// Scalars are text: what a number, a date or an octal means is for the key to say, never for YAML's own rules.
package struct YAMLValue: Sendable, Equatable {
  package indirect enum Content: Sendable, Equatable {
    case scalar(String, quoted: Bool)
    case list([YAMLValue])
    case mapping([Entry])
  }

  package struct Entry: Sendable, Equatable {
    package var key: String
    package var place: Place
    package var value: YAMLValue
  }

  /// Counted from 1; columns count Unicode scalars.
  package struct Place: Sendable, Hashable {
    package var line: Int
    package var column: Int
  }

  package var content: Content
  package var place: Place

  /// What was found, for a message.
  package var found: String {
    switch content {
    case .scalar(let text, let quoted):
      if !quoted && Self.isNothing(text) { return "nothing" }
      return text.quotedForMessage
    case .list(let items): return items.isEmpty ? "an empty list" : "a list"
    case .mapping(let entries):
      return entries.isEmpty ? "an empty mapping" : "a mapping (\(entries[0].key.quotedForMessage): …)"
    }
  }

  /// Whether YAML reads a plain scalar as null.
  static func isNothing(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

  /// Whether some YAML reader takes a plain scalar for true or false.
  static func isTruthValue(_ text: String) -> Bool {
    ["true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
  }
}

extension String {
  /// The text in double quotes, cut to 80 characters, with control characters and quotes escaped.
  package var quotedForMessage: String {
    var shown = "\""
    for scalar in unicodeScalars.prefix(80) { shown += scalar == "\"" ? "\\\"" : scalar.escaped(asASCII: false) }
    return shown + (unicodeScalars.count > 80 ? "…\"" : "\"")
  }
}
