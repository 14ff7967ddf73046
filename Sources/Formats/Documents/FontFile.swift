import Model

/// A TrueType or OpenType font: a directory, then tables.
struct FontFile: Format {
  let name = "font"

  private static let magics: [[UInt8]] = [[0, 1, 0, 0], Array("OTTO".utf8), Array("true".utf8)]

  func recognises(_ head: FileHead) -> Bool {
    guard Self.magics.contains(where: { head.has($0) }), head.bytes.count >= 28 else { return false }
    let count = Int(head.bytes[4]) << 8 | Int(head.bytes[5])
    // The first table's tag is of printable characters.
    return (1...512).contains(count) && head.bytes[12..<16].allSatisfy { (0x20...0x7E).contains($0) }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    try layout.add("flavor", at: base, count: 4, .field(.bytes), role: .data)
    try layout.add("table count", at: base + 4, count: 2, .field(.unsigned(.big)), role: .size)
    try layout.add("search parameters", at: base + 6, count: 6, .field(.bytes), role: .size)
    for index in 0..<Int64(try source.u16(at: base + 4, .big)) {
      let entry = base + 12 + 16 * index
      let tag = ExactText.text(try source.bytes(at: entry, count: 4))
      try layout.add("\(tag) tag", at: entry, count: 4, .field(.text), role: .name)
      try layout.add("\(tag) checksum", at: entry + 4, count: 4, .field(.hexadecimal(.big)), role: .checksum)
      try layout.add("\(tag) offset", at: entry + 8, count: 4, .field(.unsigned(.big)), role: .offset)
      try layout.add("\(tag) length", at: entry + 12, count: 4, .field(.unsigned(.big)), role: .size)
      let start = base + (try source.u32(at: entry + 8, .big))
      let length = try source.u32(at: entry + 12, .big)
      try layout.addAvailable(tag, at: start, count: length, FontTable.shape(tag, length), role: FontTable.role(tag))
      let padding = min((4 - length % 4) % 4, range.upperBound - start - length)
      if padding > 0 {
        try layout.add("\(tag) padding", at: start + length, count: padding, .field(.bytes), role: .padding)
      }
    }
  }
}

/// A font for the web: WOFF, whose tables are compressed one by one, or WOFF2, which is one Brotli stream.
struct WebFontFile: Format {
  let name = "WOFF"

  func recognises(_ head: FileHead) -> Bool { (head.has("wOFF") || head.has("wOF2")) && head.bytes.count >= 44 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    let isSecond = try source.byte(at: base + 3) == UInt8(ascii: "2")
    var place = base
    for (name, length, role) in Self.fields where name != "compressed size" || isSecond {
      try layout.add(
        name, at: place, count: length, .field(length == 4 && role == .data ? .text : .unsigned(.big)), role: role)
      place += length
    }
    if isSecond {
      return try layout.add("tables", at: place, count: range.upperBound - place, .opaque, role: .compression)
    }
    for index in 0..<Int64(try source.u16(at: base + 12, .big)) {
      let entry = place + 20 * index
      let tag = ExactText.text(try source.bytes(at: entry, count: 4))
      try layout.add("\(tag) tag", at: entry, count: 4, .field(.text), role: .name)
      try layout.add("\(tag) offset", at: entry + 4, count: 4, .field(.unsigned(.big)), role: .offset)
      try layout.add("\(tag) lengths", at: entry + 8, count: 8, .field(.bytes), role: .size)
      try layout.add("\(tag) checksum", at: entry + 16, count: 4, .field(.hexadecimal(.big)), role: .checksum)
      let length = try source.u32(at: entry + 8, .big)
      let isCompressed = try source.u32(at: entry + 12, .big) > length
      let start = base + (try source.u32(at: entry + 4, .big))
      try layout.addAvailable(
        tag, at: start, count: length,
        isCompressed ? .file(.zlib, name: tag) : FontTable.shape(tag, length), role: FontTable.role(tag))
      let padding = min((4 - length % 4) % 4, range.upperBound - start - length)
      if padding > 0 {
        try layout.add("\(tag) padding", at: start + length, count: padding, .field(.bytes), role: .padding)
      }
    }
  }

  private static let fields: [(String, Int64, Difference.Role)] = [
    ("magic", 4, .data), ("flavor", 4, .data), ("file size", 4, .size), ("table count", 2, .size),
    ("reserved", 2, .padding), ("font size", 4, .size), ("compressed size", 4, .size), ("major version", 2, .version),
    ("minor version", 2, .version), ("metadata offset", 4, .offset), ("metadata size", 4, .size),
    ("metadata font size", 4, .size), ("private data offset", 4, .offset), ("private data size", 4, .size),
  ]
}
