import Model

/// What local and central headers of a zip entry have in common.
enum ZipFields {
  static let flags: Encoding = .bits(
    .little,
    [
      (1, "encrypted"), (2, "option 1"), (4, "option 2"), (8, "data descriptor"), (0x20, "patch"),
      (0x40, "strong encryption"), (0x800, "UTF-8 names"), (0x2000, "masked headers"),
    ])

  static let methods: Encoding = .names(
    .little,
    [
      0: "stored", 1: "shrunk", 6: "imploded", 8: "deflate", 9: "deflate64", 12: "bzip2", 14: "lzma", 20: "zstd",
      93: "zstd", 94: "mp3", 95: "xz", 96: "jpeg", 97: "wavpack", 98: "ppmd", 99: "AES",
    ])

  static let systems: Encoding = .names(
    .little,
    [
      0: "FAT", 1: "Amiga", 2: "OpenVMS", 3: "Unix", 6: "HPFS", 7: "Macintosh", 10: "NTFS", 11: "MVS", 14: "VFAT",
      16: "BeOS", 19: "macOS",
    ])

  static let version: Encoding = .custom { bytes in
    bytes.first.map { "\($0 / 10).\($0 % 10)" + (bytes.count > 1 && bytes[1] != 0 ? " (system \(bytes[1]))" : "") }
  }

  /// From the version needed to the length of the extra fields.
  static let common: [FieldRow] = [
    ("version needed", 2, version, .generator), ("flags", 2, flags, .flags), ("method", 2, methods, .compression),
    ("modification time", 4, .dosTime, .time), ("checksum", 4, .hexadecimal(.little), .checksum),
    ("compressed size", 4, .unsigned(.little), .size), ("size", 4, .unsigned(.little), .size),
    ("name length", 2, .unsigned(.little), .size), ("extra length", 2, .unsigned(.little), .size),
  ]
}

/// The header before an entry's data.
struct ZipLocalHeader: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    var place = try layout.addFields([("local mark", 4, .bytes, nil)] + ZipFields.common, at: start)
    let name = Int64(try source.u16(at: start + 26))
    try layout.addAvailable("name", at: place, count: name, .field(.text), role: .name)
    place += name
    var large: [String] = []
    if try source.u32(at: start + 22) == 0xFFFF_FFFF { large.append("size") }
    if try source.u32(at: start + 18) == 0xFFFF_FFFF { large.append("compressed size") }
    try ZipExtraFields(prefix: "", large: large, isCentral: false)
      .layOut(&source, min(place, range.upperBound)..<range.upperBound, into: &layout)
  }
}

/// An entry of the central directory.
struct ZipCentralHeader: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    var place = try layout.addFields(Self.fields, at: start, prefix: "central ")
    let name = Int64(try source.u16(at: start + 28))
    let extra = Int64(try source.u16(at: start + 30))
    let comment = Int64(try source.u16(at: start + 32))
    try layout.addAvailable("central name", at: place, count: name, .field(.text), role: .name)
    place += name
    var large: [String] = []
    if try source.u32(at: start + 24) == 0xFFFF_FFFF { large.append("size") }
    if try source.u32(at: start + 20) == 0xFFFF_FFFF { large.append("compressed size") }
    if try source.u32(at: start + 42) == 0xFFFF_FFFF { large.append("local header offset") }
    guard extra <= range.upperBound - place else { throw .truncated(at: range.upperBound) }
    try ZipExtraFields(prefix: "central ", large: large, isCentral: true)
      .layOut(&source, place..<place + extra, into: &layout)
    place += extra
    try layout.addAvailable("central comment", at: place, count: comment, .field(.text), role: .text)
  }

  private static let fields: [FieldRow] =
    [
      ("mark", 4, .bytes, nil), ("creator version", 1, ZipFields.version, .generator),
      ("creator system", 1, ZipFields.systems, .platform),
    ] + ZipFields.common + [
      ("comment length", 2, .unsigned(.little), .size), ("disk", 2, .unsigned(.little), .offset),
      ("internal attributes", 2, .bits(.little, [(1, "text")]), .flags),
      (
        "DOS attributes", 2,
        .bits(
          .little, [(1, "read-only"), (2, "hidden"), (4, "system"), (8, "label"), (16, "folder"), (32, "archive")]),
        .mode
      ),
      ("mode", 2, .mode(.little), .mode), ("local header offset", 4, .unsigned(.little), .offset),
    ]
}

/// Checksum and sizes after the data, for writers that could not go back.
struct ZipDataDescriptor: Structure {
  let length: Int64
  let hasMark: Bool
  let isLarge: Bool

  /// The one of an entry's possible forms that agrees with the central directory; nil when none does.
  static func find(
    _ entry: ZipEntry, in range: Range<Int64>, _ source: inout ByteSource
  ) throws(FormatError) -> ZipDataDescriptor? {
    guard entry.flags & 8 != 0 else { return nil }
    let available = range.upperBound - range.lowerBound
    var hasMark = false
    if available >= 16 { hasMark = try source.has([0x50, 0x4B, 7, 8], at: range.lowerBound) }
    let place = range.lowerBound + (hasMark ? 4 : 0)
    guard range.upperBound - place >= 12 else { return nil }
    if !hasMark { guard try source.u32(at: place) == entry.checksum else { return nil } }
    // Sizes of eight bytes are told by both being what the central directory says.
    if range.upperBound - place >= 20,
      try source.unsigned(at: place + 4, count: 8) == UInt64(bitPattern: entry.compressedSize),
      try source.unsigned(at: place + 12, count: 8) == UInt64(bitPattern: entry.size)
    {
      return ZipDataDescriptor(length: hasMark ? 24 : 20, hasMark: hasMark, isLarge: true)
    }
    return ZipDataDescriptor(length: hasMark ? 16 : 12, hasMark: hasMark, isLarge: false)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let mark: [FieldRow] = hasMark ? [("mark", 4, .bytes, nil)] : []
    try layout.addFields(
      mark + [
        ("checksum", 4, .hexadecimal(.little), .checksum),
        ("compressed size", isLarge ? 8 : 4, .unsigned(.little), .size),
        ("size", isLarge ? 8 : 4, .unsigned(.little), .size),
      ], at: range.lowerBound, prefix: "descriptor ")
  }
}

/// The signature of the central directory.
struct ZipDirectorySignature: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [("mark", 4, .bytes, nil), ("size", 2, .unsigned(.little), .size)], at: range.lowerBound,
      prefix: "central directory signature ")
    try layout.add("central directory signature", at: place, count: range.upperBound - place, role: .signature)
  }
}

/// The record at the end of the archive, with the archive's comment.
struct ZipEndRecord: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [
        ("mark", 4, .bytes, nil), ("disk", 2, .unsigned(.little), .offset),
        ("disk of the central directory", 2, .unsigned(.little), .offset),
        ("entries on this disk", 2, .unsigned(.little), .size), ("entries", 2, .unsigned(.little), .size),
        ("central directory size", 4, .unsigned(.little), .size),
        ("central directory offset", 4, .unsigned(.little), .offset), ("comment length", 2, .unsigned(.little), .size),
      ], at: range.lowerBound, prefix: "end record ")
    let comment = Int64(try source.u16(at: place - 2))
    try layout.addAvailable("archive comment", at: place, count: comment, .field(.text), role: .text)
  }
}

/// The end record of large archives.
struct ZipEndRecord64: Structure {
  static let locator: [FieldRow] = [
    ("zip64 end locator mark", 4, .bytes, nil), ("zip64 end locator disk", 4, .unsigned(.little), .offset),
    ("zip64 end record offset", 8, .unsigned(.little), .offset),
    ("zip64 end locator disks", 4, .unsigned(.little), .size),
  ]

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [
        ("mark", 4, .bytes, nil), ("record size", 8, .unsigned(.little), .size),
        ("creator version", 1, ZipFields.version, .generator), ("creator system", 1, ZipFields.systems, .platform),
        ("version needed", 2, ZipFields.version, .generator), ("disk", 4, .unsigned(.little), .offset),
        ("disk of the central directory", 4, .unsigned(.little), .offset),
        ("entries on this disk", 8, .unsigned(.little), .size), ("entries", 8, .unsigned(.little), .size),
        ("central directory size", 8, .unsigned(.little), .size),
        ("central directory offset", 8, .unsigned(.little), .offset),
      ], at: range.lowerBound, prefix: "zip64 end ")
    try layout.add("zip64 end extensible data", at: place, count: range.upperBound - place)
  }
}
