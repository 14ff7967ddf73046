import Model

/// The units of `.debug_info`: a region for each, by the name of its source file.
struct DWARFUnits: Structure {
  let tables: DWARFTables
  let index: Int

  /// The most units that are told apart.
  static let limit = 100_000

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    var count = 0
    let section = tables.image.sections[index]
    while range.upperBound - place >= 11 {
      let header = try DWARFUnitHeader(&source, place..<range.upperBound, tables, section)
      count += 1
      guard count <= Self.limit else { throw .tooMuch("it has \(count) units or more") }
      let name = "\(section.name) \(try header.title(&source, tables, section))"
      try layout.add(
        name, at: place, count: header.end - place,
        .structure(DWARFUnit(tables: tables, index: index, prefix: name + " ")), role: .debug)
      place = header.end
    }
  }
}

/// The header of a unit, and where the attributes of its first entry are.
struct DWARFUnitHeader {
  let start: Int64
  let end: Int64
  let offsetLength: Int
  let version: Int
  let type: Int
  let addressLength: Int
  let abbreviations: UInt64
  /// Where the header's own fields end.
  let entries: Int64

  init(
    _ source: inout ByteSource, _ range: Range<Int64>, _ tables: DWARFTables, _ section: ELFSection
  ) throws(FormatError) {
    start = range.lowerBound
    var cursor = DWARFCursor(range, tables.image.order)
    var length = try cursor.number(4, &source)
    offsetLength = length == 0xFFFF_FFFF ? 8 : 4
    if length == 0xFFFF_FFFF { length = try cursor.number(8, &source) }
    guard length <= UInt64(range.upperBound - cursor.place) else {
      throw .malformed(at: start, "a unit is longer than its section")
    }
    end = cursor.place + Int64(length)
    version = Int(try cursor.number(2, &source))
    guard (2...5).contains(version) else { throw .malformed(at: start, "a unit has an unknown version") }
    type = version >= 5 ? Int(try cursor.number(1, &source)) : 1
    var addressLength = version >= 5 ? Int(try cursor.number(1, &source)) : 0
    let place = cursor.place
    let offset = try cursor.number(offsetLength, &source)
    abbreviations = try tables.relocated(offset, at: place, in: section, &source)
    if version < 5 { addressLength = Int(try cursor.number(1, &source)) }
    self.addressLength = addressLength
    if type == 4 || type == 5 { try cursor.skip(8) }
    if type == 2 || type == 6 { try cursor.skip(8 + UInt64(offsetLength)) }
    entries = cursor.place
    guard entries <= end else { throw .malformed(at: start, "a unit is shorter than its header") }
  }

  /// An attribute of the unit's first entry.
  struct Attribute {
    let name: UInt64
    let form: DWARFForm
    let range: Range<Int64>
  }

  /// The attributes of the first entry, as far as their forms are known, and where they begin.
  func attributes(
    _ source: inout ByteSource, _ tables: DWARFTables
  ) throws(FormatError) -> (start: Int64, all: [Attribute]) {
    var cursor = DWARFCursor(entries..<end, tables.image.order)
    let code = try cursor.variable(&source)
    let start = cursor.place
    guard code != 0, let announced = try tables.attributes(code, at: abbreviations, &source) else {
      return (start, [])
    }
    var found: [Attribute] = []
    for attribute in announced {
      let place = cursor.place
      try attribute.form.skip(
        &cursor, &source, offsetLength: offsetLength, addressLength: addressLength, version: version)
      found.append(Attribute(name: attribute.name, form: attribute.form, range: place..<cursor.place))
    }
    return (start, found)
  }

  /// The text of an attribute; nil where it is none.
  func text(
    _ attribute: Attribute, among all: [Attribute], _ source: inout ByteSource, _ tables: DWARFTables,
    _ section: ELFSection
  ) throws(FormatError) -> [UInt8]? {
    var cursor = DWARFCursor(attribute.range, tables.image.order)
    switch attribute.form.text {
    case .none: return nil
    case .inline: return try cursor.text(&source)
    case .strings, .lineStrings, .index:
      let isVariable = attribute.form.number == 0x1A || attribute.form.number == 0x1F02
      let stored = isVariable ? try cursor.variable(&source) : try cursor.number(attribute.range.count, &source)
      let value = try tables.relocated(stored, at: attribute.range.lowerBound, in: section, &source)
      var base: UInt64 = version >= 5 ? UInt64(2 * offsetLength) : 0
      if let attribute = all.first(where: { $0.name == 0x72 && $0.range.count == offsetLength }) {
        base = try source.unsigned(at: attribute.range.lowerBound, count: offsetLength, tables.image.order)
      }
      return try tables.text(attribute.form, value, base: base, offsetLength: offsetLength, &source)
    }
  }

  /// What people know the unit by.
  func title(
    _ source: inout ByteSource, _ tables: DWARFTables, _ section: ELFSection
  ) throws(FormatError) -> String {
    if type == 2 || type == 6 { return "type unit" }
    let attributes = (try? attributes(&source, tables))?.all ?? []
    guard let name = attributes.first(where: { $0.name == 0x03 }) else { return "unit" }
    return (try? text(name, among: attributes, &source, tables, section)).flatMap { $0 }.map(DWARFPath.name) ?? "unit"
  }
}

/// One unit: its header, the attributes of its first entry, the rest of its entries.
struct DWARFUnit: Structure {
  let tables: DWARFTables
  let index: Int
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let section = tables.image.sections[index]
    let header = try DWARFUnitHeader(&source, range, tables, section)
    try addHeader(header, to: &layout)
    let attributes: (start: Int64, all: [DWARFUnitHeader.Attribute])
    do { attributes = try header.attributes(&source, tables) } catch {
      return try layout.add(
        prefix + "entries", at: header.entries, count: range.upperBound - header.entries, role: .debug)
    }
    try layout.add(
      prefix + "abbreviation", at: header.entries, count: attributes.start - header.entries, .field(.bytes),
      role: .offset)
    var place = attributes.start
    for attribute in attributes.all where !attribute.range.isEmpty {
      let text = try header.text(attribute, among: attributes.all, &source, tables, section)
      try add(attribute, text, &source, to: &layout)
      place = attribute.range.upperBound
    }
    try layout.add(prefix + "entries", at: place, count: range.upperBound - place, role: .debug)
  }

  private func add(
    _ attribute: DWARFUnitHeader.Attribute, _ text: [UInt8]?, _ source: inout ByteSource,
    to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let known = Self.attributes[attribute.name]
    let count = attribute.range.upperBound - attribute.range.lowerBound
    var encoding: Encoding = count <= 8 ? .hexadecimal(tables.image.order) : .bytes
    if attribute.form.text == .inline {
      encoding = .text
    } else if let text {
      let stored = try source.bytes(at: attribute.range.lowerBound, count: Int(count))
      let shown = ExactText.text(text)
      encoding = .custom { $0 == stored ? shown : nil }
    }
    // Where a text is shifts with the texts before it; what it says does not.
    try layout.add(
      prefix + (known?.name ?? "attribute 0x" + String(attribute.name, radix: 16)), at: attribute.range.lowerBound,
      count: count, count <= Int64(Encoding.textLimit) ? .field(encoding) : .opaque, role: known?.role ?? .debug)
  }

  private func addHeader(_ header: DWARFUnitHeader, to layout: inout LayoutBuilder) throws(FormatError) {
    let order = tables.image.order
    var fields = ELFFieldWriter(prefix: prefix, place: header.start)
    if header.offsetLength == 8 { try fields.add("length mark", 4, .bytes, nil, to: &layout) }
    try fields.add("length", header.offsetLength, .unsigned(order), .size, to: &layout)
    try fields.add("version", 2, .unsigned(order), .generator, to: &layout)
    if header.version >= 5 {
      try fields.add("unit type", 1, .unsigned(order), .debug, to: &layout)
      try fields.add("address size", 1, .unsigned(order), .platform, to: &layout)
      try fields.add("abbreviations offset", header.offsetLength, .unsigned(order), .offset, to: &layout)
    } else {
      try fields.add("abbreviations offset", header.offsetLength, .unsigned(order), .offset, to: &layout)
      try fields.add("address size", 1, .unsigned(order), .platform, to: &layout)
    }
    if header.entries > fields.place {
      let identity = Int(header.entries - fields.place)
      try fields.add("identity", identity, .bytes, .identity, to: &layout)
    }
  }

  private static let attributes: [UInt64: (name: String, role: Difference.Role)] = [
    0x03: ("name", .path), 0x1B: ("directory", .path), 0x25: ("producer", .generator), 0x13: ("language", .debug),
    0x10: ("line table", .offset), 0x11: ("low address", .offset), 0x12: ("high address", .offset),
    0x55: ("ranges", .offset), 0x72: ("text offsets base", .offset), 0x73: ("addresses base", .offset),
    0x74: ("ranges base", .offset), 0x8C: ("locations base", .offset), 0x76: ("split file name", .path),
    0x2130: ("split file name", .path), 0x2131: ("split file identity", .identity), 0x79: ("macros", .offset),
    0x2119: ("macros", .offset), 0x2132: ("ranges base", .offset), 0x2133: ("addresses base", .offset),
    0x2134: ("public names", .debug), 0x3E02: ("include path", .path), 0x3FEF: ("SDK", .path),
    0x3FE3: ("SDK root", .path), 0x3FE1: ("optimised", .flags),
  ]
}
