import Model

/// A UBI image for raw flash: erase blocks, each with a header, a volume's header and a part of the volume.
///
/// The parts of a volume are one file: a squashfs in it is compared as such.
struct UBIImage: Format {
  let name = "UBI"

  private static let mark = Array("UBI#".utf8)
  private static let layoutVolume: Int64 = 0x7FFF_EFFF

  func recognises(_ head: FileHead) -> Bool { head.has(Self.mark) && head.size >= 128 }

  /// A block that has a part of a volume.
  private struct Block {
    let range: Range<Int64>
    /// Where the volume's header is.
    let place: Int64
    let data: Range<Int64>
    let volume: Int64
    /// Which part of the volume it has.
    let number: Int64
    /// Of several blocks with one number the one with the greatest counts.
    let sequence: UInt64

    var isTable: Bool { volume == UBIImage.layoutVolume }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let blockSize = try blockSize(&source, range)
    var names: [Int64: String] = [:]
    var blocks: [Int64: Block] = [:]
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(blockSize)) {
      guard let block = try block(&source, start..<min(start + blockSize, range.upperBound)) else { continue }
      blocks[start] = block
      if block.isTable, names.isEmpty { names = try volumeNames(&source, block.data) }
    }
    let volumes = Self.volumes(blocks.values)
    var groups: [Int64: Int] = [:]
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(blockSize)) {
      let whole = start..<min(start + blockSize, range.upperBound)
      guard let block = blocks[start] else {
        try layOutOther(&source, whole, into: &layout)
        continue
      }
      let volume =
        block.isTable ? "volume table" : names[block.volume].map { "volume \($0)" } ?? "volume \(block.volume)"
      let group = layout.group("\(volume) block \(block.number)")
      try layOutHeaders(block, group, into: &layout)
      let parts = block.isTable ? [] : volumes[block.volume] ?? []
      guard parts.indices.contains(Int(clamping: block.number)),
        parts[Int(block.number)].lowerBound == block.data.lowerBound
      else {
        try layOutData(&source, block, names, group, into: &layout)
        continue
      }
      let member = groups[block.volume] ?? layout.group(names[block.volume] ?? volume, isMember: true)
      groups[block.volume] = member
      try layout.add(
        "block \(block.number) data", at: block.data.lowerBound, count: Int64(block.data.count),
        parts.count > 1 ? .opaque : .file(), role: .data, in: member)
      layout.join(JoinedFile(pieces: parts), in: member)
    }
  }

  /// The stretches of each volume, up to the first part that is missing.
  private static func volumes(_ blocks: some Sequence<Block>) -> [Int64: [Range<Int64>]] {
    var parts: [Int64: [Int64: Block]] = [:]
    for block in blocks where !block.isTable && !block.data.isEmpty {
      if let other = parts[block.volume]?[block.number],
        (other.sequence, other.range.lowerBound) > (block.sequence, block.range.lowerBound)
      {
        continue
      }
      parts[block.volume, default: [:]][block.number] = block
    }
    return parts.mapValues { blocks in
      var stretches: [Range<Int64>] = []
      while let next = blocks[Int64(stretches.count)] { stretches.append(next.data) }
      return stretches
    }
  }

  /// A block without a part of a volume.
  private func layOutOther(
    _ source: inout ByteSource, _ block: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard try source.has(Self.mark, at: block.lowerBound) else {
      try layout.add("block without header", at: block.lowerBound, count: Int64(block.count), .opaque)
      return
    }
    let group = layout.group("unused block")
    try layout.addFields(Self.blockHeader, at: block.lowerBound, prefix: "erase ", in: group)
    let rest = block.lowerBound + 64
    if rest < block.upperBound {
      try layout.add("free space", at: rest, count: block.upperBound - rest, .opaque, role: .padding, in: group)
    }
  }

  private func layOutHeaders(
    _ block: Block, _ group: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(Self.blockHeader, at: block.range.lowerBound, prefix: "erase ", in: group)
    try layout.addFields(Self.volumeHeader, at: block.place, prefix: "volume ", in: group)
    try layout.addFilling(block.range.lowerBound + 64..<block.place, in: group)
    try layout.addFilling(block.place + 64..<block.data.lowerBound, in: group)
    try layout.addFilling(block.data.upperBound..<block.range.upperBound, in: group)
  }

  /// Data that are no part of a whole volume.
  private func layOutData(
    _ source: inout ByteSource, _ block: Block, _ names: [Int64: String], _ group: Int,
    into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard !block.data.isEmpty else { return }
    let shape: Shape
    if block.isTable {
      shape = .structure(UBIVolumeTable(names: names))
    } else if try source.has(UBIFSNodes.magic, at: block.data.lowerBound) {
      shape = .structure(UBIFSNodes(prefix: ""))
    } else {
      shape = .opaque
    }
    try layout.add(
      "data", at: block.data.lowerBound, count: Int64(block.data.count), shape, role: .data, in: group)
  }

  /// The distance between blocks: the least power of two at which there is another header.
  private func blockSize(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Int64 {
    let data = try source.u32(at: range.lowerBound + 20, .big)
    var size: Int64 = 4096
    while size <= 16 << 20 {
      if size > data, try source.has(Self.mark, at: range.lowerBound + size) { return size }
      size *= 2
    }
    return max(Int64(range.count), 4096)
  }

  private func block(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Block? {
    let block = range.lowerBound
    guard range.count >= 64, try source.has(Self.mark, at: block) else { return nil }
    let (header, data) = (try source.u32(at: block + 16, .big), try source.u32(at: block + 20, .big))
    guard header >= 64, data >= header + 64, data <= 64 << 10, block <= range.upperBound - data,
      try source.has(Array("UBI!".utf8), at: block + header)
    else { return nil }
    let place = block + header
    // A part of a static volume may be shorter than its block, and others may leave some of its end out.
    let available = range.upperBound - block - data
    let isStatic = try source.byte(at: place + 5) == 2
    let size = isStatic ? try source.u32(at: place + 20, .big) : available - (try source.u32(at: place + 28, .big))
    return Block(
      range: range, place: place, data: block + data..<block + data + max(0, min(size, available)),
      volume: try source.u32(at: place + 8, .big), number: try source.u32(at: place + 12, .big),
      sequence: try source.unsigned(at: place + 40, count: 8, .big))
  }

  private func volumeNames(
    _ source: inout ByteSource, _ range: Range<Int64>
  ) throws(FormatError) -> [Int64: String] {
    var names: [Int64: String] = [:]
    for index in 0..<UBIVolumeTable.volumeLimit {
      let record = range.lowerBound + index * UBIVolumeTable.recordLength
      guard record + UBIVolumeTable.recordLength <= range.upperBound else { break }
      let length = try source.u16(at: record + 14, .big)
      guard (1...127).contains(length) else { continue }
      names[index] = ExactText.text(try source.bytes(at: record + 16, count: length))
    }
    return names
  }

  private static let blockHeader: [FieldRow] = [
    ("mark", 4, .text, nil), ("version", 1, .unsigned(.big), nil), ("reserved", 3, .bytes, .padding),
    ("count", 8, .unsigned(.big), .data), ("volume header offset", 4, .unsigned(.big), .offset),
    ("data offset", 4, .unsigned(.big), .offset),
    // Random unless it is given.
    ("image sequence number", 4, .unsigned(.big), .identity), ("reserved end", 32, .bytes, .padding),
    ("header checksum", 4, .hexadecimal(.big), .checksum),
  ]

  private static let volumeHeader: [FieldRow] = [
    ("mark", 4, .text, nil), ("version", 1, .unsigned(.big), nil),
    ("type", 1, .names(.big, [1: "dynamic", 2: "static"]), .data), ("copy flag", 1, .unsigned(.big), .flags),
    ("compatibility", 1, .unsigned(.big), .flags), ("number", 4, .unsigned(.big), .data),
    ("block number", 4, .unsigned(.big), .data), ("reserved", 4, .bytes, .padding),
    ("data size", 4, .unsigned(.big), .size), ("used blocks", 4, .unsigned(.big), .size),
    ("data padding", 4, .unsigned(.big), .size), ("data checksum", 4, .hexadecimal(.big), .checksum),
    ("reserved middle", 4, .bytes, .padding), ("sequence number", 8, .unsigned(.big), .data),
    ("reserved end", 12, .bytes, .padding), ("header checksum", 4, .hexadecimal(.big), .checksum),
  ]
}

extension LayoutBuilder {
  fileprivate mutating func addFilling(_ range: Range<Int64>, in group: Int) throws(FormatError) {
    guard !range.isEmpty else { return }
    try add("filling", at: range.lowerBound, count: Int64(range.count), .opaque, role: .padding, in: group)
  }
}

/// The volumes' records, 128 of them.
private struct UBIVolumeTable: Structure {
  static let volumeLimit: Int64 = 128
  static let recordLength: Int64 = 172

  let names: [Int64: String]

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for index in 0..<Self.volumeLimit where place <= range.upperBound - Self.recordLength {
      if let name = names[index] {
        try layout.addFields(Self.record, at: place, prefix: "record of volume \(name): ")
      } else {
        try layout.add("unused record", at: place, count: Self.recordLength, .opaque, role: .padding)
      }
      place += Self.recordLength
    }
    if place < range.upperBound {
      try layout.add("filling", at: place, count: range.upperBound - place, .opaque, role: .padding)
    }
  }

  private static let record: [FieldRow] = [
    ("reserved blocks", 4, .unsigned(.big), .size), ("alignment", 4, .unsigned(.big), .data),
    ("data padding", 4, .unsigned(.big), .size), ("type", 1, .names(.big, [1: "dynamic", 2: "static"]), .data),
    ("update marker", 1, .unsigned(.big), .flags), ("name length", 2, .unsigned(.big), .size),
    ("name", 128, .text, .name), ("flags", 1, .bits(.big, [(1, "grows"), (2, "no check")]), .flags),
    ("reserved", 23, .bytes, .padding), ("record checksum", 4, .hexadecimal(.big), .checksum),
  ]
}
