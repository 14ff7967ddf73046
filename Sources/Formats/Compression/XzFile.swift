import Model

/// An xz file: streams of blocks, each stream with a header, an index of its blocks, and a footer.
///
/// Only where the index says so can the end of the data be told without decoding, so the footer is read first; what is
/// between the first block's header and the last block's check is the data.
struct XzFile: Format {
  let name = "xz"

  private static let magic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = try layout.addFields(
      [
        ("magic", 6, .bytes, nil), ("check type", 2, Self.checks, .compression),
        ("header checksum", 4, .hexadecimal(.little), .checksum),
      ], at: range.lowerBound, prefix: "xz ")
    // Zeros of the stream's header are no padding after it.
    let end = max(place, try Self.endOfPadding(&source, range))
    let index = try Self.index(&source, place..<end)
    let first = try source.byte(at: place)
    if first != 0 {
      let length = Int64(first) * 4 + 4
      guard length <= range.upperBound - place else { throw .truncated(at: range.upperBound) }
      try layout.add("xz block header", at: place, count: length, .structure(XzBlockHeader()), role: .compression)
      place += length
    }
    guard let index else {
      try layout.add(
        "compressed data", at: place, count: range.upperBound - place, .file(.xz, from: range), role: .compression)
      throw .malformed(at: end, "it does not end with a footer")
    }
    let dataEnd = index.lowerBound - (first == 0 ? 0 : try Self.checkLength(&source, end - 4))
    if dataEnd > place {
      try layout.add(
        "compressed data", at: place, count: dataEnd - place, .file(.xz, from: range), role: .compression)
      try layout.add("xz check", at: dataEnd, count: index.lowerBound - dataEnd, .field(.bytes), role: .checksum)
    }
    try layout.addPart("xz index", index, XzIndex(), role: .size)
    try layout.addFields(
      [
        ("checksum", 4, .hexadecimal(.little), .checksum), ("index size", 4, .unsigned(.little), .size),
        ("check type", 2, Self.checks, .compression), ("mark", 2, .text, nil),
      ], at: end - 12, prefix: "xz footer ")
    if end < range.upperBound {
      try layout.add("xz padding", at: end, count: range.upperBound - end, .opaque, role: .padding)
    }
  }

  private static let checks: Encoding = .names(.big, [0: "none", 1: "CRC-32", 4: "CRC-64", 10: "SHA-256"])

  private static func checkLength(_ source: inout ByteSource, _ flags: Int64) throws(FormatError) -> Int64 {
    switch try source.byte(at: flags + 1) & 15 {
    case 0: 0
    case 1...3: 4
    case 4...6: 8
    case 7...9: 16
    case 10...12: 32
    default: 64
    }
  }

  /// Where the last stream ends: zeros may follow, in fours.
  private static func endOfPadding(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Int64 {
    var end = range.upperBound
    while end - range.lowerBound >= 16 {
      let count = min(Int64(16 << 10), (end - range.lowerBound) / 4 * 4)
      let chunk = try source.bytes(at: end - count, count: Int(count))
      let used = chunk.lastIndex { $0 != 0 }.map { Int64($0 / 4 + 1) * 4 } ?? 0
      end -= count - used
      if used > 0 { break }
    }
    return end
  }

  /// The last stream's index; nil when there is no footer that tells its place.
  private static func index(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Range<Int64>? {
    guard range.upperBound - range.lowerBound >= 12, try source.has([0x59, 0x5A], at: range.upperBound - 2) else {
      return nil
    }
    let length = (try source.u32(at: range.upperBound - 8) + 1) * 4
    let end = range.upperBound - 12
    guard length <= end - range.lowerBound, try source.byte(at: end - length) == 0 else { return nil }
    return end - length..<end
  }

  /// A number of seven bits a byte, and how many bytes it takes.
  static func number(
    _ source: inout ByteSource, at place: Int64, before end: Int64
  ) throws(FormatError) -> (value: UInt64, length: Int64) {
    var value: UInt64 = 0
    for index in 0..<Int64(9) {
      guard place + index < end else { break }
      let byte = try source.byte(at: place + index)
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte & 0x80 == 0 { return (value, index + 1) }
    }
    throw .malformed(at: place, "a number has no end")
  }

  /// For fields with such a number.
  static let number: Encoding = .custom { bytes in
    guard bytes.count <= 9 else { return nil }
    return String(bytes.reversed().reduce(UInt64(0)) { $0 << 7 | UInt64($1 & 0x7F) })
  }
}

/// The header of an xz block: its sizes where the writer knew them, and its filters.
struct XzBlockHeader: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let flags = try source.byte(at: range.lowerBound + 1)
    var place = try layout.addFields(
      [
        ("size", 1, .custom { $0.first.map { "\(Int($0) * 4 + 4) bytes" } }, .size),
        ("flags", 1, Self.flags, .compression),
      ],
      at: range.lowerBound, prefix: "xz block header ")
    let end = range.upperBound - 4
    for (bit, name) in [(0x40, "xz block compressed size"), (0x80, "xz block size")] as [(UInt8, String)]
    where flags & bit != 0 {
      let (_, length) = try XzFile.number(&source, at: place, before: end)
      try layout.add(name, at: place, count: length, .field(XzFile.number), role: .size)
      place += length
    }
    for _ in 0...(flags & 3) {
      let (kind, length) = try XzFile.number(&source, at: place, before: end)
      let (size, sizeLength) = try XzFile.number(&source, at: place + length, before: end)
      let name = "xz filter \(Self.filters[kind] ?? String(kind))"
      try layout.add(name, at: place, count: length + sizeLength, .field(.bytes), role: .compression)
      place += length + sizeLength
      guard size <= UInt64(max(0, end - place)) else { throw .truncated(at: end) }
      try layout.add(
        kind == 0x21 ? "xz dictionary size" : "\(name) properties", at: place, count: Int64(size),
        .field(kind == 0x21 ? .custom(Self.dictionary) : .bytes), role: .compression)
      place += Int64(size)
    }
    try layout.add("xz block header padding", at: place, count: max(0, end - place), .field(.bytes), role: .padding)
    try layout.add("xz block header checksum", at: end, count: 4, .field(.hexadecimal(.little)), role: .checksum)
  }

  private static let flags: Encoding = .custom { bytes in
    bytes.first.map { flags in
      "\(flags & 3 + 1) filters" + (flags & 0x40 != 0 ? ", compressed size" : "") + (flags & 0x80 != 0 ? ", size" : "")
        + (flags & 0x3C != 0 ? ", 0x" + String(flags & 0x3C, radix: 16) : "")
    }
  }

  private static func dictionary(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 1, bytes[0] <= 40 else { return nil }
    let bits = UInt64(bytes[0])
    return bits == 40 ? "4 GiB" : "\((2 | bits & 1) << (bits / 2 + 11)) bytes"
  }

  private static let filters: [UInt64: String] = [
    3: "delta", 4: "x86", 5: "PowerPC", 6: "IA-64", 7: "ARM", 8: "ARM Thumb", 9: "SPARC", 10: "ARM64", 11: "RISC-V",
    0x21: "LZMA2",
  ]
}

/// The sizes of all blocks of an xz stream.
struct XzIndex: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let end = range.upperBound - 4
    let (_, length) = try XzFile.number(&source, at: start + 1, before: end)
    try layout.add("xz index mark", at: start, count: 1, .field(.bytes))
    try layout.add("xz block count", at: start + 1, count: length, .field(XzFile.number), role: .size)
    let sizes = start + 1 + length
    try layout.add("xz block sizes", at: sizes, count: max(0, end - sizes), .opaque, role: .size)
    try layout.add("xz index checksum", at: end, count: 4, .field(.hexadecimal(.little)), role: .checksum)
  }
}
