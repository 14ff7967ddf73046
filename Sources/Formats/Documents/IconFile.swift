import Model

/// An icon or cursor of Windows: a directory of images.
struct IconFile: Format {
  let name = "icon"

  func recognises(_ head: FileHead) -> Bool {
    guard head.has([0, 0, 1, 0]) || head.has([0, 0, 2, 0]), head.bytes.count >= 22 else { return false }
    let count = Int(head.bytes[4]) | Int(head.bytes[5]) << 8
    guard (1...256).contains(count), head.bytes[9] == 0, head.bytes.count >= 6 + 16 * count else { return false }
    // The first image follows the directory at once.
    let offset = head.bytes[18..<22].reversed().reduce(0) { $0 << 8 | Int64($1) }
    return offset >= Int64(6 + 16 * count) && offset < head.size
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    try layout.add("header", at: base, count: 6, .field(.bytes), role: .data)
    for index in 0..<Int64(try source.u16(at: base + 4)) {
      let place = base + 6 + 16 * index
      let (width, height) = (try source.byte(at: place), try source.byte(at: place + 1))
      let group = layout.group("image \(width)×\(height) of \(try source.u16(at: place + 6)) bits", isMember: true)
      try layout.add("properties", at: place, count: 8, .field(.bytes), role: .data, in: group)
      try layout.add("size", at: place + 8, count: 4, .field(.unsigned(.little)), role: .size, in: group)
      try layout.add("offset", at: place + 12, count: 4, .field(.unsigned(.little)), role: .offset, in: group)
      try layout.add(
        "content", at: base + (try source.u32(at: place + 12)), count: try source.u32(at: place + 8), .file(),
        role: .data, in: group)
    }
  }
}

/// An icon of macOS: images, each with its type.
struct AppleIconFile: Format {
  let name = "ICNS"

  func recognises(_ head: FileHead) -> Bool { head.has("icns") && head.size >= 8 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("magic", at: range.lowerBound, count: 4, .field(.text))
    try layout.add("size", at: range.lowerBound + 4, count: 4, .field(.unsigned(.big)), role: .size)
    var place = range.lowerBound + 8
    while place < range.upperBound {
      let kind = ExactText.text(try source.bytes(at: place, count: 4))
      let length = try source.u32(at: place + 4, .big)
      guard length >= 8 else { throw .malformed(at: place + 4, "an image's length is too small") }
      let group = layout.group("image \(kind)", isMember: true)
      try layout.add("type", at: place, count: 4, .field(.text), role: .name, in: group)
      try layout.add("size", at: place + 4, count: 4, .field(.unsigned(.big)), role: .size, in: group)
      try layout.addAvailable("content", at: place + 8, count: length - 8, .file(), role: .data, in: group)
      place += length
    }
  }
}
