import Model

/// Marshalled objects as Python writes them.
enum MarshalText {
  /// How deep collections are shown.
  private static let depthLimit = 20

  /// One object; a mark follows where the file may refer to it later. Nil where the bytes are no object.
  static let encoding = Encoding.custom { bytes in
    var rest = bytes[...]
    guard let text = text(&rest, depth: 0), rest.isEmpty else { return nil }
    // Whether an object is referred to depends on how many uses it had while it was compiled.
    return (bytes.first ?? 0) & 0x80 != 0 ? "\(text) (numbered)" : text
  }

  /// A text's own characters, without quotes; nil where the bytes are no text.
  static func plain(_ bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    guard let kind = rest.popFirst(), "zZaAuts".utf8.contains(kind & 0x7F) else { return nil }
    return characters(kind & 0x7F, &rest)
  }

  static let plainEncoding = Encoding.custom { bytes in
    if let text = plain(bytes) { return bytes[0] & 0x80 != 0 ? "\(text) (numbered)" : text }
    return encoding.text(bytes)
  }

  private static func text(_ rest: inout ArraySlice<UInt8>, depth: Int) -> String? {
    guard depth < depthLimit, let byte = rest.popFirst() else { return nil }
    let kind = byte & 0x7F
    switch Character(UnicodeScalar(kind)) {
    case "N": return "None"
    case "T": return "True"
    case "F": return "False"
    case ".": return "Ellipsis"
    case "S": return "StopIteration"
    case "i": return number(&rest, 4).map { String(Int32(truncatingIfNeeded: $0)) }
    case "I": return number(&rest, 8).map { String($0) }
    case "r", "R": return number(&rest, 4).map { "object number \($0)" }
    case "g": return number(&rest, 8).map { String(Double(bitPattern: UInt64(bitPattern: $0))) }
    case "y":
      guard let real = number(&rest, 8), let imaginary = number(&rest, 8) else { return nil }
      let parts = [real, imaginary].map { String(Double(bitPattern: UInt64(bitPattern: $0))) }
      return "(\(parts[0]) + \(parts[1])j)"
    case "l": return long(&rest)
    case "s": return take(&rest, lengthBytes: 4).map { "bytes '\(escaped($0))'" }
    case "t", "u", "a", "A", "z", "Z": return characters(kind, &rest).map { "'\($0)'" }
    case "(": return list(&rest, 4, "(", ")", depth)
    case ")": return list(&rest, 1, "(", ")", depth)
    case "[": return list(&rest, 4, "[", "]", depth)
    case "<": return list(&rest, 4, "set(", ")", depth)
    case ">": return list(&rest, 4, "frozenset(", ")", depth)
    case ":":
      let parts = (0..<3).compactMap { _ in text(&rest, depth: depth + 1) }
      return parts.count == 3 ? "slice(\(parts.joined(separator: ", ")))" : nil
    default: return nil
    }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int64? {
    guard rest.count >= count else { return nil }
    let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    rest = rest.dropFirst(count)
    return Int64(bitPattern: value)
  }

  /// Digits to the base of 32768, the smallest first; shown to the base of 16.
  private static func long(_ rest: inout ArraySlice<UInt8>) -> String? {
    guard let stored = number(&rest, 4) else { return nil }
    let count = Int(Int32(truncatingIfNeeded: stored))
    guard rest.count >= 2 * abs(count) else { return nil }
    let digits = rest.prefix(2 * abs(count))
    rest = rest.dropFirst(2 * abs(count))
    guard abs(count) <= 4 else {
      return "\(count < 0 ? "-" : "")number of \(15 * abs(count)) bits 0x\(Hexadecimal.string(digits))"
    }
    var value: UInt64 = 0
    for index in stride(from: digits.endIndex - 2, through: digits.startIndex, by: -2) {
      value = value << 15 | UInt64(digits[index]) | UInt64(digits[index + 1] & 0x7F) << 8
    }
    return (count < 0 ? "-" : "") + String(value)
  }

  private static func take(_ rest: inout ArraySlice<UInt8>, lengthBytes: Int) -> ArraySlice<UInt8>? {
    guard let length = number(&rest, lengthBytes), length >= 0, length <= rest.count else { return nil }
    let bytes = rest.prefix(Int(length))
    rest = rest.dropFirst(Int(length))
    return bytes
  }

  private static func characters(_ kind: UInt8, _ rest: inout ArraySlice<UInt8>) -> String? {
    let isShort = kind == UInt8(ascii: "z") || kind == UInt8(ascii: "Z")
    return take(&rest, lengthBytes: isShort ? 1 : 4).map { ExactText.text(Array($0.prefix(Encoding.textLimit))) }
  }

  private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.prefix(4096).map { (0x20...0x7E).contains($0) ? String(UnicodeScalar($0)) : "\\x" + Hexadecimal.string([$0]) }
      .joined()
  }

  private static func list(
    _ rest: inout ArraySlice<UInt8>, _ lengthBytes: Int, _ before: String, _ after: String, _ depth: Int
  ) -> String? {
    guard let count = number(&rest, lengthBytes), count >= 0, count <= rest.count else { return nil }
    var parts: [String] = []
    for _ in 0..<count {
      guard let part = text(&rest, depth: depth + 1) else { return nil }
      parts.append(part)
    }
    return before + parts.joined(separator: ", ") + after
  }
}
