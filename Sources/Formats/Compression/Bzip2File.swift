import Model

/// A bzip2 file. After the first block's checksum nothing is at a whole byte, so the rest is data.
struct Bzip2File: Format {
  let name = "bzip2"

  private static let block: [UInt8] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
  private static let end: [UInt8] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]

  func recognises(_ head: FileHead) -> Bool {
    head.has("BZh") && head.bytes.count >= 14 && (0x31...0x39).contains(head.bytes[3])
      && (head.has(Self.block, at: 4) || head.has(Self.end, at: 4))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let isEmpty = try source.has(Self.end, at: range.lowerBound + 4)
    let place = try layout.addFields(
      [
        ("magic", 3, .text, nil),
        ("block size", 1, .custom { $0.first.map { "\(Int($0 & 15) * 100) kB" } }, .compression),
        (isEmpty ? "end mark" : "first block mark", 6, .bytes, nil),
        (isEmpty ? "checksum" : "first block checksum", 4, .hexadecimal(.big), .checksum),
      ], at: range.lowerBound, prefix: "bzip2 ")
    try layout.add(
      "compressed data", at: place, count: range.upperBound - place, .file(.bzip2, from: range), role: .compression)
  }
}
