import Model

/// A file of the LZMA utilities before xz. It has no magic, so its first bytes must be those that writers give.
struct LzmaFile: Format {
  let name = "lzma"

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 18, head.bytes[0] < 225, head.bytes[13] == 0 else { return false }
    let dictionary = head.bytes[1..<5].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let size = head.bytes[5..<13].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // A power of two, or one and the half of it.
    let isUsual =
      dictionary >= 1 << 12
      && (dictionary.nonzeroBitCount == 1 || dictionary.nonzeroBitCount == 2 && dictionary & (dictionary >> 1) != 0)
    return (isUsual || dictionary == 0xFFFF_FFFF) && (size == .max || (1..<1 << 38).contains(size))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [
        ("properties", 1, Self.properties, .compression), ("dictionary size", 4, .unsigned(.little), .compression),
        ("size", 8, .custom { $0.allSatisfy { $0 == 0xFF } ? "unknown" : Encoding.unsigned(.little).text($0) }, .size),
      ],
      at: range.lowerBound, prefix: "lzma ")
    try layout.add(
      "compressed data", at: place, count: range.upperBound - place, .file(.lzma, from: range), role: .compression)
  }

  private static let properties: Encoding = .custom { bytes in
    bytes.first.map { "lc=\($0 % 9) lp=\($0 / 9 % 5) pb=\($0 / 45)" }
  }
}
