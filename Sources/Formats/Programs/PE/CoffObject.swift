import Model

/// A COFF object file, as compilers for Windows make it; also of more than 65,279 sections.
///
/// Specification: Microsoft, PE Format.
struct CoffObject: Format {
  let name = "COFF object"

  /// The class of objects with wide section numbers.
  private static let bigClass: [UInt8] = [
    0xC7, 0xA1, 0xBA, 0xD1, 0xEE, 0xBA, 0xA9, 0x4B, 0xAF, 0x20, 0xFA, 0xF6, 0x6A, 0xA4, 0xDC, 0xB8,
  ]

  func recognises(_ head: FileHead) -> Bool {
    if Self.isBig(head) { return true }
    guard head.bytes.count >= 60 else { return false }
    // There is no magic, so that all of the header has to make sense.
    func number(_ place: Int, _ count: Int) -> Int64 {
      head.bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int64($1) }
    }
    let machines: Set<Int64> = [0x14C, 0x1C0, 0x1C4, 0x5032, 0x5064, 0x6264, 0x8664, 0xA641, 0xAA64]
    let (sections, symbols, symbolCount) = (number(2, 2), number(8, 4), number(12, 4))
    guard machines.contains(number(0, 2)), (1..<0xFF00).contains(sections), number(16, 2) == 0,
      number(18, 2) & 0x3002 == 0
    else { return false }
    let headersEnd = 20 + 40 * sections
    guard headersEnd <= head.size, symbols == 0 || symbols >= headersEnd && symbols <= head.size,
      symbolCount <= (head.size - symbols) / 18
    else { return false }
    let (rawSize, raw) = (number(36, 4), number(40, 4))
    let name = head.bytes[20..<28].prefix { $0 != 0 }
    return !name.isEmpty && name.allSatisfy { (0x21...0x7E).contains($0) }
      && (raw == 0 || raw >= headersEnd && raw <= head.size && rawSize <= head.size - raw)
  }

  private static func isBig(_ head: FileHead) -> Bool {
    head.has([0, 0, 0xFF, 0xFF]) && head.has(bigClass, at: 12)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let isBig = try source.has([0, 0, 0xFF, 0xFF], at: start)
    let sectionCount = isBig ? try source.u32(at: start + 44) : Int64(try source.u16(at: start + 2))
    let symbolPlace = try start + source.u32(at: start + (isBig ? 48 : 8))
    let symbolCount = try source.u32(at: start + (isBig ? 52 : 12))
    let headerLength: Int64 = isBig ? 56 : 20
    try layout.add(
      "COFF header", at: start, count: headerLength,
      isBig ? .structure(FieldTable(fields: Self.bigFields)) : .structure(CoffHeader()))
    guard sectionCount <= (range.upperBound - start) / 40 else { throw .truncated(at: range.upperBound) }
    let symbols = try CoffSymbolTable(
      &source, range, at: symbolPlace, count: symbolCount, recordLength: isBig ? 20 : 18)
    let names =
      try symbolPlace > start
      ? CoffSymbolTable.strings(&source, range, at: symbolPlace + symbolCount * (isBig ? 20 : 18)) : []
    for index in 0..<sectionCount {
      let section = try CoffSection(&source, at: start + headerLength + 40 * index, in: range, names: names)
      try Self.add(section, symbols?.bySection[Int(index) + 1] ?? [], &source, to: &layout)
    }
    try symbols?.add(to: &layout)
  }

  private static func add(
    _ section: CoffSection, _ symbols: [CoffSymbolTable.Symbol], _ source: inout ByteSource,
    to layout: inout LayoutBuilder
  ) throws(FormatError) {
    // Of the sections of one name, each for one function, its symbol tells which.
    let isCommon = section.characteristics & 0x1000 != 0
    let key = isCommon ? symbols.first { $0.storage == 2 }?.name : nil
    let name = section.name + (key.map { " of \($0)" } ?? "")
    let group = layout.group(name)
    try layout.add(
      "header", at: section.headerPlace, count: 40, .structure(CoffSectionHeader(prefix: "\(name) header ")), in: group)
    if section.rawSize > 0, section.characteristics & 0x80 == 0 {
      let content = CoffSectionContent(section: section, parts: [], symbols: symbols)
      try layout.addAvailable(
        "content", at: section.rawPlace, count: section.rawSize,
        content.isPlain ? section.role == .text ? .field(.text) : .opaque : .structure(content), role: section.role,
        in: group)
    }
    var relocations = section.relocationCount
    // The first record has the count where two bytes do not suffice.
    if relocations == 0xFFFF, section.characteristics & 0x0100_0000 != 0 {
      relocations = try source.u32(at: section.relocationPlace)
    }
    if relocations > 0 {
      try layout.addAvailable(
        "relocations", at: section.relocationPlace, count: 10 * relocations, role: .data, in: group)
    }
    if section.linesCount > 0 {
      try layout.addAvailable(
        "line numbers", at: section.linesPlace, count: 6 * section.linesCount, role: .debug, in: group)
    }
  }

  private static let bigFields: [FieldTable.Field] = [
    ("signature", 4, .bytes, nil), ("version", 2, .unsigned(.little), nil),
    ("machine", 2, .names(.little, CoffHeader.machines), .platform), ("time stamp", 4, .stamp(.little), .time),
    ("class", 16, .guid, nil), ("size of data", 4, .unsigned(.little), .size),
    ("flags", 4, .hexadecimal(.little), .flags), ("metadata size", 4, .unsigned(.little), .size),
    ("metadata offset", 4, .unsigned(.little), .offset), ("number of sections", 4, .unsigned(.little), .size),
    ("symbol table offset", 4, .unsigned(.little), .offset), ("number of symbols", 4, .unsigned(.little), .size),
  ]
}

/// An entry of an import library that only names what a DLL exports.
struct CoffImport: Format {
  let name = "COFF import"

  func recognises(_ head: FileHead) -> Bool {
    guard head.has([0, 0, 0xFF, 0xFF, 0, 0]), head.size >= 20, head.bytes.count >= 20 else { return false }
    let length = head.bytes[12..<16].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return head.size - 20 == length || head.size - 20 == length + 1
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var run = FieldRun(at: range.lowerBound)
    try run.add("signature", 4, .bytes, to: &layout)
    try run.add("version", 2, .unsigned(.little), to: &layout)
    try run.add("machine", 2, .names(.little, CoffHeader.machines), .platform, to: &layout)
    try run.add("time stamp", 4, .stamp(.little), .time, to: &layout)
    try run.add("size of data", 4, .unsigned(.little), .size, to: &layout)
    try run.add("ordinal or hint", 2, .unsigned(.little), .data, to: &layout)
    try run.add("type", 2, .hexadecimal(.little), .flags, to: &layout)
    for name in ["symbol", "library"] {
      let length = Int64(try source.zeroTerminated(at: run.place).count) + 1
      try run.add(name, length, .text, .name, to: &layout)
    }
    if run.place < range.upperBound { try run.add("rest", range.upperBound - run.place, .bytes, .name, to: &layout) }
  }
}
