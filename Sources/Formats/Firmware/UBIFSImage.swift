import Model

/// A UBIFS image as `mkfs.ubifs` makes it: logical erase blocks of nodes.
struct UBIFSImage: Format {
  let name = "UBIFS"

  func recognises(_ head: FileHead) -> Bool {
    // The first node is the superblock.
    head.has(UBIFSNodes.magic) && head.bytes.count > 20 && head.bytes[20] == 6
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let blockSize = try source.u32(at: range.lowerBound + 36)
    guard (4096...16 << 20).contains(blockSize) else {
      throw .malformed(at: range.lowerBound + 36, "a block's size makes no sense")
    }
    var place = range.lowerBound
    var number = 0
    while place < range.upperBound {
      let count = min(blockSize, range.upperBound - place)
      try layout.add(
        "block", at: place, count: count, .structure(UBIFSNodes(prefix: "")), role: .data,
        in: layout.group("block \(number)"))
      place += count
      number += 1
    }
  }
}

/// The nodes of one logical erase block, `ubifs-media.h` of Linux; each is known by what it is about.
struct UBIFSNodes: Structure {
  static let magic: [UInt8] = [0x31, 0x18, 0x10, 0x06]

  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while place <= range.upperBound - 24 {
      guard try source.has(Self.magic, at: place) else { break }
      let length = try source.u32(at: place + 16)
      guard length >= 24, length <= range.upperBound - place else {
        throw .malformed(at: place + 16, "a node's length makes no sense")
      }
      try layOutNode(&source, place..<place + length, into: &layout)
      place += length
      // Nodes begin at multiples of eight; what fills the page is a node of its own.
      let filling = min((8 - (place - range.lowerBound) % 8) % 8, range.upperBound - place)
      if filling > 0 { try layout.add("\(prefix)filling", at: place, count: filling, .opaque, role: .padding) }
      place += filling
    }
    if place < range.upperBound {
      try layout.add("\(prefix)free space", at: place, count: range.upperBound - place, .opaque, role: .padding)
    }
  }

  private func layOutNode(
    _ source: inout ByteSource, _ node: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let type = try source.byte(at: node.lowerBound + 20)
    let place = node.lowerBound + 24
    var title = Self.names[type] ?? "unknown node"
    var fields: [FieldRow] = []
    switch type {
    case 0 where node.count >= 160:
      title = "inode \(try source.u32(at: place))"
      fields = Self.inode
    case 1 where node.count >= 48:
      title = "data of inode \(try source.u32(at: place))"
      fields = Self.data
    case 2 where node.count >= 57:
      let length = min(try source.u16(at: place + 26), node.count - 56)
      title = "entry " + ExactText.text(try source.bytes(at: place + 32, count: length))
      fields = Self.entry
    case 6 where node.count >= 4096: fields = Self.superblock
    case 7 where node.count >= 512: fields = Self.master
    default: break
    }
    title = prefix + title + " "
    try layout.addFields(Self.header, at: node.lowerBound, prefix: title)
    let rest = try layout.addFields(fields, at: place, prefix: title)
    if rest < node.upperBound {
      try layout.add(
        "\(title)content", at: rest, count: node.upperBound - rest, .opaque, role: type == 5 ? .padding : .data)
    }
  }

  private static let names: [UInt8: String] = [
    0: "inode", 1: "data", 2: "entry", 3: "extended attribute entry", 4: "truncation", 5: "padding", 6: "superblock",
    7: "master", 8: "reference", 9: "index", 10: "commit start", 11: "orphans", 12: "authentication",
    13: "signature",
  ]

  private static let compressions: [UInt64: String] = [0: "none", 1: "lzo", 2: "zlib", 3: "zstd"]

  private static let header: [FieldRow] = [
    ("magic", 4, .bytes, nil), ("checksum", 4, .hexadecimal(.little), .checksum),
    ("sequence number", 8, .unsigned(.little), .data), ("length", 4, .unsigned(.little), .size),
    ("type", 1, .names(.little, names.reduce(into: [:]) { $0[UInt64($1.key)] = $1.value }), nil),
    ("group type", 1, .unsigned(.little), .data), ("header padding", 2, .bytes, .padding),
  ]

  private static let inode: [FieldRow] = [
    ("key", 16, .bytes, .data), ("creation sequence number", 8, .unsigned(.little), .data),
    ("size", 8, .unsigned(.little), .size), ("atime", 8, .seconds(.little), .time),
    ("ctime", 8, .seconds(.little), .time), ("mtime", 8, .seconds(.little), .time),
    ("atime nanoseconds", 4, .unsigned(.little), .time), ("ctime nanoseconds", 4, .unsigned(.little), .time),
    ("mtime nanoseconds", 4, .unsigned(.little), .time), ("links", 4, .unsigned(.little), .size),
    ("uid", 4, .unsigned(.little), .owner), ("gid", 4, .unsigned(.little), .owner),
    ("mode", 4, .mode(.little), .mode), ("flags", 4, .hexadecimal(.little), .flags),
    ("data length", 4, .unsigned(.little), .size), ("extended attributes", 16, .bytes, .size),
    ("compression", 2, .names(.little, compressions), .compression), ("reserved", 26, .bytes, .padding),
  ]

  private static let data: [FieldRow] = [
    ("key", 16, .bytes, .data), ("size", 4, .unsigned(.little), .size),
    ("compression", 2, .names(.little, compressions), .compression), ("compressed size", 2, .unsigned(.little), .size),
  ]

  private static let entry: [FieldRow] = [
    ("key", 16, .bytes, .data), ("inode number", 8, .unsigned(.little), .data),
    ("entry padding", 1, .bytes, .padding), ("inode type", 1, .unsigned(.little), .data),
    ("name length", 2, .unsigned(.little), .size),
    // Random for extended attributes only.
    ("cookie", 4, .hexadecimal(.little), .identity),
  ]

  private static let superblock: [FieldRow] = [
    ("superblock padding", 2, .bytes, .padding), ("key hash", 1, .unsigned(.little), .data),
    ("key format", 1, .unsigned(.little), .data), ("flags", 4, .hexadecimal(.little), .flags),
    ("least input or output", 4, .unsigned(.little), .data), ("block size", 4, .unsigned(.little), .data),
    ("block count", 4, .unsigned(.little), .size), ("greatest block count", 4, .unsigned(.little), .data),
    ("greatest bud size", 8, .unsigned(.little), .data), ("log blocks", 4, .unsigned(.little), .data),
    ("tree blocks", 4, .unsigned(.little), .data), ("orphan blocks", 4, .unsigned(.little), .data),
    ("journal heads", 4, .unsigned(.little), .data), ("fanout", 4, .unsigned(.little), .data),
    ("save table", 4, .unsigned(.little), .data), ("format version", 4, .unsigned(.little), .version),
    ("default compression", 2, .names(.little, compressions), .compression), ("reserved", 2, .bytes, .padding),
    ("reserve's uid", 4, .unsigned(.little), .owner), ("reserve's gid", 4, .unsigned(.little), .owner),
    ("reserve size", 8, .unsigned(.little), .data), ("time granularity", 4, .unsigned(.little), .data),
    ("UUID", 16, .bytes, .identity), ("compatible version", 4, .unsigned(.little), .version),
    ("authentication", 64 + 64 + 2, .bytes, .signature),
  ]

  private static let master: [FieldRow] = [
    ("highest inode", 8, .unsigned(.little), .data), ("commit number", 8, .unsigned(.little), .data),
    ("master flags", 4, .hexadecimal(.little), .flags),
  ]
}
