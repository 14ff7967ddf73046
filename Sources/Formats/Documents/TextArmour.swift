import Model

/// The parts of one block of text armour: `-----BEGIN LABEL-----`, headers, base64, `-----END LABEL-----`.
struct TextArmour {
  static let begin = Array("-----BEGIN ".utf8)
  private static let end = Array("-----END ".utf8)
  private static let dashes = Array("-----".utf8)

  /// What is between `BEGIN` and the dashes.
  let label: String
  let firstLine: Range<Int>
  /// `Name: value`, a line each.
  let headers: [Range<Int>]
  /// From the empty line after the headers, where there is one, to the last line of base64.
  let body: Range<Int>
  /// A checksum of OpenPGP, with its line's end; empty where there is none.
  let checksum: Range<Int>
  let lastLine: Range<Int>

  /// The block that begins at an index; nil where none does, or it has no end.
  init?(_ bytes: [UInt8], from start: Int) {
    firstLine = TextLines.line(of: bytes, from: start, to: bytes.count)
    let first = TextLines.content(bytes[firstLine])
    guard first.starts(with: Self.begin), first.count > 16, first.suffix(5).elementsEqual(Self.dashes) else {
      return nil
    }
    label = ExactText.text(Array(first.dropFirst(11).dropLast(5)))
    var headers: [Range<Int>] = []
    var index = firstLine.upperBound
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      guard bytes[line].contains(UInt8(ascii: ":")), headers.count < 64 else { break }
      headers.append(line)
      index = line.upperBound
    }
    self.headers = headers
    let bodyStart = index
    var checksum: Range<Int>?
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      if bytes[index] == UInt8(ascii: "-") {
        guard bytes[line].starts(with: Self.end) else { return nil }
        body = bodyStart..<(checksum?.lowerBound ?? index)
        self.checksum = checksum ?? index..<index
        lastLine = line
        return
      }
      if checksum != nil { return nil }
      if bytes[index] == UInt8(ascii: "=") { checksum = line }
      index = line.upperBound
    }
    return nil
  }
}
