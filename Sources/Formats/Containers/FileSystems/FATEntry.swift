import Model

/// An entry of a folder: a name of 8 and 3 characters, times, attributes, where the content begins.
struct FATEntry: Structure {
  var prefix = ""

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(Self.fields, at: range.lowerBound, prefix: prefix)
  }

  private static let fields: [FieldRow] = [
    ("short name", 11, .text, .name), ("attributes", 1, .bits(.little, attributes), .mode),
    ("case of the short name", 1, .bits(.little, [(8, "small name"), (16, "small suffix")]), .name),
    ("creation time hundredths", 1, .unsigned(.little), .time), ("creation time", 4, .dosTime, .time),
    ("access date", 2, .custom(date), .time), ("first cluster high", 2, .unsigned(.little), .offset),
    ("modification time", 4, .dosTime, .time), ("first cluster", 2, .unsigned(.little), .offset),
    ("size", 4, .unsigned(.little), .size),
  ]

  static let attributes: [(bit: UInt64, name: String)] = [
    (1, "read-only"), (2, "hidden"), (4, "system"), (8, "volume label"), (16, "folder"), (32, "archive"),
  ]

  private static func date(_ bytes: [UInt8]) -> String? {
    bytes.count == 2 ? Encoding.dosTime.text([0, 0] + bytes).split(separator: " ").first.map { String($0) } : nil
  }
}

/// A part of a long name: 13 units of UTF-16.
struct FATLongNameEntry: Structure {
  var prefix = ""

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(Self.fields, at: range.lowerBound, prefix: prefix)
  }

  private static let fields: [FieldRow] = [
    ("part number", 1, .hexadecimal(.little), .data), ("characters 1 to 5", 10, .custom(text), .name),
    ("attributes", 1, .bits(.little, FATEntry.attributes), .flags), ("type", 1, .unsigned(.little), .data),
    ("checksum of the short name", 1, .hexadecimal(.little), .checksum),
    ("characters 6 to 11", 12, .custom(text), .name), ("first cluster", 2, .unsigned(.little), .data),
    ("characters 12 and 13", 4, .custom(text), .name),
  ]

  private static func text(_ bytes: [UInt8]) -> String? {
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    let end = units.firstIndex(of: 0) ?? units.count
    guard units[end...].dropFirst().allSatisfy({ $0 == 0xFFFF }) || units.allSatisfy({ $0 == 0xFFFF }) else {
      return nil
    }
    return String(validating: units[..<end].filter { $0 != 0xFFFF }, as: UTF16.self)
  }
}

/// Puts a long name together, whose parts come from the last to the first, right before the entry that they name.
struct FATLongName {
  private var units: [UInt16] = []
  private var next: UInt8 = 0
  private var checksum: UInt8 = 0
  /// Where its parts are, and which one each is.
  private(set) var parts: [(place: Int64, number: UInt8)] = []

  /// Takes the next part.
  mutating func add(_ entry: ArraySlice<UInt8>, at place: Int64) {
    let bytes = Array(entry)
    if bytes[0] & 0x40 != 0 {
      (units, checksum) = ([], bytes[13])
      next = bytes[0] & 0x3F
    }
    parts.append((place, bytes[0] & 0x3F))
    guard next > 0, bytes[0] & 0x3F == next, bytes[13] == checksum, next <= 20 else {
      next = 0
      units = []
      return
    }
    next -= 1
    let part = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30].map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    units.insert(contentsOf: part, at: 0)
  }

  /// The name of an entry: the long one where there is one for it, or else the short one.
  func name(of entry: ArraySlice<UInt8>) -> String {
    let bytes = Array(entry)
    let sum = bytes[..<11].reduce(UInt8(0)) { ($0 & 1) << 7 &+ $0 >> 1 &+ $1 }
    if !units.isEmpty, next == 0, sum == checksum {
      return ExactText.text(Array(String(decoding: units.prefix { $0 != 0 }, as: UTF16.self).utf8))
    }
    func part(_ range: Range<Int>, isSmall: Bool) -> [UInt8] {
      let end = bytes[range].lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? range.lowerBound
      return bytes[range.lowerBound..<end].map { isSmall && (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
    var first = part(0..<8, isSmall: bytes[12] & 8 != 0)
    // What would be the mark of a deleted entry is written so.
    if first.first == 5 { first[0] = 0xE5 }
    let suffix = part(8..<11, isSmall: bytes[12] & 16 != 0)
    return ExactText.text(suffix.isEmpty ? first : first + [0x2E] + suffix)
  }
}
