import Model

/// Sphinx's `objects.inv`: four lines, then names and places in a zlib stream.
struct SphinxInventory: Format {
  let name = "Sphinx inventory"

  func recognises(_ head: FileHead) -> Bool { head.has("# Sphinx inventory version 2\n") }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(min(range.count, 16 << 10)))
    var index = 0
    for (name, role) in [("format", .generator), ("project", .name), ("version", .version), ("encoding", .compression)]
      as [(String, Difference.Role)]
    {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      guard bytes[line].last == 0x0A else { throw .truncated(at: range.lowerBound + Int64(line.upperBound)) }
      try layout.add(
        name, at: range.lowerBound + Int64(index), count: Int64(line.count), .field(.text), role: role)
      index = line.upperBound
    }
    try layout.add(
      "objects", at: range.lowerBound + Int64(index), count: Int64(range.count) - Int64(index),
      .file(.zlib, name: "objects"),
      role: .compression)
  }
}
