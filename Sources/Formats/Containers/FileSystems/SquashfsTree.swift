import Model

/// The decoded bytes of a squashfs table, and where each of its blocks begins in them.
private struct SquashfsMetadata {
  /// The most that is decoded, in bytes.
  static let limit = 64 << 20

  private(set) var bytes: [UInt8] = []
  private var starts: [Int64: Int] = [:]

  init(_ source: inout ByteSource, _ range: Range<Int64>, _ codec: Codec?) throws(FormatError) {
    var place = range.lowerBound
    while place <= range.upperBound - 2 {
      let head = try source.u16(at: place)
      let size = Int64(head & 0x7FFF)
      guard size > 0, size <= 8192, size <= range.upperBound - place - 2 else { return }
      guard bytes.count < Self.limit else { throw .tooMuch("a table is larger than 64 MiB") }
      starts[place - range.lowerBound] = bytes.count
      let stored = try source.bytes(at: place + 2, count: Int(size))
      if head & 0x8000 != 0 {
        bytes += stored
      } else {
        guard let decoded = codec.flatMap({ source.decoded($0, stored, limit: 8192) }) else {
          throw .tooMuch("a table is compressed")
        }
        bytes += decoded
      }
      place += 2 + size
    }
  }

  func place(block: Int64, offset: Int) -> Int? { starts[block].map { $0 + offset } }

  func number(_ place: Int, _ count: Int) throws(FormatError) -> Int64 {
    guard place >= 0, place <= bytes.count - count else { throw .malformed(at: 0, "a table ends too soon") }
    return bytes[place..<place + count].reversed().reduce(0) { ($0 & 0x7F_FFFF_FFFF_FFFF) << 8 | Int64($1) }
  }
}

/// Walks the folders of a squashfs image and names the blocks of its files.
struct SquashfsTree {
  let tables: SquashfsTables
  let codec: Codec?
  let data: Range<Int64>
  private var named: [Range<Int64>] = []

  init(tables: SquashfsTables, codec: Codec?, data: Range<Int64>) {
    (self.tables, self.codec, self.data) = (tables, codec, data)
  }

  /// What of the data got no name.
  func unnamed() -> [Range<Int64>] {
    var gaps: [Range<Int64>] = []
    var place = data.lowerBound
    for range in named.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > place { gaps.append(place..<range.lowerBound) }
      place = max(place, range.upperBound)
    }
    if place < data.upperBound { gaps.append(place..<data.upperBound) }
    return gaps
  }

  private struct Inode {
    let kind: Int64
    /// Of a folder: its listing. Of a file: its first block, from the start of the image.
    var block: Int64 = 0
    var offset = 0
    var size: Int64 = 0
    /// Of a file: its blocks' sizes.
    var sizes: [Int64] = []
  }

  mutating func layOut(_ source: inout ByteSource, into layout: inout LayoutBuilder) throws(FormatError) {
    try layOutFragments(&source, into: &layout)
    let inodes = try SquashfsMetadata(&source, tables.inodes, codec)
    let folders = try SquashfsMetadata(&source, tables.folders, codec)
    var budget = TreeBudget(size: data.upperBound + Int64(inodes.bytes.count + folders.bytes.count))
    let root = tables.root
    guard let first = inodes.place(block: Int64(root >> 16 & 0xFFFF_FFFF), offset: Int(root & 0xFFFF)) else { return }
    var pending = [(place: first, path: "", depth: 0)]
    var visited: Set<Int> = [first]
    var next = 0
    while next < pending.count {
      let item = pending[next]
      next += 1
      let inode = try read(inodes, item.place)
      if inode.kind == 1 {
        guard item.depth < TreeBudget.depthLimit else { throw .tooMuch("folders are nested too deep") }
        for entry in try list(inode, folders, inodes, &budget) where visited.insert(entry.place).inserted {
          let path = (item.path.isEmpty ? "" : item.path + "/") + entry.name
          try budget.take(path.utf8.count)
          pending.append((entry.place, path, item.depth + 1))
        }
      } else if inode.kind == 2, !inode.sizes.isEmpty {
        try add(inode, layout.group(item.path, isMember: true), into: &layout)
      }
    }
  }

  private mutating func add(
    _ inode: Inode, _ group: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard inode.block <= data.upperBound else {
      throw .malformed(at: tables.inodes.lowerBound, "a file is outside of the data")
    }
    var place = tables.start + inode.block
    for word in inode.sizes {
      let size = word & 0xFF_FFFF
      if size == 0 { continue }
      guard place >= data.lowerBound, size <= data.upperBound - place else {
        throw .malformed(at: place, "a file's block is outside of the data")
      }
      let shape: Shape = word & 0x100_0000 != 0 ? .file() : codec.map { .file($0) } ?? .opaque
      try layout.add("content", at: place, count: size, shape, role: .data, in: group)
      try take(place..<place + size)
      place += size
    }
  }

  private mutating func take(_ range: Range<Int64>) throws(FormatError) {
    named.append(range)
    guard named.count <= data.count / 16 + 16 else { throw .tooMuch("there are more blocks than data") }
  }

  /// Blocks that hold the ends of many files.
  private mutating func layOutFragments(
    _ source: inout ByteSource, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard let index = tables.fragmentIndex else { return }
    let first = try source.u64(at: index)
    guard first <= index - tables.start else { return }
    let table = try SquashfsMetadata(&source, tables.start + first..<index, codec)
    for entry in 0..<Int(min(tables.fragmentCount, Int64(table.bytes.count / 16))) {
      let stored = try table.number(entry * 16, 8)
      guard stored <= data.upperBound else { continue }
      let place = tables.start + stored
      let word = try table.number(entry * 16 + 8, 4)
      let size = word & 0xFF_FFFF
      guard place >= data.lowerBound, place <= data.upperBound, size <= data.upperBound - place else { continue }
      let shape: Shape = word & 0x100_0000 != 0 ? .opaque : codec.map { .file($0, name: "ends of files") } ?? .opaque
      try layout.add("ends of files", at: place, count: size, shape, role: .data)
      try take(place..<place + size)
    }
  }

  private func read(_ table: SquashfsMetadata, _ place: Int) throws(FormatError) -> Inode {
    let kind = try table.number(place, 2)
    switch kind {
    case 1:
      return Inode(
        kind: 1, block: try table.number(place + 16, 4), offset: Int(try table.number(place + 26, 2)),
        size: try table.number(place + 24, 2))
    case 8:
      return Inode(
        kind: 1, block: try table.number(place + 24, 4), offset: Int(try table.number(place + 34, 2)),
        size: try table.number(place + 20, 4))
    case 2, 9:
      let isLong = kind == 9
      let size = try table.number(place + (isLong ? 24 : 28), isLong ? 8 : 4)
      let fragment = try table.number(place + (isLong ? 44 : 20), 4)
      let sizesPlace = place + (isLong ? 56 : 32)
      let whole = size / tables.blockSize
      let count = fragment == 0xFFFF_FFFF && size % tables.blockSize != 0 ? whole + 1 : whole
      guard count <= Int64(max(0, table.bytes.count - sizesPlace) / 4) else {
        throw .malformed(at: tables.inodes.lowerBound, "a file has more blocks than the table")
      }
      var inode = Inode(kind: 2, block: try table.number(place + 16, isLong ? 8 : 4), size: size)
      for index in 0..<Int(count) { inode.sizes.append(try table.number(sizesPlace + 4 * index, 4)) }
      return inode
    default: return Inode(kind: kind)
    }
  }

  /// The entries of a folder: runs, each with a header that says in which block their inodes are.
  private func list(
    _ folder: Inode, _ folders: SquashfsMetadata, _ inodes: SquashfsMetadata, _ budget: inout TreeBudget
  ) throws(FormatError) -> [(name: String, place: Int)] {
    // The size counts two entries that are not written.
    guard folder.size > 3, let begin = folders.place(block: folder.block, offset: folder.offset) else { return [] }
    let end = begin + Int(folder.size) - 3
    guard end <= folders.bytes.count else { throw .malformed(at: tables.folders.lowerBound, "a folder is too long") }
    try budget.take(end - begin)
    var found: [(name: String, place: Int)] = []
    var place = begin
    while place < end {
      let count = Int(try folders.number(place, 4)) + 1
      let block = try folders.number(place + 4, 4)
      place += 12
      guard count <= 256 else { throw .malformed(at: tables.folders.lowerBound, "a folder's run is too long") }
      for _ in 0..<count where place < end {
        let offset = Int(try folders.number(place, 2))
        let length = Int(try folders.number(place + 6, 2)) + 1
        guard length <= 256, place + 8 + length <= folders.bytes.count else {
          throw .malformed(at: tables.folders.lowerBound, "a name is too long")
        }
        let name = ExactText.text(Array(folders.bytes[place + 8..<place + 8 + length]))
        if let inode = inodes.place(block: block, offset: offset) { found.append((name, inode)) }
        place += 8 + length
      }
    }
    return found
  }
}
