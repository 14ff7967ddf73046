import Model

/// A file of the Unix program compress.
struct CompressFile: Format {
  let name = "compress"

  func recognises(_ head: FileHead) -> Bool {
    head.has([0x1F, 0x9D]) && head.bytes.count >= 3 && (9...16).contains(head.bytes[2] & 31)
      && head.bytes[2] & 0x60 == 0
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [
        ("magic", 2, .bytes, nil),
        ("bits", 1, .custom { $0.first.map { "\($0 & 31)" + ($0 & 0x80 != 0 ? ", block mode" : "") } }, .compression),
      ],
      at: range.lowerBound, prefix: "compress ")
    try layout.add(
      "compressed data", at: place, count: range.upperBound - place, .file(.compress, from: range), role: .compression)
  }
}
