import Model

/// An ext2, ext3 or ext4 file system, coarsely: its superblock by fields, the rest as blocks.
struct ExtFileSystem: Format {
  let name = "ext file system"

  func recognises(_ head: FileHead) -> Bool {
    guard head.has([0x53, 0xEF], at: 1080), head.size >= 64 << 10 else { return false }
    // State and error behaviour have few values, revisions two; two bytes alone are a weak mark.
    return head.bytes[1082] < 8 && head.bytes[1083] == 0 && head.bytes[1084] <= 3 && head.bytes[1100] <= 1
      && head.bytes[1048] <= 6 && head.bytes[1049] == 0
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.add("boot block", at: start, count: 1024, .opaque, role: .code)
    try layout.addFields(Self.superblock, at: start + 1024)
    let blockSize: Int64 = 1024 << min(6, try source.u32(at: start + 1048))
    let inodeCount = try source.u32(at: start + 1024)
    let perGroup = try source.u32(at: start + 1024 + 32)
    let blocks = try source.u32(at: start + 1024 + 4)
    let descriptors = start + max(2048, blockSize)
    guard perGroup > 0, inodeCount > 0 else { throw .malformed(at: start + 1056, "a group of blocks has no size") }
    let is64 = try source.u32(at: start + 1024 + 96) & 0x80 != 0
    let descriptorSize = is64 ? Int64(max(32, try source.u16(at: start + 1024 + 254))) : 32
    let groups = (blocks + perGroup - 1) / perGroup
    if descriptors > start + 2048 {
      try layout.add("superblock padding", at: start + 2048, count: descriptors - start - 2048, .opaque, role: .padding)
    }
    let size = groups * descriptorSize
    try layout.add("group descriptors", at: descriptors, count: size, .opaque, role: .checksum)
    if descriptors + size < range.upperBound {
      try layout.add(
        "blocks", at: descriptors + size, count: range.upperBound - descriptors - size, .opaque, role: .data)
    }
  }

  private static let superblock: [FieldRow] = [
    ("inode count", 4, .unsigned(.little), .size), ("block count", 4, .unsigned(.little), .size),
    ("reserved blocks", 4, .unsigned(.little), .data), ("free blocks", 4, .unsigned(.little), .size),
    ("free inodes", 4, .unsigned(.little), .size), ("first block", 4, .unsigned(.little), .data),
    ("block size logarithm", 4, .unsigned(.little), .data), ("cluster size logarithm", 4, .unsigned(.little), .data),
    ("blocks in a group", 4, .unsigned(.little), .data), ("clusters in a group", 4, .unsigned(.little), .data),
    ("inodes in a group", 4, .unsigned(.little), .data), ("mount time", 4, .seconds(.little), .time),
    ("write time", 4, .seconds(.little), .time), ("mount count", 2, .unsigned(.little), .data),
    ("greatest mount count", 2, .signed(.little), .data), ("magic", 2, .hexadecimal(.little), nil),
    ("state", 2, .hexadecimal(.little), .flags), ("error behaviour", 2, .unsigned(.little), .flags),
    ("minor revision", 2, .unsigned(.little), nil), ("check time", 4, .seconds(.little), .time),
    ("check interval", 4, .unsigned(.little), .data),
    ("creator's system", 4, .names(.little, [0: "Linux", 1: "Hurd", 3: "FreeBSD"]), .platform),
    ("revision", 4, .unsigned(.little), nil), ("reserve's uid", 2, .unsigned(.little), .owner),
    ("reserve's gid", 2, .unsigned(.little), .owner), ("first inode", 4, .unsigned(.little), .data),
    ("inode size", 2, .unsigned(.little), .data), ("group of this superblock", 2, .unsigned(.little), .data),
    ("compatible features", 4, .hexadecimal(.little), .flags),
    ("incompatible features", 4, .hexadecimal(.little), .flags),
    ("read-only features", 4, .hexadecimal(.little), .flags), ("UUID", 16, .bytes, .identity),
    ("volume name", 16, .text, .name), ("last mount point", 64, .text, .path),
    ("compression algorithms", 4, .hexadecimal(.little), .compression), ("preallocation", 4, .bytes, .data),
    ("journal UUID", 16, .bytes, .identity), ("journal", 12, .bytes, .data), ("hash seed", 16, .bytes, .identity),
    ("hash version", 1, .unsigned(.little), .data), ("journal backup type", 1, .unsigned(.little), .data),
    ("descriptor size", 2, .unsigned(.little), .data), ("mount options", 4, .hexadecimal(.little), .flags),
    ("first meta group", 4, .unsigned(.little), .data), ("creation time", 4, .seconds(.little), .time),
    ("journal backup", 68, .bytes, .offset), ("counts above 32 bits", 12, .bytes, .size),
    ("extra inode sizes", 4, .bytes, .data), ("flags", 4, .hexadecimal(.little), .flags),
    ("RAID and multiple mounts", 16, .bytes, .data), ("group logarithm and checksum type", 4, .bytes, .data),
    ("written kilobytes", 8, .unsigned(.little), .data), ("snapshot", 20, .bytes, .data),
    ("errors", 108, .bytes, .data), ("further options", 64, .text, .flags), ("quota inodes", 8, .bytes, .data),
    ("overhead", 4, .unsigned(.little), .size), ("backup groups", 8, .bytes, .data),
    ("encryption algorithms", 4, .bytes, .data), ("password salt", 16, .bytes, .identity),
    ("further inodes", 8, .bytes, .data), ("checksum seed", 4, .bytes, .identity),
    ("high bytes of times", 8, .bytes, .time), ("encoding", 4, .bytes, .data), ("reserved", 380, .bytes, .padding),
    ("superblock checksum", 4, .hexadecimal(.little), .checksum),
  ]
}
