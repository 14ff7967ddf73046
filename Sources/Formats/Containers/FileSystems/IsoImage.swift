import Model

/// An ISO 9660 image (ECMA-119), with Rock Ridge, Joliet and El Torito.
struct IsoImage: Format {
  let name = "ISO 9660"

  static let sector: Int64 = 2048
  private static let mark = Array("CD001".utf8)
  private static let descriptorLimit = 64

  func recognises(_ head: FileHead) -> Bool { head.has(Self.mark, at: 16 * 2048 + 1) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    if try source.has([0x55, 0xAA], at: start + 510) {
      try layout.add("boot record", at: start, count: 512, .structure(MasterBootRecord()))
    }
    try layout.add("system area", at: start, count: 16 * Self.sector, .opaque, role: .code)
    var trees: [(descriptor: Int64, isJoliet: Bool)] = []
    var place = start + 16 * Self.sector
    // Where the last part that is named ends.
    var end = place
    for _ in 0..<Self.descriptorLimit {
      guard try source.has(Self.mark, at: place + 1) else { throw .malformed(at: place, "a descriptor has no mark") }
      let type = try source.byte(at: place)
      switch type {
      case 0: end = max(end, try layOutBoot(&source, place, range, into: &layout))
      case 1, 2:
        let isJoliet = try type == 2 ? source.has(Array("%/".utf8), at: place + 88) : false
        let title = type == 1 ? "primary volume " : isJoliet ? "Joliet volume " : "supplementary volume "
        try layout.addFields(IsoDescriptor.fields(isJoliet: isJoliet), at: place, prefix: title)
        end = max(end, try layOutPathTables(&source, place, title, start, into: &layout))
        if type == 1 || isJoliet { trees.append((place, isJoliet)) }
      case 255:
        try layout.add("end of descriptors", at: place, count: Self.sector, .opaque)
      default:
        try layout.add("descriptor", at: place, count: Self.sector, .opaque)
      }
      place += Self.sector
      if type == 255 { break }
    }
    if try source.has(Array("MKI ".utf8), at: place) {
      // mkisofs and its kin write when, and how, they were called.
      try layout.add("stamp of the maker", at: place, count: Self.sector, .field(.text), role: .generator)
      place += Self.sector
    } else if try source.has([UInt8](repeating: 0, count: Int(Self.sector)), at: place) {
      try layout.add("sector without stamp", at: place, count: Self.sector, .opaque, role: .padding)
      place += Self.sector
    }
    var walk = IsoTree(range)
    for tree in trees { try walk.layOut(&source, root: tree.descriptor + 156, isJoliet: tree.isJoliet, into: &layout) }
    try layout.addTrailer("trailer", at: max(walk.end, end, place), end: range.upperBound, &source)
  }

  private func layOutPathTables(
    _ source: inout ByteSource, _ place: Int64, _ title: String, _ start: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    var end: Int64 = 0
    let size = try source.u32(at: place + 132)
    for (offset, order, name) in [
      (140, ByteOrder.little, "path table"), (144, .little, "optional path table"),
      (148, .big, "big-endian path table"), (152, .big, "optional big-endian path table"),
    ] as [(Int64, ByteOrder, String)] {
      let block = try source.u32(at: place + offset, order)
      guard block > 0 else { continue }
      let table = start + block * Self.sector
      try layout.add(title + name, at: table, count: size, .opaque, role: .offset)
      // Some makers leave an empty sector behind each table.
      let next = start + (table + size - start + Self.sector - 1) / Self.sector * Self.sector
      let isEmpty = try source.has([UInt8](repeating: 0, count: Int(Self.sector)), at: next)
      let padding = next + (isEmpty ? Self.sector : 0) - table - size
      try layout.add("\(title)\(name) padding", at: table + size, count: padding, .opaque, role: .padding)
      end = max(end, start + block * Self.sector + (size + Self.sector - 1) / Self.sector * Self.sector)
    }
    return end
  }

  private func layOutBoot(
    _ source: inout ByteSource, _ place: Int64, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    try layout.addFields(IsoDescriptor.boot, at: place, prefix: "boot descriptor ")
    guard try source.has(Array("EL TORITO".utf8), at: place + 7) else { return place }
    let catalog = range.lowerBound + (try source.u32(at: place + 71)) * Self.sector
    var end = catalog + Self.sector
    try layout.add("boot catalog", at: catalog, count: Self.sector, .structure(BootCatalog()))
    for entry in stride(from: catalog + 32, to: catalog + Self.sector, by: 32) {
      guard try source.byte(at: entry) == 0x88 else { continue }
      let image = range.lowerBound + (try source.u32(at: entry + 8)) * Self.sector
      let size = Int64(try source.u16(at: entry + 6)) * 512
      // Most often a file of the tree as well, whose region then comes before this one.
      if size > 0, image < range.upperBound {
        let count = min(size, range.upperBound - image)
        try layout.add("boot image", at: image, count: count, .file(name: "boot image"), role: .code)
        end = max(end, image + count)
      }
    }
    return end
  }
}

/// The fields of volume descriptors, ECMA-119 8.4.
private enum IsoDescriptor {
  static func fields(isJoliet: Bool) -> [FieldRow] {
    let text: Encoding = isJoliet ? .custom(IsoValue.joliet) : .text
    return [
      ("type", 1, .unsigned(.little), nil), ("mark", 5, .text, nil), ("descriptor version", 1, .unsigned(.little), nil),
      ("flags", 1, .hexadecimal(.little), .flags), ("system id", 32, text, .platform), ("volume id", 32, text, .name),
      ("unused", 8, .bytes, .padding), ("size in sectors", 8, .custom(IsoValue.both), .size),
      ("escape sequences", 32, .text, .flags), ("volume set size", 4, .custom(IsoValue.both), .data),
      ("volume number", 4, .custom(IsoValue.both), .data), ("sector size", 4, .custom(IsoValue.both), .data),
      ("path table size", 8, .custom(IsoValue.both), .size), ("path table place", 4, .unsigned(.little), .offset),
      ("optional path table place", 4, .unsigned(.little), .offset),
      ("big-endian path table place", 4, .unsigned(.big), .offset),
      ("optional big-endian path table place", 4, .unsigned(.big), .offset),
      ("root record head", 2, .bytes, .size), ("root place", 8, .custom(IsoValue.both), .offset),
      ("root size", 8, .custom(IsoValue.both), .size), ("root time", 7, .custom(IsoValue.shortTime), .time),
      ("root record end", 9, .bytes, nil), ("volume set id", 128, text, .identity),
      ("publisher", 128, text, .generator),
      ("preparer", 128, text, .generator), ("application", 128, text, .generator), ("copyright file", 37, text, .name),
      ("abstract file", 37, text, .name), ("bibliography file", 37, text, .name),
      ("creation time", 17, .custom(IsoValue.longTime), .time),
      ("modification time", 17, .custom(IsoValue.longTime), .time),
      ("expiration time", 17, .custom(IsoValue.longTime), .time),
      ("effective time", 17, .custom(IsoValue.longTime), .time), ("structure version", 1, .unsigned(.little), nil),
      ("reserved", 1, .bytes, .padding), ("application use", 512, .text, .generator), ("end", 653, .bytes, .padding),
    ]
  }

  static let boot: [FieldRow] = [
    ("type", 1, .unsigned(.little), nil), ("mark", 5, .text, nil), ("version", 1, .unsigned(.little), nil),
    ("system id", 32, .text, .platform), ("boot id", 32, .text, .name),
    ("catalog place", 4, .unsigned(.little), .offset), ("system use", 1973, .bytes, .data),
  ]
}

/// What can be booted, El Torito 1.0: entries of 32 bytes.
private struct BootCatalog: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(Self.validation, at: range.lowerBound, prefix: "boot catalog ")
    var place = range.lowerBound + 32
    while place <= range.upperBound - 32 {
      let kind = try source.byte(at: place)
      switch kind {
      case 0x88: try layout.addFields(Self.entry, at: place, prefix: "boot entry ")
      case 0x90, 0x91: try layout.add("boot section", at: place, count: 32, .field(.bytes), role: .data)
      default:
        try layout.add("boot catalog rest", at: place, count: range.upperBound - place, .opaque, role: .padding)
        return
      }
      place += 32
    }
  }

  private static let validation: [FieldRow] = [
    ("header", 1, .unsigned(.little), nil),
    ("platform", 1, .names(.little, [0: "x86", 1: "PowerPC", 2: "Mac", 0xEF: "EFI"]), .platform),
    ("reserved", 2, .bytes, .padding), ("maker", 24, .text, .generator),
    ("checksum", 2, .hexadecimal(.little), .checksum), ("key", 2, .bytes, nil),
  ]

  private static let entry: [FieldRow] = [
    ("indicator", 1, .hexadecimal(.little), .flags), ("medium", 1, .hexadecimal(.little), .data),
    ("load segment", 2, .hexadecimal(.little), .data), ("system type", 1, .hexadecimal(.little), .data),
    ("unused", 1, .bytes, .padding), ("sector count", 2, .unsigned(.little), .size),
    ("place", 4, .unsigned(.little), .offset), ("selection", 20, .bytes, .data),
  ]
}

extension LayoutBuilder {
  /// Names what fills up a sector.
  mutating func addSectorPadding(
    _ name: String, at place: Int64, from start: Int64, in group: Int = LayoutBuilder.file
  ) throws(FormatError) {
    let padding = (IsoImage.sector - (place - start) % IsoImage.sector) % IsoImage.sector
    if padding > 0 { try add("\(name) padding", at: place, count: padding, .opaque, role: .padding, in: group) }
  }
}
