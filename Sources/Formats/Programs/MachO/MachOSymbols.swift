import Model

/// The symbol table of a Mach-O file, a record a region.
struct MachOSymbolRecords: Structure {
  let symbols: MachOImage.Symbols
  let is64: Bool
  let order: ByteOrder

  /// The records with their names; debugging records, which have no place in a section, are of their own kind.
  static func records(
    _ symbols: MachOImage.Symbols, _ source: inout ByteSource, is64: Bool, _ order: ByteOrder,
    _ body: (_ place: Int64, _ name: String, _ kind: UInt8, _ section: UInt8, _ value: Int64) throws(FormatError) ->
      Void
  ) throws(FormatError) {
    let length: Int64 = is64 ? 16 : 12
    let names =
      symbols.strings.count <= ByteSource.readLimit
      ? try source.bytes(at: symbols.strings.lowerBound, count: symbols.strings.count) : []
    for index in 0..<symbols.count {
      let place = symbols.place + index * length
      let start = Int(try source.u32(at: place, order))
      let name = start < names.count ? ExactText.text(Array(names[start...].prefix(256).prefix { $0 != 0 })) : ""
      let (kind, section) = try (source.byte(at: place + 4), source.byte(at: place + 5))
      let value = Int64(clamping: try source.unsigned(at: place + 8, count: is64 ? 8 : 4, order))
      try body(place, name, kind, section, value)
    }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let length: Int64 = is64 ? 16 : 12
    try Self.records(symbols, &source, is64: is64, order) { place, name, kind, _, _ throws(FormatError) in
      let isDebug = kind & 0xE0 != 0
      // Records of sources (0x64, 0x84), objects (0x66) and libraries have paths as their names, objects their time as value.
      switch kind {
      case 0x66:
        try layout.add("object file record", at: place, count: 8, .field(.bytes), role: .offset)
        try layout.add("object file time", at: place + 8, count: length - 8, .field(.stamp(order)), role: .time)
      case 0x64, 0x84: try layout.add("source file record", at: place, count: length, .field(.bytes), role: .offset)
      default:
        let what = isDebug ? "debug symbol" : "symbol"
        try layout.add("\(what) \(name)", at: place, count: length, .field(.bytes), role: .offset)
      }
    }
  }
}

/// Code that symbols name.
struct MachOSectionContent: Structure {
  /// Of how many sections the symbols are looked at.
  static let codeSectionLimit = 8

  let section: MachOImage.Section
  let symbols: MachOImage.Symbols
  let is64: Bool
  let order: ByteOrder

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var starts: [(place: Int64, name: String)] = []
    let (number, address) = (section.number, section.address)
    let size = Int64(range.count)
    try MachOSymbolRecords.records(symbols, &source, is64: is64, order) { _, name, kind, section, value in
      guard kind & 0xE0 == 0, kind & 0x0E == 0x0E, Int(section) == number, value >= address, value - address < size
      else { return }
      starts.append((range.lowerBound + (value - address), name))
    }
    starts.sort { ($0.place, $0.name) < ($1.place, $1.name) }
    var place = range.lowerBound
    var name = "\(section.name) content"
    for start in starts {
      if start.place > place {
        try layout.add(name, at: place, count: start.place - place, role: .code)
        place = start.place
        name = "function \(start.name)"
      } else if name == "\(section.name) content" {
        name = "function \(start.name)"
      }
    }
    try layout.add(name, at: place, count: range.upperBound - place, role: .code)
  }
}
