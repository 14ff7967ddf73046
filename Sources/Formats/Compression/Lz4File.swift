import Model

/// An LZ4 file: a frame with a descriptor, or the older form that has none.
struct Lz4File: Format {
  let name = "lz4"

  private static let magic: [UInt8] = [0x04, 0x22, 0x4D, 0x18]
  private static let oldMagic: [UInt8] = [0x02, 0x21, 0x4C, 0x18]

  func recognises(_ head: FileHead) -> Bool {
    if head.has(Self.magic) || head.has(Self.oldMagic) { return true }
    guard head.bytes.count >= 8, ZstdFile.isSkippable(head.bytes[..<4]) else { return false }
    let length = head.bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    return head.has(Self.magic, at: 8 + length)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while ZstdFile.isSkippable(try source.bytes(at: place, count: 4)[...]) {
      let length = 8 + (try source.u32(at: place + 4))
      guard length <= range.upperBound - place else { throw .truncated(at: range.upperBound) }
      try layout.addPart("skippable frame", place..<place + length, SkippableFrame(), role: .data)
      place += length
    }
    if try source.has(Self.oldMagic, at: place) {
      try layout.add("lz4 magic", at: place, count: 4, .field(.bytes))
      return try layout.add(
        "compressed data", at: place + 4, count: range.upperBound - place - 4, .file(.lz4, from: range),
        role: .compression)
    }
    let flags = try source.byte(at: place + 4)
    var rows: [FieldRow] = [
      ("magic", 4, .bytes, nil), ("flags", 1, Self.flags, .compression),
      ("block size", 1, Self.blockSize, .compression),
    ]
    if flags & 8 != 0 { rows.append(("content size", 8, .unsigned(.little), .size)) }
    if flags & 1 != 0 { rows.append(("dictionary", 4, .hexadecimal(.little), .compression)) }
    rows.append(("header checksum", 1, .hexadecimal(.little), .checksum))
    place = try layout.addFields(rows, at: place, prefix: "lz4 ")
    let end = try Self.end(&source, place..<range.upperBound, hasChecksums: flags & 16 != 0)
    // Another frame may follow; then all of it is decoded as one.
    let checksum: Int64 = flags & 4 != 0 ? 4 : 0
    guard let end, range.upperBound - end == 4 + checksum else {
      return try layout.add(
        "compressed data", at: place, count: range.upperBound - place, .file(.lz4, from: range), role: .compression)
    }
    try layout.add("compressed data", at: place, count: end - place, .file(.lz4, from: range), role: .compression)
    try layout.add("lz4 end mark", at: end, count: 4, .field(.bytes))
    if checksum > 0 {
      try layout.add("lz4 checksum", at: end + 4, count: 4, .field(.hexadecimal(.little)), role: .checksum)
    }
  }

  /// Where the mark is that ends the blocks; nil when there is none.
  private static func end(
    _ source: inout ByteSource, _ range: Range<Int64>, hasChecksums: Bool
  ) throws(FormatError) -> Int64? {
    var place = range.lowerBound
    while range.upperBound - place >= 4 {
      let size = try source.u32(at: place)
      if size == 0 { return place }
      let length = 4 + (size & 0x7FFF_FFFF) + (hasChecksums ? 4 : 0)
      guard length <= range.upperBound - place else { return nil }
      place += length
    }
    return nil
  }

  private static let flags: Encoding = .custom { bytes in
    bytes.first.map { byte in
      let words: [(UInt8, String)] = [
        (0x20, "independent blocks"), (0x10, "block checksums"), (8, "content size"), (4, "checksum"),
        (1, "dictionary"),
      ]
      return (["version \(byte >> 6)"] + words.filter { byte & $0.0 != 0 }.map(\.1)).joined(separator: ", ")
    }
  }

  private static let blockSize: Encoding = .names(
    .little, [0x40: "64 KiB", 0x50: "256 KiB", 0x60: "1 MiB", 0x70: "4 MiB"])
}
