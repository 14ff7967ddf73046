import Model

/// A few bytes as people read them.
enum HexContext {
  /// How many bytes are shown from the first differing one on.
  static let length = 16

  /// Hexadecimal pairs, then the printable ASCII characters among them.
  static func text(_ bytes: [UInt8]) -> String {
    guard !bytes.isEmpty else { return "(ends here)" }
    let pairs = bytes.map { Hexadecimal.string([$0]) }.joined(separator: " ")
    let characters = bytes.map { (0x20..<0x7F).contains($0) ? Character(Unicode.Scalar($0)) : "." }
    return "\(pairs)  |\(String(characters))|"
  }
}

/// Names and values of archives as text.
enum NameText {
  /// The text itself where it is UTF-8; otherwise with the odd bytes written as `\xNN`, so that two names that
  /// differ are never shown alike.
  static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      // The longest of the possible lengths of one character that is valid.
      let length = (1...4).last {
        $0 <= rest.count && String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.count == 1
      }
      if let length {
        text += String(decoding: rest.prefix(length), as: UTF8.self)
        rest = rest.dropFirst(length)
      } else if let byte = rest.popFirst() {
        text += "\\x\(Hexadecimal.string([byte]))"
      }
    }
    return text
  }
}
