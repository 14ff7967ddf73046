import Model

/// The extra fields of a zip header, each named by its kind.
struct ZipExtraFields: Structure {
  let prefix: String
  /// The values that the field for large files has, in their order.
  let large: [String]
  let isCentral: Bool

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while range.upperBound - place >= 4 {
      let (kind, count) = (try source.u16(at: place), Int64(try source.u16(at: place + 2)))
      guard count <= range.upperBound - place - 4, kind != 0 || count != 0 else { break }
      let name = prefix + "extra " + (Self.names[kind] ?? "0x" + String(kind, radix: 16))
      try layout.add("\(name) header", at: place, count: 4, .field(.custom(Self.header)), role: .size)
      place += 4
      let end = place + count
      let fields = try self.fields(of: kind, &source, place..<end)
      var field = place
      for (part, length, encoding, role) in fields where length <= end - field {
        try layout.add("\(name) \(part)", at: field, count: length, .field(encoding), role: role)
        field += length
      }
      if field < end { try layout.add("\(name) data", at: field, count: end - field, role: .data) }
      place = end
    }
    // Writers that align the data fill up with bytes that are no field.
    if place < range.upperBound {
      try layout.add("\(prefix)extra padding", at: place, count: range.upperBound - place, role: .padding)
    }
  }

  private static func header(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 else { return nil }
    return "\(Int(bytes[2]) | Int(bytes[3]) << 8) bytes"
  }

  /// The fields that a kind begins with; what follows them is its data.
  private func fields(
    of kind: Int, _ source: inout ByteSource, _ range: Range<Int64>
  ) throws(FormatError) -> [FieldRow] {
    let isEmpty = range.isEmpty
    switch kind {
    case 0x0001: return large.map { ($0, 8, .unsigned(.little), $0.hasSuffix("offset") ? .offset : .size) }
    case 0x5455: return isEmpty ? [] : extendedTimestamp(try source.byte(at: range.lowerBound))
    case 0x7875: return try unixOwner(&source, range)
    case 0x5855: return Self.oldUnix
    case 0x7855: return [("uid", 2, .unsigned(.little), .owner), ("gid", 2, .unsigned(.little), .owner)]
    case 0x000A: return Self.fileTimes
    case 0x7075, 0x6375:
      let text = max(0, Int64(range.count) - 5)
      return [
        ("version", 1, .unsigned(.little), nil), ("checksum", 4, .hexadecimal(.little), .checksum),
        (kind == 0x7075 ? "name" : "comment", text, .text, kind == 0x7075 ? .name : .text),
      ]
    case 0xD935:
      return [
        ("alignment", 2, .unsigned(.little), .padding), ("padding", max(0, Int64(range.count) - 2), .bytes, .padding),
      ]
    case 0xA220:
      return [
        ("mark", 2, .bytes, .padding), ("initial padding", 2, .unsigned(.little), .padding),
        ("padding", max(0, Int64(range.count) - 4), .bytes, .padding),
      ]
    case 0x9901:
      return [
        ("version", 2, .unsigned(.little), nil), ("vendor", 2, .text, .generator),
        ("strength", 1, .unsigned(.little), .flags),
        ("method", 2, ZipFields.methods, .compression),
      ]
    default: return []
    }
  }

  /// In the central directory only the time of modification follows, whatever the flags say.
  private func extendedTimestamp(_ flags: UInt8) -> [FieldRow] {
    var fields: [FieldRow] = [
      ("flags", 1, .bits(.little, [(1, "modification"), (2, "access"), (4, "creation")]), .flags)
    ]
    for (bit, name) in [(1, "modification time"), (2, "access time"), (4, "creation time")] as [(UInt8, String)]
    where flags & bit != 0 && (!isCentral || bit == 1) {
      fields.append((name, 4, .seconds(.little), .time))
    }
    return fields
  }

  private func unixOwner(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> [FieldRow] {
    guard range.count >= 3 else { return [] }
    let user = Int64(try source.byte(at: range.lowerBound + 1))
    guard user <= Int64(range.count) - 3 else { return [] }
    let group = Int64(try source.byte(at: range.lowerBound + 2 + user))
    return [
      ("version", 1, .unsigned(.little), nil), ("uid size", 1, .unsigned(.little), .size),
      ("uid", user, .unsigned(.little), .owner), ("gid size", 1, .unsigned(.little), .size),
      ("gid", group, .unsigned(.little), .owner),
    ]
  }

  private static let oldUnix: [FieldRow] = [
    ("access time", 4, .seconds(.little), .time), ("modification time", 4, .seconds(.little), .time),
    ("uid", 2, .unsigned(.little), .owner), ("gid", 2, .unsigned(.little), .owner),
  ]

  private static let fileTimes: [FieldRow] = [
    ("reserved", 4, .bytes, .padding), ("attribute", 2, .unsigned(.little), nil),
    ("attribute size", 2, .unsigned(.little), .size), ("modification time", 8, fileTime, .time),
    ("access time", 8, fileTime, .time), ("creation time", 8, fileTime, .time),
  ]

  /// Tenths of microseconds since 1601.
  private static let fileTime: Encoding = .custom { bytes in
    guard bytes.count == 8 else { return nil }
    let ticks = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return TimeText.text(
      Int64(ticks / 10_000_000) - 11_644_473_600, nanoseconds: Int64(ticks % 10_000_000) * 100)
  }

  private static let names: [Int: String] = [
    0x0001: "zip64", 0x000A: "NTFS", 0x000D: "PKWARE Unix", 0x0014: "certificate store", 0x0015: "certificate",
    0x5455: "extended timestamp", 0x5855: "old Unix", 0x6375: "Unicode comment", 0x7075: "Unicode path",
    0x756E: "ASi Unix", 0x7855: "Unix owner (16 bits)", 0x7875: "Unix owner", 0x9901: "AES", 0xA220: "growth hint",
    0xCAFE: "jar mark", 0xD935: "Android alignment", 0x7441: "Amiga",
  ]
}
