import Model

/// A tar archive in any dialect: seventh edition, ustar, GNU, pax, star, Solaris.
struct TarArchive: Format {
  let name = "tar"

  /// The most bytes of a name, of pax records or of a sparse map that are looked into.
  static let recordLimit: Int64 = 16 << 20

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 512 else { return false }
    if head.has("ustar", at: 257) { return true }
    // A tar from before POSIX has no mark but the checksum of its first header.
    return head.bytes[0] != 0 && TarNumber.isHeader(head.bytes[..<512])
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    var pending = TarPendingHeaders()
    while place < range.upperBound {
      let block = try source.bytes(at: place, count: 512)
      if block.allSatisfy({ $0 == 0 }) {
        try pending.add(to: &layout, in: LayoutBuilder.file)
        return try Self.addEnd(&source, place..<range.upperBound, to: &layout)
      }
      guard TarNumber.isHeader(block[...]) else { throw .malformed(at: place, "a header's checksum is wrong") }
      guard let stored = TarNumber.number(block[124..<136]), (0...Int64.max / 4).contains(stored) else {
        throw .malformed(at: place + 124, "a size is no number")
      }
      let kind = block[156]
      if let name = TarPendingHeaders.names[kind] {
        let count = min(stored, Self.recordLimit, max(0, range.upperBound - place - 512))
        let data = try source.bytes(at: place + 512, count: Int(count))
        if kind == UInt8(ascii: "g") || kind == UInt8(ascii: "V") {
          // These are about the whole archive.
          try TarPendingHeaders.add(name, kind, at: place, size: stored, to: &layout, in: LayoutBuilder.file)
        } else {
          pending.take(kind, data, at: place, size: stored)
        }
        place += 512 + (stored + 511) / 512 * 512
        guard place <= range.upperBound else {
          try pending.add(to: &layout, in: LayoutBuilder.file)
          throw .truncated(at: range.upperBound)
        }
        continue
      }
      let name = pending.path ?? TarNumber.name(block)
      let group = layout.group(ExactText.text(name), isMember: true)
      try pending.add(to: &layout, in: group)
      try layout.add("header", at: place, count: 512, .structure(TarHeader()), in: group)
      let entry = TarEntry(block: block, size: pending.size ?? stored, isPaxSparse: pending.isSparse)
      place = try entry.addContent(&source, place + 512..<range.upperBound, to: &layout, in: group)
      pending = TarPendingHeaders()
    }
    try pending.add(to: &layout, in: LayoutBuilder.file)
  }

  /// Two blocks of zeros end an archive; it is filled up to a record, and then there should be nothing.
  private static func addEnd(
    _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var zeros = range.lowerBound
    while zeros < range.upperBound {
      let chunk = try source.bytes(at: zeros, count: Int(min(32 << 10, range.upperBound - zeros)))
      guard let other = chunk.firstIndex(where: { $0 != 0 }) else {
        zeros += Int64(chunk.count)
        continue
      }
      // What follows begins where a block does.
      zeros += Int64(other) / 512 * 512
      break
    }
    let end = min(zeros, range.lowerBound + 1024)
    try layout.add(
      "end of archive", at: range.lowerBound, count: end - range.lowerBound, .opaque, role: .padding)
    if zeros > end { try layout.add("record padding", at: end, count: zeros - end, .opaque, role: .padding) }
    if zeros < range.upperBound {
      try layout.add(
        "after the archive", at: zeros, count: range.upperBound - zeros, .file(name: "after the archive"), role: .data)
    }
  }
}

/// An entry's header, as far as it says where the entry ends.
struct TarEntry {
  let block: [UInt8]
  let size: Int64
  let isPaxSparse: Bool

  /// Adds what follows the header and returns where the next one is.
  func addContent(
    _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder, in group: Int
  ) throws(FormatError) -> Int64 {
    var place = range.lowerBound
    let isSparse = block[156] == UInt8(ascii: "S")
    if isSparse, block[482] != 0 {
      while try source.byte(at: place + 504) != 0 { place += 512 }
      place += 512
      try layout.addAvailable(
        "sparse map", at: range.lowerBound, count: place - range.lowerBound, .opaque, role: .data, in: group)
    }
    let size = try hasContent(&source, at: place, range) ? self.size : 0
    let end = place + size
    if isPaxSparse, let map = try Self.sparseMap(&source, place..<min(end, range.upperBound)) {
      try layout.add("sparse map", at: place, count: map, .field(.text), role: .data, in: group)
      place += map
    }
    if end > place {
      // Holes are left out of sparse files, so that their content has not the form of the file.
      try layout.addAvailable(
        "content", at: place, count: end - place, isSparse || isPaxSparse ? .opaque : .file(), role: .data, in: group)
    }
    let padding = (512 - size % 512) % 512
    if padding > 0, end < range.upperBound {
      try layout.addAvailable("padding", at: end, count: padding, .opaque, role: .padding, in: group)
    }
    return end + padding
  }

  /// Links, devices and folders have none, whatever their size says; only of hard links some writers give it again.
  private func hasContent(
    _ source: inout ByteSource, at place: Int64, _ range: Range<Int64>
  ) throws(FormatError) -> Bool {
    guard "123456".utf8.contains(block[156]), size > 0 else { return true }
    guard block[156] == UInt8(ascii: "1"), range.upperBound - place >= 512 else { return false }
    let next = try source.bytes(at: place, count: 512)
    return !TarNumber.isHeader(next[...]) && !next.allSatisfy { $0 == 0 }
  }

  /// The length of the map that a sparse file of pax version 1.0 begins with: a count of pieces and as many places and
  /// sizes, a line each, filled up to a block.
  private static func sparseMap(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Int64? {
    let count = Int(min(Int64(range.count), TarArchive.recordLimit))
    let data = try source.bytes(at: range.lowerBound, count: count)
    var lines: Int?
    var line: ArraySlice<UInt8> = data[...]
    var read = 0
    while let end = line.firstIndex(of: 0x0A) {
      guard end - line.startIndex <= 20, line[..<end].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      if lines == nil {
        guard let pieces = Int(String(decoding: line[..<end], as: UTF8.self)), pieces <= count else { return nil }
        lines = 1 + 2 * pieces
      }
      read += 1
      if read == lines { return min(Int64(range.count), Int64(end / 512 + 1) * 512) }
      line = line[(end + 1)...]
    }
    return nil
  }
}

/// Headers that are about the entry that follows them.
struct TarPendingHeaders {
  /// Of their kinds.
  static let names: [UInt8: String] = [
    UInt8(ascii: "L"): "long name", UInt8(ascii: "K"): "long link target", UInt8(ascii: "x"): "pax",
    UInt8(ascii: "X"): "pax", UInt8(ascii: "g"): "global pax", UInt8(ascii: "A"): "access control list",
    UInt8(ascii: "V"): "volume label",
  ]

  private var found: [(kind: UInt8, place: Int64, size: Int64)] = []
  private(set) var path: [UInt8]?
  private(set) var size: Int64?
  /// Whether the content begins with a map of the sparse file's pieces, or has holes left out.
  private(set) var isSparse = false
  private var isRealPath = false

  mutating func take(_ kind: UInt8, _ data: [UInt8], at place: Int64, size: Int64) {
    found.append((kind, place, size))
    if kind == UInt8(ascii: "L") { path = Array(data.prefix { $0 != 0 }) }
    guard kind == UInt8(ascii: "x") || kind == UInt8(ascii: "X") else { return }
    for record in PaxRecords.read(data[...]) {
      switch record.key {
      case "path": if !isRealPath { path = Array(record.value) }
      case "GNU.sparse.name":
        (path, isRealPath, isSparse) = (Array(record.value), true, true)
      case "GNU.sparse.major", "GNU.sparse.map", "GNU.sparse.offset": isSparse = true
      case "size": self.size = Int64(String(decoding: record.value, as: UTF8.self))
      default: break
      }
    }
    if let size = self.size, !(0...Int64.max / 4).contains(size) { self.size = nil }
  }

  func add(to layout: inout LayoutBuilder, in group: Int) throws(FormatError) {
    for (kind, place, size) in found {
      try Self.add(Self.names[kind] ?? "", kind, at: place, size: size, to: &layout, in: group)
    }
  }

  static func add(
    _ name: String, _ kind: UInt8, at place: Int64, size: Int64, to layout: inout LayoutBuilder, in group: Int
  ) throws(FormatError) {
    try layout.add(
      "\(name) header", at: place, count: 512, .structure(TarHeader(prefix: "\(name) header ")), in: group)
    guard size > 0 else { return }
    let isPax = "xgX".utf8.contains(kind)
    let records = PaxRecords(prefix: "\(name) ", isGlobal: kind == UInt8(ascii: "g"))
    try layout.addAvailable(
      name, at: place + 512, count: size, isPax ? .structure(records) : .field(.text),
      role: kind == UInt8(ascii: "A") ? .mode : .name, in: group)
    let padding = (512 - size % 512) % 512
    if padding > 0 {
      try layout.addAvailable(
        "\(name) padding", at: place + 512 + size, count: padding, .opaque, role: .padding, in: group)
    }
  }
}
