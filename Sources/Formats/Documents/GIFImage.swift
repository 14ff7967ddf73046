import Model

/// A GIF image: a header, a palette, then extensions and images in blocks.
struct GIFImage: Format {
  let name = "GIF"

  func recognises(_ head: FileHead) -> Bool { head.has("GIF87a") || head.has("GIF89a") }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    try layout.add("version", at: base, count: 6, .field(.text), role: .version)
    try layout.add("width", at: base + 6, count: 2, .field(.unsigned(.little)), role: .data)
    try layout.add("height", at: base + 8, count: 2, .field(.unsigned(.little)), role: .data)
    try layout.add("screen flags", at: base + 10, count: 3, .field(.bytes), role: .flags)
    var place = base + 13
    place += try Self.addPalette("palette", at: place, flags: source.byte(at: base + 10), to: &layout)
    while place < range.upperBound {
      switch try source.byte(at: place) {
      case 0x2C:
        try layout.add("image header", at: place, count: 10, .field(.bytes), role: .data)
        let flags = try source.byte(at: place + 9)
        place += 10
        place += try Self.addPalette("image palette", at: place, flags: flags, to: &layout)
        let end = try Self.endOfBlocks(&source, place + 1, range.upperBound)
        try layout.add("image data", at: place, count: end - place, .opaque, role: .data)
        place = end
      case 0x21:
        let kind = try source.byte(at: place + 1)
        let end = try Self.endOfBlocks(&source, place + 2, range.upperBound)
        let (name, role) = Self.extensions[kind] ?? ("extension", .data)
        try layout.add(
          name, at: place, count: end - place, end - place <= 4096 ? .field(kind == 0xFE ? .text : .bytes) : .opaque,
          role: role)
        place = end
      case 0x3B:
        try layout.add("end of image", at: place, count: 1, .field(.bytes))
        if place + 1 < range.upperBound {
          try layout.add(
            "after the image", at: place + 1, count: range.upperBound - place - 1, .file(name: "after the image"))
        }
        return
      default: throw .malformed(at: place, "a block is of no known kind")
      }
    }
    throw .truncated(at: range.upperBound)
  }

  /// Returns its length.
  private static func addPalette(
    _ name: String, at place: Int64, flags: UInt8, to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    guard flags & 0x80 != 0 else { return 0 }
    let length = Int64(3) << Int64(flags & 7 + 1)
    try layout.add(name, at: place, count: length, .opaque, role: .data)
    return length
  }

  /// Past the empty block that ends a sequence of blocks, each with its length in front.
  private static func endOfBlocks(_ source: inout ByteSource, _ start: Int64, _ end: Int64) throws(FormatError) -> Int64
  {
    var place = start
    while place < end {
      let length = try source.byte(at: place)
      place += 1 + Int64(length)
      if length == 0 { return place }
    }
    throw .truncated(at: end)
  }

  private static let extensions: [UInt8: (String, Difference.Role)] = [
    0x01: ("plain text", .text), 0xF9: ("graphic control", .data), 0xFE: ("comment", .text),
    0xFF: ("application data", .data),
  ]
}
