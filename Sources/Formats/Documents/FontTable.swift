import Model

/// The tables of fonts that have more to tell than data.
enum FontTable {
  static func shape(_ tag: String, _ length: Int64) -> Shape {
    switch tag {
    case "head" where length == 54: .structure(FontHeader())
    case "FFTM" where length == 28: .structure(FontForgeTimes())
    case "name" where length >= 6: .structure(FontNames())
    default: .opaque
    }
  }

  static func role(_ tag: String) -> Difference.Role {
    switch tag {
    case "DSIG": .signature
    case "fpgm", "prep", "cvt ": .code
    default: .data
    }
  }

  /// Seconds since 1904, as on old Macintosh systems.
  static let seconds = Encoding.custom { bytes in
    guard bytes.count == 8 else { return nil }
    let number = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard number < 1 << 40 else { return nil }
    return TimeText.text(Int64(number) - 2_082_844_800)
  }
}

/// The table `head`.
struct FontHeader: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for (name, length, encoding, role) in Self.fields {
      try layout.add("head \(name)", at: place, count: length, .field(encoding), role: role)
      place += length
    }
  }

  private static let fields: [(String, Int64, Encoding, Difference.Role)] = [
    ("version", 4, .bytes, .version), ("font revision", 4, .bytes, .version),
    ("checksum adjustment", 4, .hexadecimal(.big), .checksum), ("magic", 4, .bytes, .data),
    ("flags", 2, .hexadecimal(.big), .flags), ("units per em", 2, .unsigned(.big), .data),
    ("created", 8, FontTable.seconds, .time), ("modified", 8, FontTable.seconds, .time), ("bounds", 8, .bytes, .data),
    ("style", 2, .hexadecimal(.big), .flags), ("smallest size", 2, .unsigned(.big), .data),
    ("direction", 2, .signed(.big), .data), ("index format", 2, .signed(.big), .data),
    ("glyph format", 2, .signed(.big), .data),
  ]
}

/// FontForge's table of times.
struct FontForgeTimes: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("FFTM version", at: range.lowerBound, count: 4, .field(.unsigned(.big)), role: .version)
    for (index, (name, role)) in [
      ("FontForge's time", Difference.Role.generator), ("created", .time), ("modified", .time),
    ].enumerated() {
      try layout.add(
        "FFTM \(name)", at: range.lowerBound + 4 + Int64(8 * index), count: 8, .field(FontTable.seconds), role: role)
    }
  }
}

/// The table `name`: texts by what they are, platform and language.
struct FontNames: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    try layout.add("name header", at: base, count: 6, .field(.bytes), role: .size)
    let count = Int64(try source.u16(at: base + 2, .big))
    let texts = base + Int64(try source.u16(at: base + 4, .big))
    var covered = [base..<min(range.upperBound, base + 6 + 12 * count)]
    for index in 0..<count {
      let entry = base + 6 + 12 * index
      let platform = try source.u16(at: entry, .big)
      let language = try source.u16(at: entry + 4, .big)
      let kind = try source.u16(at: entry + 6, .big)
      let name = "name \(Self.names[kind] ?? "text \(kind)") of platform \(platform), language \(language)"
      try layout.add("\(name) entry", at: entry, count: 12, .field(.bytes), role: .offset)
      let length = Int64(try source.u16(at: entry + 8, .big))
      let start = texts + Int64(try source.u16(at: entry + 10, .big))
      guard length > 0 else { continue }
      let encoding =
        platform == 1
        ? Encoding.text
        : .custom { bytes in
          let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
          return String(decoding: units, as: UTF16.self)
        }
      covered.append(start..<start + length)
      try layout.add(
        name, at: start, count: length, .field(encoding),
        role: kind == 5 ? .version : kind == 3 ? .identity : .text)
    }
    for hole in Holes.between(covered, in: range) {
      try layout.add(
        "name padding", at: hole.lowerBound, count: hole.upperBound - hole.lowerBound, .field(.bytes), role: .padding)
    }
  }

  private static let names: [Int: String] = [
    0: "copyright", 1: "family", 2: "style", 3: "unique identifier", 4: "full name", 5: "version",
    6: "PostScript name", 8: "manufacturer", 9: "designer", 13: "license",
  ]
}
