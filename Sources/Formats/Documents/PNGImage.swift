import Model

/// A PNG image: a sequence of chunks.
struct PNGImage: Format {
  let name = "PNG"

  private static let magic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("magic", at: range.lowerBound, count: 8, .field(.bytes))
    let chunks = try Self.chunks(&source, range)
    let pixels = chunks.filter { $0.kind == "IDAT" && $0.length > 0 }.map { $0.data..<$0.data + $0.length }
    // The pixels are one stream over all chunks of this kind.
    try layout.addJoined("pixels", pixels, codec: .zlib, file: "pixels", role: .compression, in: LayoutBuilder.file)
    for chunk in chunks {
      let name = try Self.name(of: chunk, &source)
      try layout.add("\(name) header", at: chunk.start, count: 8, .field(.custom(Self.header)), role: .size)
      if chunk.length > 0, chunk.kind != "IDAT" { try Self.addData(of: chunk, name, &source, to: &layout) }
      try layout.addAvailable(
        "\(name) checksum", at: chunk.data + chunk.length,
        count: min(4, max(0, range.upperBound - chunk.data - chunk.length)),
        .field(.hexadecimal(.big)), role: .checksum)
    }
    let end = chunks.last.map { $0.data + $0.length + 4 } ?? range.lowerBound + 8
    guard end <= range.upperBound, chunks.last?.kind == "IEND" else { throw .truncated(at: range.upperBound) }
    if end < range.upperBound {
      try layout.add("after the image", at: end, count: range.upperBound - end, .file(name: "after the image"))
    }
  }

  private struct Chunk {
    let kind: String
    let start: Int64
    let length: Int64

    var data: Int64 { start + 8 }
  }

  /// Up to the one that ends the image.
  private static func chunks(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> [Chunk] {
    var chunks: [Chunk] = []
    var place = range.lowerBound + 8
    while place <= range.upperBound - 8 {
      let length = try source.u32(at: place, .big)
      let kind = try source.bytes(at: place + 4, count: 4)
      guard kind.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }), length <= range.upperBound - place - 8 else {
        break
      }
      chunks.append(Chunk(kind: String(decoding: kind, as: UTF8.self), start: place, length: length))
      place += 12 + length
      if chunks.last?.kind == "IEND" { break }
    }
    return chunks
  }

  /// The kind, and the keyword of a text.
  private static func name(of chunk: Chunk, _ source: inout ByteSource) throws(FormatError) -> String {
    guard ["tEXt", "zTXt", "iTXt"].contains(chunk.kind) else { return chunk.kind }
    let start = try source.bytes(at: chunk.data, count: Int(min(80, chunk.length)))
    return "\(chunk.kind) \(ExactText.text(Array(start.prefix { $0 != 0 })))"
  }

  private static func addData(
    of chunk: Chunk, _ name: String, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (start, length) = (chunk.data, chunk.length)
    switch chunk.kind {
    case "IHDR" where length == 13: try addHeader(at: start, to: &layout)
    case "tIME" where length == 7: try layout.add("time", at: start, count: 7, .field(.custom(time)), role: .time)
    case "pHYs", "gAMA", "cHRM", "sRGB", "bKGD", "sBIT", "tRNS", "hIST":
      try layout.add(name, at: start, count: length, .field(.bytes), role: .data)
    case "tEXt", "zTXt", "iTXt":
      try layout.add(
        name, at: start, count: length, .field(.custom(text)), role: role(ofKeyword: String(name.dropFirst(5))))
    case "eXIf": try layout.add("Exif", at: start, count: length, .structure(ExifData(prefix: "Exif ")), role: .data)
    case "iCCP": try layout.add("color profile", at: start, count: length, .opaque, role: .data)
    default: try layout.add("\(name) data", at: start, count: length, .opaque, role: .data)
    }
  }

  /// A chunk's length and kind.
  private static func header(_ bytes: [UInt8]) -> String? {
    bytes.count == 8
      ? "\(Encoding.unsigned(.big).text(Array(bytes[..<4]))) bytes of \(ExactText.text(Array(bytes[4...])))" : nil
  }

  private static func addHeader(at start: Int64, to layout: inout LayoutBuilder) throws(FormatError) {
    try layout.add("width", at: start, count: 4, .field(.unsigned(.big)), role: .data)
    try layout.add("height", at: start + 4, count: 4, .field(.unsigned(.big)), role: .data)
    try layout.add("bit depth", at: start + 8, count: 1, .field(.unsigned(.big)), role: .data)
    try layout.add("color type", at: start + 9, count: 1, .field(.names(.big, colors)), role: .data)
    try layout.add("compression method", at: start + 10, count: 1, .field(.unsigned(.big)), role: .compression)
    try layout.add("filter method", at: start + 11, count: 1, .field(.unsigned(.big)), role: .compression)
    try layout.add("interlace method", at: start + 12, count: 1, .field(.unsigned(.big)), role: .compression)
  }

  /// Without the keyword and its NUL.
  private static func text(_ bytes: [UInt8]) -> String? {
    guard let end = bytes.firstIndex(of: 0) else { return nil }
    let value = Array(bytes[(end + 1)...])
    return value.contains(0)
      ? Hexadecimal.string(Array(value.prefix(1024))) + " " + ExactText.text(value.filter { $0 >= 0x20 })
      : ExactText.text(value)
  }

  private static func role(ofKeyword keyword: String) -> Difference.Role {
    let keyword = keyword.lowercased()
    if keyword.hasPrefix("date:") || keyword.contains("time") || keyword == "thumb::mtime" { return .time }
    return switch keyword {
    case "software": .generator
    case "thumb::uri", "source": .path
    case "author": .owner
    case "xml:com.adobe.xmp": .data
    default: .text
    }
  }

  private static func time(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 7 else { return nil }
    func padded(_ number: UInt8) -> String { number < 10 ? "0\(number)" : String(number) }
    let year = Int(bytes[0]) << 8 | Int(bytes[1])
    return
      "\(year)-\(padded(bytes[2]))-\(padded(bytes[3])) \(padded(bytes[4])):\(padded(bytes[5])):\(padded(bytes[6]))Z"
  }

  private static let colors: [UInt64: String] = [
    0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha",
  ]
}
