/// Time zones as they are written after a time.
enum TimeZoneName {
  /// The length and the seconds east of Greenwich of the zone at a place; nil where none stands there.
  static func read(_ bytes: [UInt8], _ place: Int) -> (Int, Int64)? {
    guard place < bytes.count else { return nil }
    if bytes[place] == 0x2B || bytes[place] == 0x2D { return offset(bytes, place) }
    var length = 0
    while place + length < bytes.count, length < 6, bytes[place + length].isUpper { length += 1 }
    guard length > 0, place + length >= bytes.count || !bytes[place + length].isWord else { return nil }
    let name = String(decoding: bytes[place..<place + length], as: UTF8.self)
    return names[name].map { (length, $0) }
  }

  /// `+0200`, `-05:30`, `+02`.
  private static func offset(_ bytes: [UInt8], _ place: Int) -> (Int, Int64)? {
    var digits: [Int64] = []
    var end = place + 1
    while end < bytes.count, digits.count < 5 {
      if bytes[end].isDigit {
        digits.append(Int64(bytes[end] - 0x30))
      } else if bytes[end] != 0x3A || digits.count != 2 || end + 1 >= bytes.count || !bytes[end + 1].isDigit {
        break
      }
      end += 1
    }
    guard digits.count == 4 || digits.count == 2 else { return nil }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits.count == 4 ? digits[2] * 10 + digits[3] : 0
    guard hours <= 14, minutes < 60 else { return nil }
    return (end - place, (hours * 3600 + minutes * 60) * (bytes[place] == 0x2D ? -1 : 1))
  }

  /// Abbreviations that `date` and programs write; where two zones share one, the more usual.
  static let names: [String: Int64] = [
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 3600, "WEST": 3600, "CET": 3600, "MEZ": 3600, "CEST": 7200,
    "MESZ": 7200, "EET": 7200, "EEST": 10_800, "MSK": 10_800, "IST": 19_800, "PKT": 18_000, "CST": -21_600,
    "CDT": -18_000, "EST": -18_000, "EDT": -14_400, "MST": -25_200, "MDT": -21_600, "PST": -28_800, "PDT": -25_200,
    "AKST": -32_400, "HST": -36_000, "JST": 32_400, "KST": 32_400, "HKT": 28_800, "SGT": 28_800, "AWST": 28_800,
    "AEST": 36_000, "AEDT": 39_600, "ACST": 34_200, "NZST": 43_200, "NZDT": 46_800, "BRT": -10_800, "SAST": 7200,
  ]
}
