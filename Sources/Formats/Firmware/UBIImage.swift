import Model

/// A UBI image for raw flash: erase blocks, each with a header, a volume's header and a part of the volume.
struct UBIImage: Format {
  let name = "UBI"

  private static let mark = Array("UBI#".utf8)
  private static let layoutVolume: Int64 = 0x7FFF_EFFF

  func recognises(_ head: FileHead) -> Bool { head.has(Self.mark) && head.size >= 128 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let blockSize = try blockSize(&source, range)
    var names: [Int64: String] = [:]
    // The table of volumes comes first, yet nothing says so.
    for block in stride(from: range.lowerBound, to: range.upperBound, by: Int(blockSize)) {
      guard let header = try volumeHeader(&source, block..<min(block + blockSize, range.upperBound)),
        header.volume == Self.layoutVolume
      else { continue }
      names = try volumeNames(&source, header.data..<min(block + blockSize, range.upperBound))
      break
    }
    for block in stride(from: range.lowerBound, to: range.upperBound, by: Int(blockSize)) {
      try layOutBlock(&source, block..<min(block + blockSize, range.upperBound), names, into: &layout)
    }
  }

  private func layOutBlock(
    _ source: inout ByteSource, _ block: Range<Int64>, _ names: [Int64: String], into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard try source.has(Self.mark, at: block.lowerBound) else {
      try layout.add("block without header", at: block.lowerBound, count: Int64(block.count), .opaque)
      return
    }
    guard let header = try volumeHeader(&source, block) else {
      let group = layout.group("unused block")
      try layout.addFields(Self.blockHeader, at: block.lowerBound, prefix: "erase ", in: group)
      let rest = block.lowerBound + 64
      if rest < block.upperBound {
        try layout.add("free space", at: rest, count: block.upperBound - rest, .opaque, role: .padding, in: group)
      }
      return
    }
    let isTable = header.volume == Self.layoutVolume
    let volume = isTable ? "volume table" : names[header.volume] ?? "volume \(header.volume)"
    let group = layout.group("\(volume) block \(header.number)")
    try layout.addFields(Self.blockHeader, at: block.lowerBound, prefix: "erase ", in: group)
    try layout.addFields(Self.volumeHeader, at: header.place, prefix: "volume ", in: group)
    try layout.addFilling(block.lowerBound + 64..<header.place, in: group)
    try layout.addFilling(header.place + 64..<header.data, in: group)
    guard header.data < block.upperBound else { return }
    let count = block.upperBound - header.data
    let shape: Shape
    if isTable {
      shape = .structure(UBIVolumeTable(names: names))
    } else if try source.has(UBIFSNodes.magic, at: header.data) {
      shape = .structure(UBIFSNodes(prefix: ""))
    } else {
      shape = .opaque
    }
    try layout.add("data", at: header.data, count: count, shape, role: .data, in: group)
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

  private func volumeHeader(
    _ source: inout ByteSource, _ range: Range<Int64>
  ) throws(FormatError) -> (place: Int64, data: Int64, volume: Int64, number: Int64)? {
    let block = range.lowerBound
    guard range.count >= 64, try source.has(Self.mark, at: block) else { return nil }
    let (header, data) = (try source.u32(at: block + 16, .big), try source.u32(at: block + 20, .big))
    guard header >= 64, data >= header + 64, data <= 64 << 10, block <= range.upperBound - data,
      try source.has(Array("UBI!".utf8), at: block + header)
    else { return nil }
    let place = block + header
    return (place, block + data, try source.u32(at: place + 8, .big), try source.u32(at: place + 12, .big))
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
      names[index] = "volume " + ExactText.text(try source.bytes(at: record + 16, count: length))
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
        try layout.addFields(Self.record, at: place, prefix: "record of \(name): ")
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
