import Model

/// One entry of the program header table.
struct ELFSegment: Sendable {
  let type: UInt64
  let flags: UInt64
  let offset: Int64
  let fileSize: Int64
  let alignment: Int64

  static let load: UInt64 = 1
  static let dynamic: UInt64 = 2
  static let interpreter: UInt64 = 3
  static let note: UInt64 = 4

  /// All of them; none where the table is not within the file. Offsets are those of the whole source.
  static func table(
    _ source: inout ByteSource, _ header: ELFHeader, _ range: Range<Int64>
  ) throws(FormatError) -> [ELFSegment] {
    let (kind, stride) = (header.kind, header.segmentEntryLength)
    let available = range.upperBound - range.lowerBound
    guard header.segmentCount > 0, stride >= kind.segmentLength, header.segmentTable <= available,
      Int64(header.segmentCount) * stride <= available - header.segmentTable
    else { return [] }
    let bytes = try source.bytes(
      at: range.lowerBound + header.segmentTable, count: header.segmentCount * Int(stride))
    return (0..<header.segmentCount).map { index in
      let place = index * Int(stride)
      let word = kind.wordLength
      let fileOffset = kind.word(bytes, place + (kind.is64 ? 8 : 4))
      let offset = Int64(exactly: fileOffset).flatMap { $0 <= available ? range.lowerBound + $0 : nil } ?? .max
      return ELFSegment(
        type: kind.number(bytes, place, 4), flags: kind.number(bytes, place + (kind.is64 ? 4 : 24), 4), offset: offset,
        fileSize: Int64(exactly: kind.word(bytes, place + (kind.is64 ? 8 + 3 * word : 4 * word))) ?? .max,
        alignment: Int64(exactly: kind.word(bytes, place + (kind.is64 ? 48 : 28))) ?? 0)
    }
  }

  /// What the type is called.
  static func name(_ type: UInt64) -> String { names[type] ?? "type 0x" + String(type, radix: 16) }

  private static let names: [UInt64: String] = [
    0: "NULL", 1: "LOAD", 2: "DYNAMIC", 3: "INTERP", 4: "NOTE", 5: "SHLIB", 6: "PHDR", 7: "TLS",
    0x6474_E550: "GNU_EH_FRAME", 0x6474_E551: "GNU_STACK", 0x6474_E552: "GNU_RELRO", 0x6474_E553: "GNU_PROPERTY",
    0x6474_E554: "GNU_SFRAME", 0x7000_0000: "ARCHITECTURE", 0x7000_0001: "EXIDX", 0x7000_0003: "ATTRIBUTES",
  ]
}

/// The program header table: a group for each segment, by its type.
struct ELFSegmentTable: Structure {
  let header: ELFHeader

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (order, word) = (header.kind.order, header.kind.wordLength)
    for index in 0..<header.segmentCount {
      let place = range.lowerBound + Int64(index) * header.segmentEntryLength
      let type = try source.unsigned(at: place, count: 4, order)
      let name = ELFSegment.name(type)
      var fields = ELFFieldWriter(prefix: "segment \(name) ", place: place)
      try fields.add("type", 4, .custom { _ in name }, nil, to: &layout)
      let flags = Encoding.bits(order, [(4, "read"), (2, "write"), (1, "execute")])
      if header.kind.is64 { try fields.add("flags", 4, flags, .flags, to: &layout) }
      try fields.add("offset", word, .hexadecimal(order), .offset, to: &layout)
      try fields.add("address", word, .hexadecimal(order), .offset, to: &layout)
      try fields.add("physical address", word, .hexadecimal(order), .offset, to: &layout)
      try fields.add("file size", word, .unsigned(order), .size, to: &layout)
      try fields.add("memory size", word, .unsigned(order), .size, to: &layout)
      if !header.kind.is64 { try fields.add("flags", 4, flags, .flags, to: &layout) }
      try fields.add("alignment", word, .unsigned(order), .flags, to: &layout)
    }
  }
}

/// The contents of a file without section headers, by its segments.
struct ELFSegmentLayout {
  let segments: [ELFSegment]
  let header: ELFHeader
  let range: Range<Int64>

  /// How many segments may cut others; each costs a look at all of them.
  private static let specialLimit = 16

  /// The segments within the file; those that others lie in come as what is left of them.
  func add(to layout: inout LayoutBuilder, ends: inout [Int64]) throws(FormatError) {
    let present = segments.filter { $0.fileSize > 0 && $0.offset < range.upperBound }
    let specials = present.filter {
      [ELFSegment.interpreter, ELFSegment.note, ELFSegment.dynamic].contains($0.type)
    }.prefix(Self.specialLimit)
    for segment in specials {
      let count = min(segment.fileSize, range.upperBound - segment.offset)
      try layout.add(
        "segment \(ELFSegment.name(segment.type))", at: segment.offset, count: count, shape(segment), role: .data)
      ends.append(segment.offset + count)
    }
    let cuts = specials.map { ($0.offset, min($0.fileSize, range.upperBound - $0.offset)) }.sorted { $0.0 < $1.0 }
    let tableEnd =
      range.lowerBound
      + max(
        header.kind.headerLength,
        header.segmentTable > range.upperBound - range.lowerBound
          ? 0 : header.segmentTable + Int64(header.segmentCount) * header.segmentEntryLength)
    for segment in present where segment.type == ELFSegment.load {
      let end = segment.offset + min(segment.fileSize, range.upperBound - segment.offset)
      var place = segment.offset < tableEnd ? min(tableEnd, end) : segment.offset
      let isCode = segment.flags & 1 != 0
      let name = "segment LOAD" + (isCode ? " code" : segment.flags & 2 != 0 ? " data" : " constants")
      for (start, count) in cuts where start < end && start + count > place {
        if start > place { try layout.add(name, at: place, count: start - place, role: isCode ? .code : .data) }
        place = min(end, start + count)
      }
      if place < end { try layout.add(name, at: place, count: end - place, role: isCode ? .code : .data) }
      ends.append(end)
    }
  }

  private func shape(_ segment: ELFSegment) -> Shape {
    switch segment.type {
    case ELFSegment.interpreter: .field(.text)
    case ELFSegment.note:
      .structure(ELFNotes(prefix: "", kind: header.kind, alignment: segment.alignment == 8 ? 8 : 4))
    default: .opaque
    }
  }
}
