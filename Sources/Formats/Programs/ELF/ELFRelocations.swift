import Model

/// The relocations of a section: a region for each, by the symbol that it is for.
struct ELFRelocations: Structure {
  let image: ELFImage
  let index: Int

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (section, kind) = (image.sections[index], image.kind)
    let length = kind.wordLength * (section.type == 4 ? 3 : 2)
    guard section.size / Int64(length) <= Int64(ELFSymbolTable.limit) else { throw .tooMuch("it has too many parts") }
    let bytes = try source.bytes(at: section.offset, count: Int(section.size))
    let count = bytes.count / length
    let symbols = try image.contents(of: section.link, &source)
    let strings = image.sections.indices.contains(section.link) ? image.sections[section.link].link : 0
    var names = ELFNames(try image.contents(of: strings, &source), uses: 0)
    var titles: [Int: String] = [:]
    for index in 0..<count {
      let information = kind.word(bytes, index * length + kind.wordLength)
      let symbol = Int(information >> (kind.is64 ? 32 : 8))
      var title = titles[symbol]
      if title == nil {
        title =
          symbol == 0 || symbol >= symbols.count / kind.symbolLength
          ? "(base)" : try ELFSymbol(symbols, symbol, kind).title(&names, image)
        titles[symbol] = title
      }
      let name = "\(section.name) \(title ?? "")"
      try layout.add(
        name, at: range.lowerBound + Int64(index * length), count: Int64(length),
        .structure(ELFRelocationFields(kind: kind, hasAddend: section.type == 4, prefix: name + " ")), role: .offset)
    }
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
    let (order, word) = (kind.order, kind.wordLength)
    var fields = ELFFieldWriter(prefix: prefix, place: range.lowerBound)
    try fields.add("place", word, .hexadecimal(order), .offset, to: &layout)
    // The type is in the low half or byte, the symbol's index in the rest.
    let parts = kind.is64 ? (4, 4) : (1, 3)
    if order == .little {
      try fields.add("type", parts.0, .unsigned(order), .data, to: &layout)
      try fields.add("symbol index", parts.1, .unsigned(order), .offset, to: &layout)
    } else {
      try fields.add("symbol index", parts.1, .unsigned(order), .offset, to: &layout)
      try fields.add("type", parts.0, .unsigned(order), .data, to: &layout)
    }
    if hasAddend { try fields.add("addend", word, .signed(order), .offset, to: &layout) }
  }
}
