import Model

/// A disk image with partitions: a GUID partition table (UEFI 2.10 chapter 5) or a master boot record alone.
struct PartitionedDisk: Format {
  let name = "partitioned disk"

  static let sector: Int64 = 512
  private static let efi = Array("EFI PART".utf8)

  func recognises(_ head: FileHead) -> Bool {
    guard head.has([0x55, 0xAA], at: 510) else { return false }
    if head.has(Self.efi, at: 512) { return true }
    // Boot sectors, kernels and programs have the same two bytes; only a table makes sense of these 64.
    let entries = (0..<4).map { Array(head.bytes[446 + 16 * $0..<462 + 16 * $0]) }
    var used = 0
    for entry in entries {
      guard entry[0] == 0 || entry[0] == 0x80 else { return false }
      let first = entry[8..<12].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
      let count = entry[12..<16].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
      if entry[4] == 0 {
        guard entry.allSatisfy({ $0 == 0 }) else { return false }
        continue
      }
      guard first > 0, count > 0, first < head.size / Self.sector else { return false }
      used += 1
    }
    return used > 0
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.add("boot record", at: start, count: Self.sector, .structure(MasterBootRecord()))
    var parts: [Range<Int64>] = []
    if try source.has(Self.efi, at: start + Self.sector) {
      parts = try layOutGUIDTable(&source, range, into: &layout)
    } else {
      for index in 0..<4 as Range<Int64> {
        let entry = start + 446 + 16 * index
        guard try source.byte(at: entry + 4) != 0 else { continue }
        let first = start + (try source.u32(at: entry + 8)) * Self.sector
        let end = first + (try source.u32(at: entry + 12)) * Self.sector
        guard first < range.upperBound else { continue }
        parts.append(first..<min(end, range.upperBound))
        let name = "partition \(index + 1)"
        try layout.add(
          name, at: first, count: min(end, range.upperBound) - first, .file(name: name), role: .data,
          in: layout.group(name))
      }
    }
    try addFree(parts, range, into: &layout)
  }

  /// What lies between partitions; boot loaders are put there.
  private func addFree(
    _ parts: [Range<Int64>], _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound + Self.sector
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if part.lowerBound > place {
        try layout.add("between partitions", at: place, count: part.lowerBound - place, .opaque, role: .padding)
      }
      place = max(place, part.upperBound)
    }
    if place < range.upperBound {
      try layout.add("between partitions", at: place, count: range.upperBound - place, .opaque, role: .padding)
    }
  }

  private func layOutGUIDTable(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) -> [Range<Int64>] {
    let start = range.lowerBound
    let header = start + Self.sector
    try layout.addFields(Self.header, at: header, prefix: "table ")
    let entries = start + (try Self.place(&source, header + 72))
    let count = try source.u32(at: header + 80)
    let length = try source.u32(at: header + 84)
    guard length >= 128, length <= 4096, count <= 1024 else {
      throw .malformed(at: header + 80, "the table's form is unknown")
    }
    // The tables themselves are not free either.
    var parts = [header..<header + Self.sector, entries..<entries + count * length]
    var unused = entries
    for index in 0..<count {
      let entry = entries + index * length
      guard try source.bytes(at: entry, count: 16).contains(where: { $0 != 0 }) else { continue }
      try addUnused(unused..<entry, into: &layout)
      unused = entry + length
      // Partitions are known by their numbers: their names need not be unique.
      let name = "partition \(index + 1)"
      let group = layout.group(name)
      try layout.addFields(Self.entry, at: entry, in: group)
      let first = start + (try Self.place(&source, entry + 32))
      let end = min(start + (try Self.place(&source, entry + 40)) + Self.sector, range.upperBound)
      guard first < end else { continue }
      parts.append(first..<end)
      try layout.add("content", at: first, count: end - first, .file(name: name), role: .data, in: group)
    }
    try addUnused(unused..<entries + count * length, into: &layout)
    let backup = start + (try Self.place(&source, header + 32))
    if backup != header, try source.has(Self.efi, at: backup) {
      try layout.addFields(Self.header, at: backup, prefix: "backup table ")
      parts.append(backup..<backup + Self.sector)
      let copies = start + (try Self.place(&source, backup + 72))
      if copies != entries {
        // A copy of the first table, which tells what differs.
        try layout.add("backup table entries", at: copies, count: count * length, .opaque, role: .checksum)
        parts.append(copies..<copies + count * length)
      }
    }
    return parts
  }

  private func addUnused(_ range: Range<Int64>, into layout: inout LayoutBuilder) throws(FormatError) {
    guard !range.isEmpty else { return }
    try layout.add(
      "unused table entries", at: range.lowerBound, count: Int64(range.count), .opaque, role: .padding)
  }

  /// Where a sector is, in bytes.
  private static func place(_ source: inout ByteSource, _ offset: Int64) throws(FormatError) -> Int64 {
    let value = try source.u64(at: offset)
    guard value <= 1 << 48 else { throw .malformed(at: offset, "a sector's number is too large") }
    return value * sector
  }

  /// A GUID, whose first three parts are little-endian.
  static func guid(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 16 else { return nil }
    let parts = [[3, 2, 1, 0], [5, 4], [7, 6], [8, 9], [10, 11, 12, 13, 14, 15]]
    return parts.map { part in Hexadecimal.string(part.map { bytes[$0] }) }.joined(separator: "-")
  }

  private static func name(_ bytes: [UInt8]) -> String? {
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    return String(validating: units.prefix { $0 != 0 }, as: UTF16.self)
  }

  private static let header: [FieldRow] = [
    ("mark", 8, .text, nil), ("revision", 4, .hexadecimal(.little), nil),
    ("header size", 4, .unsigned(.little), .size), ("header checksum", 4, .hexadecimal(.little), .checksum),
    ("reserved", 4, .bytes, .padding), ("own sector", 8, .unsigned(.little), .offset),
    ("other table's sector", 8, .unsigned(.little), .offset), ("first usable sector", 8, .unsigned(.little), .offset),
    ("last usable sector", 8, .unsigned(.little), .offset), ("disk GUID", 16, .custom(guid), .identity),
    ("entries sector", 8, .unsigned(.little), .offset), ("entry count", 4, .unsigned(.little), .size),
    ("entry size", 4, .unsigned(.little), .size), ("entries checksum", 4, .hexadecimal(.little), .checksum),
    ("header padding", 420, .bytes, .padding),
  ]

  private static let entry: [FieldRow] = [
    ("type GUID", 16, .custom(guid), .data), ("GUID", 16, .custom(guid), .identity),
    ("first sector", 8, .unsigned(.little), .offset), ("last sector", 8, .unsigned(.little), .offset),
    ("attributes", 8, .hexadecimal(.little), .flags), ("name", 72, .custom(name), .name),
  ]
}

/// The first sector of a disk: a boot loader, a disk signature, four partitions.
struct MasterBootRecord: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("boot code", at: range.lowerBound, count: 440, .opaque, role: .code)
    try layout.addFields(
      [("disk signature", 4, .hexadecimal(.little), .identity), ("copy protection", 2, .bytes, .flags)],
      at: range.lowerBound + 440)
    for index in 0..<4 as Range<Int64> {
      try layout.addFields(Self.entry, at: range.lowerBound + 446 + 16 * index, prefix: "entry \(index + 1) ")
    }
    try layout.add("boot mark", at: range.lowerBound + 510, count: 2, .field(.bytes))
  }

  private static let entry: [FieldRow] = [
    ("status", 1, .hexadecimal(.little), .flags), ("first cylinder", 3, .bytes, .offset),
    ("type", 1, .hexadecimal(.little), .data), ("last cylinder", 3, .bytes, .offset),
    ("first sector", 4, .unsigned(.little), .offset), ("sector count", 4, .unsigned(.little), .size),
  ]
}
