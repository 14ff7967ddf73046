import Model

/// A squashfs 4 image: data in blocks, then tables of inodes, folders, fragments and users, mostly compressed.
///
/// Where tables can be read (stored, or of a compression with a decoder), the data's blocks are named by their files;
/// else they are one region.
struct SquashfsImage: Format {
  let name = "squashfs"

  func recognises(_ head: FileHead) -> Bool {
    head.has("hsqs") && head.size >= 96 && head.has([4, 0], at: 28)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.addFields(Self.superblock, at: start)
    let compression = try source.u16(at: start + 20)
    let codec = Self.codecs[compression]
    var data = start + 96
    if try source.u16(at: start + 24) & 0x400 != 0 {
      let length = 2 + (Int64(try source.u16(at: data)) & 0x7FFF)
      try layout.add("compressor options", at: data, count: length, .field(.bytes), role: .compression)
      data += length
    }
    let used = try source.u64(at: start + 40)
    guard used <= range.upperBound - start else { throw .truncated(at: range.upperBound) }
    let end = start + used
    let tables = try SquashfsTables(&source, start..<end)
    try tables.layOut(&source, codec, into: &layout)
    let dataEnd = max(data, min(tables.inodes.lowerBound, end))
    var walk = SquashfsTree(tables: tables, codec: codec, data: data..<dataEnd)
    do {
      try walk.layOut(&source, into: &layout)
    } catch {
      // Without the tables the data is named as a whole; whatever was named stays.
      if case .unreadable = error { throw error }
    }
    for rest in walk.unnamed() {
      try layout.add("data blocks", at: rest.lowerBound, count: Int64(rest.count), .opaque, role: .data)
    }
    try layout.addTrailer("trailer", at: end, end: range.upperBound, &source)
  }

  /// What decodes the blocks; lzo and lz4's bare blocks have no file format of their own.
  private static let codecs: [Int: Codec] = [1: .zlib, 2: .lzma, 4: .xz, 6: .zstd]

  private static let superblock: [FieldRow] = [
    ("magic", 4, .text, nil), ("inode count", 4, .unsigned(.little), .size), ("time", 4, .seconds(.little), .time),
    ("block size", 4, .unsigned(.little), .compression), ("fragment count", 4, .unsigned(.little), .size),
    (
      "compressor", 2,
      .names(.little, [1: "gzip", 2: "lzma", 3: "lzo", 4: "xz", 5: "lz4", 6: "zstd"]), .compression
    ),
    ("block size logarithm", 2, .unsigned(.little), .compression), ("flags", 2, .bits(.little, flags), .flags),
    ("user and group count", 2, .unsigned(.little), .size), ("major version", 2, .unsigned(.little), nil),
    ("minor version", 2, .unsigned(.little), nil), ("root inode", 8, .hexadecimal(.little), .offset),
    ("bytes used", 8, .unsigned(.little), .size), ("users table offset", 8, .hexadecimal(.little), .offset),
    ("attributes table offset", 8, .hexadecimal(.little), .offset),
    ("inode table offset", 8, .hexadecimal(.little), .offset),
    ("folder table offset", 8, .hexadecimal(.little), .offset),
    ("fragment table offset", 8, .hexadecimal(.little), .offset),
    ("export table offset", 8, .hexadecimal(.little), .offset),
  ]

  private static let flags: [(bit: UInt64, name: String)] = [
    (1, "inodes stored"), (2, "data stored"), (8, "fragments stored"), (0x10, "no fragments"),
    (0x20, "always fragments"), (0x40, "duplicates found"), (0x80, "exportable"), (0x100, "attributes stored"),
    (0x200, "no attributes"), (0x400, "compressor options"), (0x800, "users stored"),
  ]
}

/// Where the tables are, and how their blocks are read.
struct SquashfsTables {
  /// Where the image begins; places are counted from here.
  let start: Int64
  /// A table, or how far its blocks reach.
  let inodes: Range<Int64>
  let folders: Range<Int64>
  let root: UInt64
  let blockSize: Int64
  let fragmentIndex: Int64?
  let fragmentCount: Int64
  private let areas: [(name: String, blocks: Range<Int64>, index: Range<Int64>)]

  init(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    start = range.lowerBound
    let start = start
    func place(_ source: inout ByteSource, _ offset: Int64) throws(FormatError) -> Int64? {
      let value = try source.unsigned(at: start + offset, count: 8)
      if value == UInt64.max { return nil }
      guard value <= UInt64(range.count) else {
        throw .malformed(at: start + offset, "a table is outside of the image")
      }
      return start + Int64(value)
    }
    root = try source.unsigned(at: start + 32, count: 8)
    blockSize = try source.u32(at: start + 12)
    guard (4096...1 << 20).contains(blockSize) else {
      throw .malformed(at: start + 12, "a block's size makes no sense")
    }
    fragmentCount = try source.u32(at: start + 16)
    guard let inodeStart = try place(&source, 64), let folderStart = try place(&source, 72) else {
      throw .malformed(at: start + 64, "a table is missing")
    }
    // The tables with an index: its entries say where the blocks are, which lie before it.
    var indexed: [(name: String, blocks: Int64, index: Range<Int64>)] = []
    let fragments = try place(&source, 80)
    fragmentIndex = fragmentCount > 0 ? fragments : nil
    let users = Int64(try source.u16(at: start + 26))
    let inodeCount = try source.u32(at: start + 4)
    let exports = try place(&source, 88)
    for (name, place, count) in [
      ("fragment table", fragmentIndex, (fragmentCount * 16 + 8191) / 8192 * 8),
      ("export table", exports, (inodeCount * 8 + 8191) / 8192 * 8),
      ("users table", try place(&source, 48), (users * 4 + 8191) / 8192 * 8),
    ] {
      guard let place, count > 0, place <= range.upperBound - count else { continue }
      indexed.append((name, start + min(try source.u64(at: place), Int64(range.count)), place..<place + count))
    }
    if let attributes = try place(&source, 56), attributes <= range.upperBound - 16 {
      let count = 16 + (try source.u32(at: attributes + 8) * 16 + 8191) / 8192 * 8
      indexed.append(
        (
          "attributes table", start + min(try source.u64(at: attributes), Int64(range.count)),
          attributes..<min(attributes + count, range.upperBound)
        ))
    }
    indexed.sort { $0.index.lowerBound < $1.index.lowerBound }
    let next = indexed.first.map { min($0.blocks, $0.index.lowerBound) } ?? range.upperBound
    guard inodeStart <= folderStart, folderStart <= next, next <= range.upperBound else {
      throw .malformed(at: start + 64, "the tables are not in their order")
    }
    (inodes, folders) = (inodeStart..<folderStart, folderStart..<next)
    areas = indexed.compactMap { entry in
      guard entry.blocks >= next, entry.blocks <= entry.index.lowerBound else { return nil }
      return (entry.name, entry.blocks..<entry.index.lowerBound, entry.index)
    }
  }

  func layOut(
    _ source: inout ByteSource, _ codec: Codec?, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layOutBlocks(&source, inodes, "inode table", codec, into: &layout)
    try layOutBlocks(&source, folders, "folder table", codec, into: &layout)
    for area in areas {
      try layOutBlocks(&source, area.blocks, area.name, codec, into: &layout)
      try layout.add(
        "\(area.name) index", at: area.index.lowerBound, count: Int64(area.index.count), .opaque, role: .offset)
    }
  }

  private func layOutBlocks(
    _ source: inout ByteSource, _ range: Range<Int64>, _ name: String, _ codec: Codec?,
    into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while place <= range.upperBound - 2 {
      let head = try source.u16(at: place)
      let size = Int64(head & 0x7FFF)
      let left = range.upperBound - place - 2
      // Only a table's last block is short.
      guard size > 8 || size == left, size > 0, size <= min(8192, left) else { return }
      try layout.add("\(name) block size", at: place, count: 2, .field(.hexadecimal(.little)), role: .size)
      let isStored = head & 0x8000 != 0
      let shape: Shape = isStored ? .opaque : codec.map { .file($0, name: name) } ?? .opaque
      try layout.add(name, at: place + 2, count: size, shape, role: isStored ? .data : .compression)
      place += 2 + size
    }
  }
}
