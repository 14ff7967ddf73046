import Model

/// A xar archive, as of macOS installers: a header, a compressed table of contents in XML, a heap.
struct XarArchive: Format {
  let name = "xar"

  func recognises(_ head: FileHead) -> Bool { head.has("xar!") }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let fields = try layout.addFields(Self.fields, at: start)
    let length = Int64(try source.u16(at: start + 4, .big))
    guard length >= 28, length <= range.upperBound - start else {
      throw .malformed(at: start + 4, "the header's size is not possible")
    }
    try layout.add("checksum name", at: fields, count: length - 28, .field(.text), role: .checksum)
    let contents = try source.u64(at: start + 8, .big)
    let place = start + length
    guard contents <= range.upperBound - place else { throw .truncated(at: range.upperBound) }
    try layout.add(
      "table of contents", at: place, count: contents, .file(.zlib, name: "table of contents"), role: .data)
    try layout.add(
      "heap", at: place + contents, count: range.upperBound - place - contents, .opaque, role: .data)
  }

  private static let fields: [FieldRow] = [
    ("magic", 4, .text, nil), ("header size", 2, .unsigned(.big), .size), ("version", 2, .unsigned(.big), .generator),
    ("compressed size of the table of contents", 8, .unsigned(.big), .size),
    ("size of the table of contents", 8, .unsigned(.big), .size),
    ("checksum method", 4, .names(.big, [0: "none", 1: "SHA-1", 2: "MD5", 3: "other"]), .compression),
  ]
}
