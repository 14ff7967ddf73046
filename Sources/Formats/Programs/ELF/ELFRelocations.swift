import Model

/// The relocations of a section: a region for each, by the symbol that it is for.
struct ELFRelocations: RowTable {
  let image: ELFImage
  let index: Int

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (section, kind) = (image.sections[index], image.kind)
    let (_, symbols, titles) = try read(&source)
    for (index, symbol) in symbols.enumerated() {
      let name = "\(section.name) \(titles[symbol] ?? "")"
      try layout.add(
        name, at: range.lowerBound + Int64(index * length), count: Int64(length),
        .structure(ELFRelocationFields(kind: kind, hasAddend: section.type == 4, prefix: name + " ")), role: .offset)
    }
  }

  func rows(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> TableRows {
    let (bytes, symbols, titles) = try read(&source)
    let keys = titles.mapValues { TableRows.key($0.utf8) }
    return TableRows(
      bytes: bytes, rowLength: length,
      fields: ELFRelocationFields.rows(image.kind, hasAddend: image.sections[index].type == 4),
      keys: symbols.map { keys[$0] ?? 0 }, noun: "relocations", role: .offset, title: { titles[symbols[$0]] ?? "" })
  }

  private var length: Int { image.kind.wordLength * (image.sections[index].type == 4 ? 3 : 2) }

  /// The section's bytes, the symbol of each relocation, and what the symbols are called.
  private func read(
    _ source: inout ByteSource
  ) throws(FormatError) -> (bytes: [UInt8], symbols: [Int], titles: [Int: String]) {
    let (section, kind) = (image.sections[index], image.kind)
    guard section.size / Int64(length) <= Int64(ELFSymbolTable.limit) else { throw .tooMuch("it has too many parts") }
    let bytes = try source.bytes(at: section.offset, count: Int(section.size))
    let table = try image.contents(of: section.link, &source)
    let strings = image.sections.indices.contains(section.link) ? image.sections[section.link].link : 0
    var names = ELFNames(try image.contents(of: strings, &source), uses: 0)
    var titles: [Int: String] = [:]
    var symbols: [Int] = []
    symbols.reserveCapacity(bytes.count / length)
    for index in 0..<bytes.count / length {
      let symbol = Int(kind.word(bytes, index * length + kind.wordLength) >> (kind.is64 ? 32 : 8))
      symbols.append(symbol)
      guard titles[symbol] == nil else { continue }
      titles[symbol] =
        symbol == 0 || symbol >= table.count / kind.symbolLength
        ? "(base)" : try ELFSymbol(table, symbol, kind).title(&names, image)
    }
    return (bytes, symbols, titles)
  }
}

/// The fields of one relocation.
struct ELFRelocationFields: Structure {
  let kind: ELFKind
  let hasAddend: Bool
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(Self.rows(kind, hasAddend: hasAddend), at: range.lowerBound, prefix: prefix)
  }

  static func rows(_ kind: ELFKind, hasAddend: Bool) -> [FieldRow] {
    let (order, word) = (kind.order, Int64(kind.wordLength))
    // The type is in the low half or byte, the symbol's index in the rest.
    let parts: (Int64, Int64) = kind.is64 ? (4, 4) : (1, 3)
    let type: FieldRow = ("type", parts.0, .unsigned(order), .data)
    let symbol: FieldRow = ("symbol index", parts.1, .unsigned(order), .offset)
    let addend: FieldRow = ("addend", word, .signed(order), .offset)
    return [("place", word, .hexadecimal(order), .offset)] + (order == .little ? [type, symbol] : [symbol, type])
      + (hasAddend ? [addend] : [])
  }
}
