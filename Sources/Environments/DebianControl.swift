/// One paragraph of Debian's control format (deb822), read from bytes that may come from an adversary.
struct DebianControl: Sendable {
  /// A field with its continuation lines as they stand.
  struct Field: Sendable {
    let name: String
    var value: String
  }

  private(set) var fields: [Field] = []

  /// The value of a field, whose name is of any case; nil where there is none.
  subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  /// Reads a paragraph; nil when a line is neither a field nor the continuation of one.
  init?(_ lines: some Sequence<Substring>) {
    for line in lines {
      guard let first = line.first else { return nil }
      if first == " " || first == "\t" {
        guard !fields.isEmpty else { return nil }
        fields[fields.count - 1].value += "\n" + line
      } else if first != "#" {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields.append(Field(name: String(line[..<colon]), value: String(value)))
      }
    }
  }

  /// Reads all paragraphs of a file; nil when one of them cannot be read.
  static func paragraphs(_ bytes: [UInt8]) -> [DebianControl]? {
    let text = String(decoding: bytes, as: UTF8.self)
    var paragraphs: [DebianControl] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for group in lines.split(whereSeparator: { $0.allSatisfy { $0 == " " || $0 == "\t" } }) {
      guard let paragraph = DebianControl(group) else { return nil }
      paragraphs.append(paragraph)
    }
    return paragraphs
  }

  /// The paragraph as a file holds it, without an empty line at its end.
  var text: String { fields.map { "\($0.name): \($0.value)\n" }.joined() }

  /// Drops fields, whose names are given in lower case, and adds others at the end.
  mutating func replace(_ replacements: [(name: String, value: String)], dropping dropped: Set<String>) {
    fields.removeAll { dropped.contains($0.name.lowercased()) }
    fields += replacements.map { Field(name: $0.name, value: $0.value) }
  }
}
