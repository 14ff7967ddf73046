/// One paragraph of Debian's control file form (Debian Policy 5.1): fields, each with one or more lines.
package struct ControlStanza: Sendable {
  private var fields: [String: [String]] = [:]

  /// The paragraphs of a text; lines that belong to no field are left out.
  package static func parse(_ text: String) -> [ControlStanza] {
    var stanzas: [ControlStanza] = []
    var current = ControlStanza()
    var field: String?
    func end() {
      if !current.fields.isEmpty { stanzas.append(current) }
      current = ControlStanza()
      field = nil
    }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.allSatisfy(\.isWhitespace) {
        end()
      } else if line.first == " " || line.first == "\t" {
        if let field { current.fields[field]?.append(trimmed(line)) }
      } else if let colon = line.firstIndex(of: ":") {
        let name = line[..<colon].lowercased()
        field = name
        current.fields[name] = [trimmed(line[line.index(after: colon)...])]
      } else {
        field = nil
      }
    }
    end()
    return stanzas
  }

  /// The value of a field on one line, whatever the case of its name; nil when it is not there.
  package subscript(_ name: String) -> String? { fields[name.lowercased()]?.first }

  /// The lines of a field, the first being what follows the colon; nil when it is not there.
  package func lines(_ name: String) -> [String]? { fields[name.lowercased()] }

  /// The words of a field over all its lines.
  package func words(_ name: String) -> [String] {
    (fields[name.lowercased()] ?? []).flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
