import Model

/// A FAT file system of 12, 16 or 32 bits, with long names.
///
/// Microsoft, FAT32 File System Specification 1.03 (`fatgen103`).
struct FATFileSystem: Format {
  let name = "FAT file system"

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 512, head.has([0x55, 0xAA], at: 510) else { return false }
    let bytes = head.bytes
    // Other boot sectors have the mark as well; only these fields make sense together.
    guard bytes[0] == 0xE9 || bytes[0] == 0xEB && bytes[2] == 0x90, bytes[11] == 0, [2, 4, 8, 16].contains(bytes[12]),
      bytes[13].nonzeroBitCount == 1, (1...2).contains(bytes[16]), bytes[21] == 0xF0 || bytes[21] >= 0xF8,
      bytes[14] != 0 || bytes[15] != 0
    else { return false }
    let has16BitTable = bytes[22] != 0 || bytes[23] != 0
    return has16BitTable || bytes[36..<40].contains { $0 != 0 }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let shape = try FATShape(&source, range)
    let start = range.lowerBound
    try layout.add("boot sector", at: start, count: shape.sector, .structure(FATBootSector(is32: shape.bits == 32)))
    try addReserved(&source, shape, into: &layout)
    for copy in 0..<shape.copies {
      let place = shape.table + copy * shape.tableSize
      guard copy == 0 else {
        // The copies are those of the first one.
        try layout.add("allocation table copy", at: place, count: shape.tableSize, .opaque, role: .checksum)
        continue
      }
      try layout.add("allocation table", at: place, count: shape.tableSize, .structure(FATTable(bits: shape.bits)))
    }
    var tree = try FATTree(&source, shape)
    try tree.layOut(&source, into: &layout)
    let rest = shape.data + shape.clusterCount * shape.cluster
    let end = max(rest, min(shape.end, range.upperBound))
    if rest < end {
      try layout.add("sectors after the last cluster", at: rest, count: end - rest, .opaque, role: .padding)
    }
    try layout.addTrailer("trailer", at: end, end: range.upperBound, &source)
    if let flaw = tree.flaw { throw flaw }
    guard shape.end <= range.upperBound else { throw .truncated(at: range.upperBound) }
  }

  /// What lies between the boot sector and the tables.
  private func addReserved(
    _ source: inout ByteSource, _ shape: FATShape, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var known: [Int64: (name: String, Shape, Difference.Role)] = [:]
    if shape.bits == 32 {
      let (information, backup) = (try source.u16(at: shape.start + 48), try source.u16(at: shape.start + 50))
      known[Int64(information)] = ("information sector", .structure(FATInformation()), .size)
      // Both are copies of others.
      known[Int64(backup)] = ("backup boot sector", .opaque, .checksum)
      known[Int64(backup) + 1] = ("backup information sector", .opaque, .checksum)
    }
    var place = shape.start + shape.sector
    while place < shape.table {
      let index = (place - shape.start) / shape.sector
      let next = known.keys.filter { $0 > index }.min().map { shape.start + $0 * shape.sector } ?? shape.table
      if let (name, form, role) = known[index] {
        try layout.add(name, at: place, count: shape.sector, form, role: role)
        place += shape.sector
      } else {
        let end = min(next, shape.table)
        try layout.add("reserved sectors", at: place, count: end - place, .opaque, role: .padding)
        place = end
      }
    }
  }
}

/// Where the parts of a FAT file system are, in bytes.
struct FATShape {
  let start: Int64
  let sector: Int64
  let cluster: Int64
  /// 12, 16 or 32: the length of an entry of the table.
  let bits: Int
  let table: Int64
  let tableSize: Int64
  let copies: Int64
  /// Empty where the root is a chain of clusters.
  let root: Range<Int64>
  /// Zero where the root has a place of its own.
  let rootCluster: Int64
  let data: Int64
  /// Of those that are within the file.
  let clusterCount: Int64
  /// Where all sectors end, which may be behind the file's end.
  let end: Int64

  init(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    start = range.lowerBound
    sector = Int64(try source.u16(at: start + 11))
    cluster = sector * Int64(try source.byte(at: start + 13))
    guard sector >= 512, cluster > 0 else { throw .malformed(at: start + 11, "a cluster has no size") }
    table = start + sector * Int64(try source.u16(at: start + 14))
    copies = Int64(try source.byte(at: start + 16))
    let short = Int64(try source.u16(at: start + 22))
    tableSize = sector * (short > 0 ? short : try source.u32(at: start + 36))
    let rootSize = 32 * Int64(try source.u16(at: start + 17))
    root = table + copies * tableSize..<table + copies * tableSize + rootSize
    rootCluster = short > 0 ? 0 : try source.u32(at: start + 44)
    data = root.lowerBound + (rootSize + sector - 1) / sector * sector
    let few = Int64(try source.u16(at: start + 19))
    end = start + sector * (few > 0 ? few : try source.u32(at: start + 32))
    guard data <= end else { throw .malformed(at: start + 14, "the tables are longer than the file system") }
    let count = (end - data) / cluster
    bits = short == 0 ? 32 : count < 4085 ? 12 : 16
    guard data <= range.upperBound else { throw .truncated(at: range.upperBound) }
    clusterCount = min(count, (range.upperBound - data) / cluster, tableSize * 8 / Int64(bits))
  }

  /// The bytes of a cluster; nil for a number that is none of one.
  func place(_ number: Int64) -> Range<Int64>? {
    guard number >= 2, number - 2 < clusterCount else { return nil }
    let first = data + (number - 2) * cluster
    return first..<first + cluster
  }
}

/// The first sector: how the file system is made, and a program.
struct FATBootSector: Structure {
  let is32: Bool

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = try layout.addFields(Self.fields, at: range.lowerBound)
    if is32 { place = try layout.addFields(Self.longFields, at: place) }
    place = try layout.addFields(Self.volume, at: place)
    let mark = range.lowerBound + 510
    try layout.add("boot code", at: place, count: mark - place, .opaque, role: .code)
    try layout.add("boot mark", at: mark, count: 2, .field(.bytes))
    if mark + 2 < range.upperBound {
      try layout.add(
        "rest of the boot sector", at: mark + 2, count: range.upperBound - mark - 2, .opaque, role: .padding)
    }
  }

  private static let fields: [FieldRow] = [
    ("jump", 3, .bytes, .code), ("OEM name", 8, .text, .generator), ("bytes in a sector", 2, .unsigned(.little), .data),
    ("sectors in a cluster", 1, .unsigned(.little), .data), ("reserved sector count", 2, .unsigned(.little), .data),
    ("allocation table count", 1, .unsigned(.little), .data), ("root entry count", 2, .unsigned(.little), .data),
    ("short sector count", 2, .unsigned(.little), .size), ("media", 1, .hexadecimal(.little), .data),
    ("short allocation table size", 2, .unsigned(.little), .size), ("sectors in a track", 2, .unsigned(.little), .data),
    ("head count", 2, .unsigned(.little), .data), ("hidden sector count", 4, .unsigned(.little), .offset),
    ("sector count", 4, .unsigned(.little), .size),
  ]

  private static let longFields: [FieldRow] = [
    ("allocation table size", 4, .unsigned(.little), .size), ("mirroring flags", 2, .hexadecimal(.little), .flags),
    ("version", 2, .hexadecimal(.little), .version), ("root cluster", 4, .unsigned(.little), .offset),
    ("information sector number", 2, .unsigned(.little), .offset),
    ("backup boot sector number", 2, .unsigned(.little), .offset), ("reserved", 12, .bytes, .padding),
  ]

  private static let volume: [FieldRow] = [
    ("drive number", 1, .hexadecimal(.little), .data), ("volume flags", 1, .hexadecimal(.little), .flags),
    ("extended boot mark", 1, .hexadecimal(.little), nil),
    // Made of the clock, unless it is given.
    ("volume ID", 4, .hexadecimal(.little), .identity), ("volume label", 11, .text, .name),
    ("file system type", 8, .text, nil),
  ]
}

/// How many clusters are free, as the one who wrote last knew it.
struct FATInformation: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let end = try layout.addFields(Self.fields, at: range.lowerBound, prefix: "information ")
    if end < range.upperBound {
      try layout.add("information filling", at: end, count: range.upperBound - end, .opaque, role: .padding)
    }
  }

  private static let fields: [FieldRow] = [
    ("mark", 4, .text, nil), ("reserved", 480, .bytes, .padding), ("second mark", 4, .text, nil),
    ("free cluster count", 4, .unsigned(.little), .size), ("next free cluster", 4, .unsigned(.little), .offset),
    ("reserved end", 12, .bytes, .padding), ("end mark", 4, .bytes, nil),
  ]
}

/// For each cluster the next one of its file; what the first two entries would be are marks.
struct FATTable: Structure {
  let bits: Int

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let length: Int64 = bits == 32 ? 4 : bits == 16 ? 2 : 3
    if bits == 12 {
      try layout.add("media and end mark", at: range.lowerBound, count: length, .field(.bytes), role: .flags)
    } else {
      try layout.addFields(
        [
          ("media mark", length, .hexadecimal(.little), .flags),
          // Two bits of it say that the file system was in use, or had errors.
          ("end mark and state", length, .hexadecimal(.little), .flags),
        ], at: range.lowerBound)
    }
    let place = range.lowerBound + (bits == 12 ? 3 : 2 * length)
    guard place < range.upperBound else { return }
    // Which clusters a file has follows from how long it and those before it are.
    try layout.add("cluster chains", at: place, count: range.upperBound - place, .opaque, role: .offset)
  }
}
