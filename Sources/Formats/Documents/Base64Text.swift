/// Base64 in lines, RFC 4648, as armours have it.
enum Base64Text {
  /// The most characters that are decoded for a summary.
  static let limit = 4 << 20

  /// The bytes of a text, white space left out; nil where it has other characters.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count <= limit else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    for character in text where !TextLines.isSpace(character) {
      if character == UInt8(ascii: "=") { break }
      guard let value = value(character) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5A: character - 0x41
    case 0x61...0x7A: character - 0x61 + 26
    case 0x30...0x39: character - 0x30 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
