import Model

/// A function or an object of the symbol table that has bytes of a section.
struct ELFPlacedSymbol: Sendable {
  let section: Int
  /// From the section's start, in bytes.
  let place: Int64
  /// Zero where the symbol table does not say.
  let size: Int64
  let isFunction: Bool
  let name: String

  /// The most symbols that are told apart.
  private static let limit = 1_000_000

  /// Those of the full symbol table, or of the dynamic one where that is all there is.
  static func all(_ image: ELFImage, _ source: inout ByteSource) throws(FormatError) -> [ELFPlacedSymbol] {
    guard
      let table = image.sections.firstIndex(where: { $0.type == 2 && $0.hasBytes })
        ?? image.sections.firstIndex(where: { $0.type == 11 && $0.hasBytes })
    else { return [] }
    let bytes = try image.contents(of: table, &source)
    let count = bytes.count / image.kind.symbolLength
    guard count <= limit else { return [] }
    var names = ELFNames(try image.contents(of: image.sections[table].link, &source), uses: count)
    var found: [ELFPlacedSymbol] = []
    for index in 0..<count {
      let symbol = ELFSymbol(bytes, index, image.kind)
      guard symbol.type == 1 || symbol.type == 2 || symbol.type == 10, image.sections.indices.contains(symbol.section)
      else { continue }
      let section = image.sections[symbol.section]
      let isFunction = symbol.type != 1
      // The lowest bit tells Thumb from ARM code.
      let value = isFunction && image.header.machine == 40 ? symbol.value & ~1 : symbol.value
      let place = value &- (image.header.type == ELFHeader.relocatable ? 0 : section.address)
      guard section.hasBytes, place < UInt64(section.size), isFunction || symbol.size > 0,
        let name = try names.name(symbol.name), !name.isEmpty
      else { continue }
      let room = section.size - Int64(place)
      found.append(
        ELFPlacedSymbol(
          section: symbol.section, place: Int64(place), size: min(room, Int64(clamping: symbol.size)),
          isFunction: isFunction, name: isFunction ? name : ELFSymbol.stable(name)))
    }
    // Of several names for one place the first by name is kept, whatever the order of the table.
    return found.sorted { ($0.section, $0.place, -$0.size, $0.name) < ($1.section, $1.place, -$1.size, $1.name) }
  }

  /// Those of one section, out of all.
  static func of(_ section: Int, _ all: [ELFPlacedSymbol]) -> ArraySlice<ELFPlacedSymbol> {
    func first(_ wanted: Int) -> Int {
      var (low, high) = (0, all.count)
      while low < high {
        let middle = (low + high) / 2
        if all[middle].section < wanted { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return all[first(section)..<first(section + 1)]
  }
}

/// One entry of a symbol table.
struct ELFSymbol {
  let name: Int
  let type: UInt64
  let section: Int
  let value: UInt64
  let size: UInt64

  init(_ bytes: [UInt8], _ index: Int, _ kind: ELFKind) {
    let place = index * kind.symbolLength
    name = Int(kind.number(bytes, place, 4))
    type = kind.number(bytes, place + (kind.is64 ? 4 : 12), 1) & 15
    section = Int(kind.number(bytes, place + (kind.is64 ? 6 : 14), 2))
    value = kind.word(bytes, place + (kind.is64 ? 8 : 4))
    size = kind.word(bytes, place + (kind.is64 ? 16 : 8))
  }

  /// What people call it: its name, or that of the section it stands for.
  func title(_ names: inout ELFNames, _ image: ELFImage) throws(FormatError) -> String {
    if type == 3, image.sections.indices.contains(section) { return "section " + image.sections[section].name }
    let name = try names.name(name) ?? ""
    if type == 1 { return Self.stable(name) }
    return (type == 4 ? "file " : "") + (name.isEmpty ? "(unnamed)" : name)
  }

  /// The name of an object without the number that compilers add to those within functions, which shifts.
  static func stable(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    let end = name[name.index(after: dot)...]
    return !end.isEmpty && end.utf8.allSatisfy { (0x30...0x39).contains($0) } ? String(name[..<dot]) : name
  }
}

/// A symbol table: a region for each symbol, by its name.
struct ELFSymbolTable: RowTable {
  let image: ELFImage
  let index: Int

  /// The most symbols that are told apart.
  static let limit = 250_000

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let length = image.kind.symbolLength
    for (number, title) in try titles(try image.contents(of: index, &source), &source).enumerated() {
      let name = "\(image.sections[index].name) \(title)"
      try layout.add(
        name, at: range.lowerBound + Int64(number * length), count: Int64(length),
        .structure(ELFSymbolFields(kind: image.kind, prefix: name + " ")), role: .offset)
    }
  }

  func rows(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> TableRows {
    let bytes = try image.contents(of: index, &source)
    let titles = try titles(bytes, &source)
    return TableRows(
      bytes: bytes, rowLength: image.kind.symbolLength, fields: ELFSymbolFields.rows(image.kind),
      keys: titles.map { TableRows.key($0.utf8) }, noun: "symbols", role: .offset, title: { titles[$0] })
  }

  private func titles(_ bytes: [UInt8], _ source: inout ByteSource) throws(FormatError) -> [String] {
    let count = bytes.count / image.kind.symbolLength
    guard count <= Self.limit else { throw .tooMuch("it has \(count) symbols") }
    let strings = try image.contents(of: image.sections[index].link, &source)
    var names = ELFNames(strings, uses: count + image.sections.count)
    var titles: [String] = []
    titles.reserveCapacity(count)
    for number in 0..<count { titles.append(try ELFSymbol(bytes, number, image.kind).title(&names, image)) }
    return titles
  }
}

/// The fields of one symbol.
struct ELFSymbolFields: Structure {
  let kind: ELFKind
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(Self.rows(kind), at: range.lowerBound, prefix: prefix)
  }

  static func rows(_ kind: ELFKind) -> [FieldRow] {
    let (order, word) = (kind.order, Int64(kind.wordLength))
    let place: [FieldRow] = [
      ("value", word, .hexadecimal(order), .offset), ("size", word, .unsigned(order), .size),
    ]
    let kinds: [FieldRow] = [
      ("type", 1, .custom(type), .flags), ("visibility", 1, .names(order, visibilities), .flags),
      ("section index", 2, .names(order, sections), .offset),
    ]
    return [("name offset", 4, .unsigned(order), .offset)] + (kind.is64 ? kinds + place : place + kinds)
  }

  @Sendable private static func type(_ bytes: [UInt8]) -> String? {
    guard let byte = bytes.first else { return nil }
    let types = ["none", "object", "function", "section", "file", "common", "thread-local"]
    let type = Int(byte & 15)
    let bindings: [UInt8: String] = [0: "local", 1: "global", 2: "weak", 10: "unique"]
    return "\(bindings[byte >> 4] ?? "binding \(byte >> 4)") "
      + (type < types.count ? types[type] : type == 10 ? "indirect function" : "type \(type)")
  }

  private static let visibilities: [UInt64: String] = [0: "default", 1: "internal", 2: "hidden", 3: "protected"]
  private static let sections: [UInt64: String] = [0: "undefined", 0xFFF1: "absolute", 0xFFF2: "common"]
}
