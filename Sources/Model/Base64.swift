/// Bytes as RFC 4648 writes them with letters, digits, `+` and `/`.
public enum Base64 {
  /// Nil for anything else, and for anything that was written otherwise than it had to be.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 4 == 0 else { return nil }
    let used = digits.prefix { $0 != 0x3D }
    guard digits.count - used.count <= 2, digits[used.count...].allSatisfy({ $0 == 0x3D }) else { return nil }
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    for digit in used {
      guard let value = value(digit) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return count < 6 && bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
  }

  /// The bytes as text, filled up with `=` to a multiple of four digits.
  public static func string(_ bytes: some Collection<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity((bytes.count + 2) / 3 * 4)
    var (bits, count) = (UInt32(0), 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 1
      guard count == 3 else { continue }
      for shift in [UInt32(18), 12, 6, 0] { digits.append(alphabet[Int(bits >> shift & 63)]) }
      (bits, count) = (0, 0)
    }
    if count > 0 {
      bits <<= UInt32(8 * (3 - count))
      for place in 0...count { digits.append(alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
      digits += repeatElement(0x3D, count: 3 - count)
    }
    return String(decoding: digits, as: UTF8.self)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5A: UInt32(digit) - 0x41
    case 0x61...0x7A: UInt32(digit) - 0x61 + 26
    case 0x30...0x39: UInt32(digit) - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
