import Model

/// How ISO 9660 writes numbers and times.
enum IsoValue {
  /// A number that is there twice, in either order of bytes.
  static func both(_ bytes: [UInt8]) -> String? { numbers(bytes, radix: 10) }

  /// Permission bits that are there twice.
  static func mode(_ bytes: [UInt8]) -> String? { numbers(bytes, radix: 8) }

  /// Big-endian UCS-2, as Joliet has names.
  static func joliet(_ bytes: [UInt8]) -> String? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    guard let text = String(validating: units, as: UTF16.self) else { return nil }
    return String(text.trimmingSpaces.prefix { $0 != "\0" })
  }

  /// Seven bytes: years since 1900, month, day, hour, minute, second, quarters of an hour from UTC.
  static func shortTime(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 7 else { return nil }
    if bytes.allSatisfy({ $0 == 0 }) { return "none" }
    return time(1900 + Int64(bytes[0]), bytes[1...5].map { Int64($0) }, zone: bytes[6], hundredths: 0)
  }

  /// Sixteen digits, down to hundredths of a second, and quarters of an hour from UTC.
  static func longTime(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 17 else { return nil }
    let digits = bytes[..<16]
    if digits.allSatisfy({ $0 == 0x30 || $0 == 0 }) { return "none" }
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) } }
    let rest = stride(from: 4, to: 14, by: 2).map { number($0..<$0 + 2) }
    return time(number(0..<4), rest, zone: bytes[16], hundredths: number(14..<16))
  }

  private static func numbers(_ bytes: [UInt8], radix: Int) -> String? {
    guard bytes.count == 8 || bytes.count == 4 else { return nil }
    let half = bytes.count / 2
    let little = bytes[..<half].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let big = bytes[half...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let prefix = radix == 8 ? "0" : ""
    let first = prefix + String(little, radix: radix)
    return little == big ? first : "\(first) (big-endian \(prefix)\(String(big, radix: radix)))"
  }

  /// Month, day, hour, minute and second follow the year.
  private static func time(_ year: Int64, _ rest: [Int64], zone: UInt8, hundredths: Int64) -> String? {
    let quarters = Int64(Int8(bitPattern: zone))
    guard rest.count == 5, (1...12).contains(rest[0]), (1...31).contains(rest[1]), rest[2] < 24, rest[3] < 60,
      rest[4] < 61, (-52...56).contains(quarters)
    else { return nil }
    // Days since 1970, by years that begin in March.
    let shifted = rest[0] > 2 ? year : year - 1
    let month = (rest[0] + 9) % 12
    let days =
      365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * month + 2) / 5 + rest[1] - 719_469
    let seconds = days * 86_400 + rest[2] * 3600 + rest[3] * 60 + rest[4] - quarters * 900
    let text = TimeText.text(seconds, nanoseconds: hundredths * 10_000_000)
    if quarters == 0 { return text }
    let minutes = abs(quarters) * 15
    let zoneText = (minutes % 60 == 0 ? "" : ":\(minutes % 60)")
    return "\(text) (written for UTC\(quarters < 0 ? "-" : "+")\(minutes / 60)\(zoneText))"
  }
}
