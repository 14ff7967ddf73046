import Model

/// A field of the form `Name: value`, perhaps with lines that continue it: RFC 822 and what descends from it.
struct HeaderField {
  /// As it stands.
  let name: String
  /// From the first byte of its name, lines that continue it included.
  let range: Range<Int>
  /// Its lines; the first has the name.
  let lines: [Range<Int>]

  /// The field that begins at an index; nil where none does.
  init?(_ bytes: [UInt8], from start: Int, to end: Int) {
    var line = TextLines.line(of: bytes, from: start, to: end)
    guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > start,
      colon - start <= 200, bytes[start..<colon].allSatisfy({ (0x21...0x7E).contains($0) }),
      bytes[start] != UInt8(ascii: "-"), bytes[start] != UInt8(ascii: "#")
    else { return nil }
    name = String(decoding: bytes[start..<colon], as: UTF8.self)
    var lines = [line]
    while line.upperBound < end, bytes[line.upperBound] == 0x20 || bytes[line.upperBound] == 0x09 {
      line = TextLines.line(of: bytes, from: line.upperBound, to: end)
      lines.append(line)
    }
    self.lines = lines
    range = start..<line.upperBound
  }

  /// Reads a whole field as its value.
  static let value = Encoding.custom { bytes in
    let start = bytes.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0
    return Encoding.text.text(Array(bytes[start...].drop { $0 == 0x20 || $0 == 0x09 }))
  }

  /// The value of one that has a single line.
  func text(_ bytes: [UInt8]) -> String {
    guard let line = lines.first, let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return "" }
    return ExactText.text(Array(TextLines.trimmed(bytes[(colon + 1)..<line.upperBound])))
  }
}
