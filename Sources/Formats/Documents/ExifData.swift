import Model

/// Exif's directories of tags, which are TIFF's.
struct ExifData: Structure {
  let prefix: String

  private static let directoryLimit = 16
  private static let entryLimit = 4096

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    let length = range.upperBound - base
    let mark = try source.bytes(at: base, count: 2)
    guard mark == [0x49, 0x49] || mark == [0x4D, 0x4D] else { throw .malformed(at: base, "its byte order is unknown") }
    let order: ByteOrder = mark[0] == 0x49 ? .little : .big
    try layout.add("\(prefix)header", at: base, count: 4, .field(.bytes))
    try layout.add("\(prefix)first directory", at: base + 4, count: 4, .field(.unsigned(order)), role: .offset)
    var waiting: [(name: String, place: Int64)] = [("", try source.u32(at: base + 4, order))]
    var seen: Set<Int64> = [0]
    var entries = 0
    while let (name, place) = waiting.popLast() {
      guard seen.insert(place).inserted, seen.count <= Self.directoryLimit else { continue }
      guard place >= 8, place <= length - 2 else { throw .malformed(at: base + 4, "a directory is outside") }
      let count = try source.u16(at: base + place, order)
      let label = prefix + name
      try layout.add("\(label)entry count", at: base + place, count: 2, .field(.unsigned(order)), role: .size)
      entries += count
      guard entries <= Self.entryLimit else { throw .tooMuch("it has more than \(Self.entryLimit) tags") }
      for index in 0..<Int64(count) {
        try addEntry(at: place + 2 + index * 12, label, &source, range, order, to: &layout, &waiting)
      }
      let next = place + 2 + Int64(count) * 12
      guard next <= length - 4 else { continue }
      try layout.add("\(label)next directory", at: base + next, count: 4, .field(.unsigned(order)), role: .offset)
      let following = try source.u32(at: base + next, order)
      if following != 0 { waiting.append(("thumbnail ", following)) }
    }
  }

  /// One tag: its entry of twelve bytes, and its value where that is elsewhere.
  private func addEntry(
    at place: Int64, _ label: String, _ source: inout ByteSource, _ range: Range<Int64>, _ order: ByteOrder,
    to layout: inout LayoutBuilder, _ waiting: inout [(name: String, place: Int64)]
  ) throws(FormatError) {
    let base = range.lowerBound
    let length = range.upperBound - base
    guard place <= length - 12 else { throw .truncated(at: range.upperBound) }
    let tag = try source.u16(at: base + place, order)
    let type = try source.u16(at: base + place + 2, order)
    let count = try source.u32(at: base + place + 4, order)
    let known = Self.tags[tag]
    let name = label + (known?.name ?? "tag 0x\(String(tag, radix: 16))")
    let role = known?.role ?? .data
    let size = count * Int64(Self.sizes[type] ?? 1)
    guard size > 4 else {
      try layout.add("\(name) entry", at: base + place, count: 8, .field(.bytes), role: .data)
      try layout.add(name, at: base + place + 8, count: 4, .field(Self.encoding(type, order)), role: role)
      let value = try source.u32(at: base + place + 8, order)
      if tag == 0x8769 { waiting.append(("", value)) }
      if tag == 0x8825 { waiting.append(("GPS ", value)) }
      return
    }
    try layout.add("\(name) entry", at: base + place, count: 12, .field(.bytes), role: .offset)
    let value = try source.u32(at: base + place + 8, order)
    guard value >= 8, size <= length, value <= length - size else {
      throw .malformed(at: base + place, "a tag's value is outside")
    }
    try layout.add(
      name, at: base + value, count: size, size > 4096 ? .opaque : .field(Self.encoding(type, order)), role: role)
  }

  private static func encoding(_ type: Int, _ order: ByteOrder) -> Encoding {
    switch type {
    case 2: .text
    case 3: .custom { Encoding.unsigned(order).text(Array($0.prefix(2))) }
    case 4: .unsigned(order)
    default: .bytes
    }
  }

  private static let sizes: [Int: Int] = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8]

  private static let tags: [Int: (name: String, role: Difference.Role)] = [
    0x0100: ("width", .data), 0x0101: ("height", .data), 0x0103: ("compression", .compression),
    0x010E: ("description", .text), 0x010F: ("maker", .text), 0x0110: ("model", .text), 0x0112: ("orientation", .data),
    0x0111: ("strip offsets", .offset), 0x0117: ("strip sizes", .size), 0x011A: ("x resolution", .data),
    0x011B: ("y resolution", .data), 0x0131: ("Software", .generator), 0x0132: ("DateTime", .time),
    0x013B: ("artist", .owner), 0x013C: ("host computer", .host), 0x8298: ("copyright", .text),
    0x8769: ("Exif directory", .offset), 0x8825: ("GPS directory", .offset), 0x9003: ("DateTimeOriginal", .time),
    0x9004: ("DateTimeDigitized", .time), 0x9010: ("OffsetTime", .time), 0x9011: ("OffsetTimeOriginal", .time),
    0x9012: ("OffsetTimeDigitized", .time), 0x9290: ("SubSecTime", .time), 0x9291: ("SubSecTimeOriginal", .time),
    0x9292: ("SubSecTimeDigitized", .time), 0x927C: ("maker note", .data), 0x9286: ("user comment", .text),
    0xA420: ("image unique ID", .identity), 0x0201: ("thumbnail offset", .offset), 0x0202: ("thumbnail size", .size),
  ]
}
