import Model

/// A 7z archive: a header that says where the real one is, the packed streams, the real header, often packed too.
struct SevenZipArchive: Format {
  let name = "7z"

  private static let magic: [UInt8] = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = try layout.addFields(Self.fields, at: range.lowerBound)
    let offset = try source.u64(at: range.lowerBound + 12)
    let size = try source.u64(at: range.lowerBound + 20)
    guard offset <= range.upperBound - start, size <= range.upperBound - start - offset else {
      try layout.add("packed streams", at: start, count: range.upperBound - start, .opaque, role: .data)
      throw .malformed(at: range.lowerBound + 12, "the header is not within the file")
    }
    try layout.add("packed streams", at: start, count: offset, .opaque, role: .data)
    let header = start + offset
    if size > 0 {
      let kinds: [UInt64: String] = [1: "plain", 0x17: "packed"]
      try layout.add("header kind", at: header, count: 1, .field(.names(.little, kinds)), role: .compression)
      try layout.add("header", at: header + 1, count: size - 1, .opaque, role: .data)
    }
    let end = header + size
    if end < range.upperBound {
      try layout.add(
        "after the archive", at: end, count: range.upperBound - end, .file(name: "after the archive"), role: .data)
    }
  }

  private static let fields: [FieldRow] = [
    ("magic", 6, .bytes, nil), ("major version", 1, .unsigned(.little), .generator),
    ("minor version", 1, .unsigned(.little), .generator),
    ("start header checksum", 4, .hexadecimal(.little), .checksum),
    ("header offset", 8, .unsigned(.little), .offset), ("header size", 8, .unsigned(.little), .size),
    ("header checksum", 4, .hexadecimal(.little), .checksum),
  ]
}
