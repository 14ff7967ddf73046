import Model

/// A cramfs image: inodes with their names, folders' lists of them, then files in blocks that are compressed by zlib.
///
/// `Documentation/filesystems/cramfs.rst` and `cramfs_fs.h` of Linux.
struct CramfsImage: Format {
  let name = "cramfs"

  static let blockSize: Int64 = 4096
  private static let magic: [UInt8] = [0x45, 0x3D, 0xCD, 0x28]

  func recognises(_ head: FileHead) -> Bool {
    // The magic may come after a boot loader's block of 512 bytes.
    [0, 512].contains { head.has(Self.mark, at: $0 + 16) && order(head, at: $0) != nil }
  }

  private static let mark = Array("Compressed ROMFS".utf8)

  private func order(_ head: FileHead, at place: Int) -> ByteOrder? {
    head.has(Self.magic, at: place) ? .little : head.has(Self.magic.reversed(), at: place) ? .big : nil
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let isShifted = try !source.has(Self.mark, at: start + 16)
    if isShifted { try layout.add("boot block", at: start, count: 512, .opaque, role: .padding) }
    let block = start + (isShifted ? 512 : 0)
    let order: ByteOrder = try source.has(Self.magic, at: block) ? .little : .big
    try layout.addFields(Self.header(order), at: block)
    let size = try source.u32(at: block + 4, order)
    let root = layout.group("/")
    try layout.add("inode", at: block + 64, count: 12, .structure(CramfsInode(order: order)), in: root)
    var walk = CramfsTree(range, order)
    try walk.layOut(&source, root: block + 64, group: root, into: &layout)
    let end = min(start + size, range.upperBound)
    if walk.end < end {
      try layout.add("padding", at: walk.end, count: end - walk.end, .opaque, role: .padding)
    }
    try layout.addTrailer("trailer", at: max(end, walk.end), end: range.upperBound, &source)
  }

  private static func header(_ order: ByteOrder) -> [FieldRow] {
    [
      ("magic", 4, .bytes, nil), ("size", 4, .unsigned(order), .size), ("flags", 4, .bits(order, flags), .flags),
      ("future", 4, .bytes, .padding), ("mark", 16, .text, nil), ("checksum", 4, .hexadecimal(order), .checksum),
      ("edition", 4, .unsigned(order), .version), ("block count", 4, .unsigned(order), .size),
      ("file count", 4, .unsigned(order), .size), ("volume name", 16, .text, .name),
    ]
  }

  private static let flags: [(bit: UInt64, name: String)] = [
    (1, "version 2"), (2, "sorted folders"), (0x100, "holes"), (0x200, "wrong signature"),
    (0x400, "shifted root offset"), (0x800, "extended block pointers"),
  ]
}

/// An inode: mode, user, size, group, length of the name, place of the content; the smaller ones share words.
struct CramfsInode: Structure {
  let order: ByteOrder

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let order = order
    try layout.addFields(
      [
        ("mode", 2, .mode(order), .mode), ("uid", 2, .unsigned(order), .owner),
        ("size", 3, .unsigned(order), .size), ("gid", 1, .unsigned(order), .owner),
        ("name length and place", 4, .custom { Self.place($0, order) }, .offset),
      ], at: range.lowerBound)
  }

  private static func place(_ bytes: [UInt8], _ order: ByteOrder) -> String? {
    guard bytes.count == 4 else { return nil }
    let word = (order == .big ? bytes : bytes.reversed()).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let (length, place) = order == .little ? (word & 63, word >> 6) : (word >> 26, word & 0x3FF_FFFF)
    return "name of \(length * 4) bytes, content at \(place * 4)"
  }
}

/// Walks the folders of a cramfs image.
struct CramfsTree {
  private struct Inode {
    let mode: Int
    let size: Int64
    let nameLength: Int64
    let place: Int64
  }

  private let range: Range<Int64>
  private let order: ByteOrder
  private var budget: TreeBudget
  /// Where the last part that was named ends.
  private(set) var end: Int64

  init(_ range: Range<Int64>, _ order: ByteOrder) {
    (self.range, self.order) = (range, order)
    budget = TreeBudget(size: Int64(range.count))
    end = range.lowerBound + 76
  }

  mutating func layOut(
    _ source: inout ByteSource, root: Int64, group: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var folders = [(inode: try inode(&source, root), path: "", depth: 0)]
    var visited: Set<Int64> = []
    var contents: Set<Int64> = []
    var next = 0
    while next < folders.count {
      let folder = folders[next]
      next += 1
      guard folder.depth < TreeBudget.depthLimit else { throw .tooMuch("folders are nested too deep") }
      guard folder.inode.size > 0, visited.insert(folder.inode.place).inserted else { continue }
      var place = folder.inode.place
      let folderEnd = place + folder.inode.size
      try budget.take(Int(folder.inode.size))
      end = max(end, folderEnd)
      while place < folderEnd {
        let found = try inode(&source, place)
        let name = try source.bytes(at: place + 12, count: Int(found.nameLength)).prefix { $0 != 0 }
        let path = (folder.path.isEmpty ? "" : folder.path + "/") + ExactText.text(Array(name))
        try budget.take(path.utf8.count)
        let group = layout.group(path, isMember: true)
        try layout.add("inode", at: place, count: 12, .structure(CramfsInode(order: order)), in: group)
        if found.nameLength > 0 {
          try layout.add("name", at: place + 12, count: found.nameLength, .field(.text), role: .name, in: group)
        }
        place += 12 + found.nameLength
        switch found.mode & 0xF000 {
        case 0x4000: folders.append((found, path, folder.depth + 1))
        case 0x8000, 0xA000:
          // Files with the same content share it.
          guard found.size > 0, contents.insert(found.place).inserted else { continue }
          try addContent(found, &source, into: &layout, group)
        default: continue
        }
      }
    }
  }

  /// A pointer for each block to its end, then the blocks.
  private mutating func addContent(
    _ inode: Inode, _ source: inout ByteSource, into layout: inout LayoutBuilder, _ group: Int
  ) throws(FormatError) {
    let count = (inode.size + CramfsImage.blockSize - 1) / CramfsImage.blockSize
    try budget.take(Int(64 * count))
    try layout.add("block pointers", at: inode.place, count: 4 * count, .opaque, role: .offset, in: group)
    var place = inode.place + 4 * count
    let pointers = try source.bytes(at: inode.place, count: Int(4 * count))
    for index in 0..<Int(count) {
      let bytes = pointers[4 * index..<4 * index + 4]
      let pointer = (order == .big ? Array(bytes) : bytes.reversed()).reduce(Int64(0)) { $0 << 8 | Int64($1) }
      guard pointer & 0xC000_0000 == 0 else {
        throw .malformed(at: inode.place, "block pointers are of the extended kind")
      }
      let blockEnd = range.lowerBound + pointer
      guard blockEnd >= place, blockEnd <= range.upperBound else {
        throw .malformed(at: inode.place, "a block pointer points before its block")
      }
      if blockEnd > place {
        try layout.add("content", at: place, count: blockEnd - place, .file(.zlib), role: .data, in: group)
      }
      place = blockEnd
    }
    let padding = min((4 - (place - range.lowerBound) % 4) % 4, range.upperBound - place)
    if padding > 0 { try layout.add("padding", at: place, count: padding, .opaque, role: .padding, in: group) }
    end = max(end, place + padding)
  }

  private func inode(_ source: inout ByteSource, _ place: Int64) throws(FormatError) -> Inode {
    let mode = try source.u16(at: place, order)
    let sizes = try source.unsigned(at: place + 4, count: 3, order)
    let word = try source.u32(at: place + 8, order)
    let (length, offset) = order == .little ? (word & 63, word >> 6) : (word >> 26, word & 0x3FF_FFFF)
    return Inode(mode: mode, size: Int64(sizes), nameLength: length * 4, place: range.lowerBound + offset * 4)
  }
}
