import Model

/// A Microsoft cabinet: folders of compressed blocks, and which file is where in them.
struct CabArchive: Format {
  let name = "cabinet"

  func recognises(_ head: FileHead) -> Bool { head.has("MSCF\0\0\0\0") }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    var place = try layout.addFields(Self.header, at: start)
    let size = try source.u32(at: start + 8)
    let end = start + min(size, range.upperBound - start)
    let flags = try source.u16(at: start + 30)
    var (inFolder, inBlock): (Int64, Int64) = (0, 0)
    if flags & 4 != 0 {
      let inHeader = Int64(try source.u16(at: place))
      (inFolder, inBlock) = (Int64(try source.byte(at: place + 2)), Int64(try source.byte(at: place + 3)))
      place = try layout.addFields(Self.reserve, at: place)
      try layout.addAvailable("reserved area", at: place, count: inHeader, .field(.bytes), role: .signature)
      place += inHeader
    }
    for (flag, which) in [(1, "previous"), (2, "next")] where flags & flag != 0 {
      for name in ["cabinet", "disk"] {
        let length = Int64(try source.zeroTerminated(at: place, limit: 256).count) + 1
        try layout.add("\(which) \(name)", at: place, count: length, .field(.text), role: .name)
        place += length
      }
    }
    // Folders may say that their blocks are those of others; there are never more than there is room for.
    var blocks = (range.upperBound - start) / 8
    for _ in 0..<(try source.u16(at: start + 26)) {
      let group = layout.group("folder")
      let data = try source.u32(at: place)
      let count = Int64(try source.u16(at: place + 4))
      place = try layout.addFields(Self.folder, at: place, in: group)
      if inFolder > 0 {
        try layout.addAvailable("reserved", at: place, count: inFolder, .field(.bytes), role: .padding, in: group)
        place += inFolder
      }
      guard count <= blocks, data <= end - start else {
        throw .malformed(at: place, "a folder's data is not within the cabinet")
      }
      blocks -= count
      var block = start + data
      for _ in 0..<count {
        let length = 8 + inBlock + Int64(try source.u16(at: block + 4))
        guard length <= range.upperBound - block else { throw .truncated(at: range.upperBound) }
        block += length
      }
      try layout.add(
        "compressed data", at: start + data, count: block - start - data, .opaque, role: .data, in: group)
    }
    try Self.addFiles(&source, range, to: &layout)
    if end < range.upperBound {
      try layout.add("after the cabinet", at: end, count: range.upperBound - end, .file(name: "after the cabinet"))
    }
  }

  private static func addFiles(
    _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound + (try source.u32(at: range.lowerBound + 16))
    for _ in 0..<(try source.u16(at: range.lowerBound + 28)) {
      let name = try source.zeroTerminated(at: place + 16, limit: 1024)
      let group = layout.group(ExactText.text(name), isMember: true)
      place = try layout.addFields(
        file + [("name", Int64(name.count) + 1, .text, .name)], at: place, in: group)
    }
  }

  private static let header: [FieldRow] = [
    ("magic", 4, .text, nil), ("reserved 1", 4, .bytes, .padding), ("cabinet size", 4, .unsigned(.little), .size),
    ("reserved 2", 4, .bytes, .padding), ("files offset", 4, .unsigned(.little), .offset),
    ("reserved 3", 4, .bytes, .padding), ("minor version", 1, .unsigned(.little), .generator),
    ("major version", 1, .unsigned(.little), .generator), ("folder count", 2, .unsigned(.little), .size),
    ("file count", 2, .unsigned(.little), .size),
    ("flags", 2, .bits(.little, [(1, "previous cabinet"), (2, "next cabinet"), (4, "reserved areas")]), .flags),
    ("set number", 2, .unsigned(.little), .identity), ("number in the set", 2, .unsigned(.little), .data),
  ]

  private static let reserve: [FieldRow] = [
    ("reserved area size", 2, .unsigned(.little), .size), ("reserved size of folders", 1, .unsigned(.little), .size),
    ("reserved size of blocks", 1, .unsigned(.little), .size),
  ]

  private static let folder: [FieldRow] = [
    ("data offset", 4, .unsigned(.little), .offset), ("block count", 2, .unsigned(.little), .size),
    (
      "compression", 2,
      .custom { bytes in
        guard bytes.count == 2 else { return nil }
        let kinds = ["stored", "MSZIP", "Quantum", "LZX"]
        let kind = Int(bytes[0] & 15)
        return (kind < kinds.count ? kinds[kind] : String(kind)) + (bytes[1] > 0 ? " level \(bytes[1])" : "")
      }, .compression
    ),
  ]

  private static let file: [FieldRow] = [
    ("size", 4, .unsigned(.little), .size), ("offset in the folder", 4, .unsigned(.little), .offset),
    ("folder", 2, .unsigned(.little), .data),
    // Unlike elsewhere the date comes first.
    (
      "modification time", 4, .custom { $0.count == 4 ? Encoding.dosTime.text(Array($0[2...] + $0[..<2])) : nil }, .time
    ),
    (
      "attributes", 2,
      .bits(
        .little,
        [(1, "read-only"), (2, "hidden"), (4, "system"), (0x20, "archive"), (0x40, "run"), (0x80, "UTF-8 name")]),
      .mode
    ),
  ]
}
