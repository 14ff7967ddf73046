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
