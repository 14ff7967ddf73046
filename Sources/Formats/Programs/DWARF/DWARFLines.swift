import Model

/// The units of `.debug_line`: a region for each, by the name of its source file.
struct DWARFLineTables: Structure {
  let tables: DWARFTables
  let index: Int

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let section = tables.image.sections[index]
    var place = range.lowerBound
    var count = 0
    while range.upperBound - place >= 15 {
      var unit = try DWARFLineUnit(&source, place..<range.upperBound, tables, section)
      count += 1
      guard count <= DWARFUnits.limit else { throw .tooMuch("it has \(count) units or more") }
      try? unit.readHeader(&source)
      let name = "\(section.name) \(unit.title.map(DWARFPath.name) ?? "unit")"
      try layout.add(
        name, at: place, count: unit.end - place,
        .structure(DWARFLineTable(tables: tables, index: index, prefix: name + " ")), role: .debug)
      place = unit.end
    }
  }
}

/// One unit of the line table: its header, its folders and files, its program.
struct DWARFLineTable: Structure {
  let tables: DWARFTables
  let index: Int
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var unit = try DWARFLineUnit(&source, range, tables, tables.image.sections[index])
    unit.keepsParts = true
    let failure: FormatError?
    do {
      try unit.readHeader(&source)
      failure = nil
    } catch { failure = error }
    for part in unit.parts where !part.range.isEmpty {
      try layout.add(
        prefix + part.name, at: part.range.lowerBound, count: Int64(part.range.count),
        part.range.count <= Encoding.textLimit ? .field(part.encoding) : .opaque, role: part.role)
    }
    if let failure { throw failure }
    try layout.add(
      prefix + "program", at: unit.program, count: range.upperBound - unit.program, role: .debug)
  }
}

/// Reads the header of a unit of the line table.
struct DWARFLineUnit {
  struct Part {
    let name: String
    let range: Range<Int64>
    let encoding: Encoding
    let role: Difference.Role?
  }

  let end: Int64
  /// Whether the parts are wanted, not the title alone.
  var keepsParts = false
  private(set) var parts: [Part] = []
  /// The path of the first file.
  private(set) var title: [UInt8]?
  /// Where the line number program begins.
  private(set) var program: Int64
  private let tables: DWARFTables
  private let section: ELFSection
  private let offsetLength: Int
  private var cursor: DWARFCursor

  init(
    _ source: inout ByteSource, _ range: Range<Int64>, _ tables: DWARFTables, _ section: ELFSection
  ) throws(FormatError) {
    var cursor = DWARFCursor(range, tables.image.order)
    var length = try cursor.number(4, &source)
    offsetLength = length == 0xFFFF_FFFF ? 8 : 4
    if length == 0xFFFF_FFFF { length = try cursor.number(8, &source) }
    guard length <= UInt64(range.upperBound - cursor.place) else {
      throw .malformed(at: range.lowerBound, "a unit is longer than its section")
    }
    end = cursor.place + Int64(length)
    program = range.lowerBound
    self.tables = tables
    self.section = section
    self.cursor = DWARFCursor(range.lowerBound..<end, tables.image.order)
  }

  /// Reads all up to the program.
  mutating func readHeader(_ source: inout ByteSource) throws(FormatError) {
    let order = cursor.order
    if offsetLength == 8 { try field("length mark", 4, .bytes, nil) }
    try field("length", offsetLength, .unsigned(order), .size)
    let version = Int(try source.unsigned(at: cursor.place, count: 2, order))
    guard (2...5).contains(version) else { throw .malformed(at: cursor.place, "a unit has an unknown version") }
    try field("version", 2, .unsigned(order), .generator)
    if version >= 5 {
      try field("address size", 1, .unsigned(order), .platform)
      try field("selector size", 1, .unsigned(order), .platform)
    }
    let headerLength = try source.unsigned(at: cursor.place, count: offsetLength, order)
    try field("header length", offsetLength, .unsigned(order), .size)
    guard headerLength <= UInt64(end - cursor.place) else {
      throw .malformed(at: cursor.place, "a header is longer than its unit")
    }
    program = cursor.place + Int64(headerLength)
    let settings = version >= 4 ? 6 : 5
    let opcodes = UInt64(try source.byte(at: min(cursor.place + Int64(settings) - 1, end - 1)))
    try field("settings", settings + Int(max(opcodes, 1)) - 1, .bytes, .generator)
    if version >= 5 {
      try readTable("directory", &source)
      try readTable("file", &source)
    } else {
      try readOldTables(&source)
    }
    if program > cursor.place { try field("further header", Int(program - cursor.place), .bytes, .debug) }
    guard program == cursor.place else { throw .malformed(at: cursor.place, "a header is too short") }
  }

  private mutating func field(
    _ name: String, _ count: Int, _ encoding: Encoding, _ role: Difference.Role?
  ) throws(FormatError) {
    let start = cursor.place
    try cursor.skip(UInt64(count))
    add(name, from: start, encoding, role)
  }

  private mutating func add(
    _ name: @autoclosure () -> String, from start: Int64, _ encoding: Encoding, _ role: Difference.Role?
  ) {
    guard keepsParts else { return }
    parts.append(Part(name: name(), range: start..<cursor.place, encoding: encoding, role: role))
  }

  /// Folders and files up to DWARF 4.
  private mutating func readOldTables(_ source: inout ByteSource) throws(FormatError) {
    while true {
      let start = cursor.place
      let text = try cursor.text(&source)
      guard !text.isEmpty else {
        add("directories end", from: start, .bytes, nil)
        break
      }
      add("directory \"\(StringKey.of(text[...]))\"", from: start, .text, .path)
    }
    while true {
      let start = cursor.place
      let text = try cursor.text(&source)
      guard !text.isEmpty else {
        add("files end", from: start, .bytes, nil)
        return
      }
      if title == nil { title = text }
      let name = keepsParts ? "file \(DWARFPath.name(text))" : ""
      add(name, from: start, .text, .path)
      for (part, role) in [("directory index", .offset), ("time", .time), ("size", .size)]
        as [(String, Difference.Role)]
      {
        let place = cursor.place
        let value = try cursor.variable(&source)
        let seconds = Encoding.decimalSeconds.text(Array(String(value).utf8))
        add("\(name) \(part)", from: place, .custom { _ in role == .time && value > 0 ? seconds : "\(value)" }, role)
      }
    }
  }

  /// Folders or files of DWARF 5: what each entry has, how many there are, the entries.
  private mutating func readTable(_ kind: String, _ source: inout ByteSource) throws(FormatError) {
    let start = cursor.place
    let count = try cursor.number(1, &source)
    var format: [(content: UInt64, form: DWARFForm)] = []
    for _ in 0..<count {
      format.append((try cursor.variable(&source), DWARFForm(number: try cursor.variable(&source))))
    }
    let entries = try cursor.variable(&source)
    add("\(kind) format", from: start, .bytes, .size)
    guard entries == 0 || !format.isEmpty else { return }
    var number: UInt64 = 0
    while number < entries {
      let before = cursor.place
      var name = kind
      for (content, form) in format {
        let place = cursor.place
        try form.skip(&cursor, &source, offsetLength: offsetLength, addressLength: 8, version: 5)
        var encoding: Encoding = form.number == 0x1E ? .bytes : .unsigned(cursor.order)
        if content == 1 {
          let text = try text(form, place..<cursor.place, &source)
          if kind == "file", title == nil || number == 1 { title = text }
          if keepsParts, let text {
            name = kind == "file" ? "file \(DWARFPath.name(text))" : "directory \"\(StringKey.of(text[...]))\""
            let stored = try source.bytes(at: place, count: Int(cursor.place - place))
            let shown = ExactText.text(text)
            encoding = .custom { $0 == stored ? shown : nil }
          }
        }
        let part = Self.contents[content] ?? ("content \(content)", .debug)
        add(name + part.name, from: place, encoding, part.role)
      }
      guard cursor.place > before else { throw .malformed(at: before, "an entry has no bytes") }
      number += 1
    }
  }

  private func text(
    _ form: DWARFForm, _ range: Range<Int64>, _ source: inout ByteSource
  ) throws(FormatError) -> [UInt8]? {
    var cursor = DWARFCursor(range, cursor.order)
    if form.text == .inline { return try cursor.text(&source) }
    guard form.text == .strings || form.text == .lineStrings else { return nil }
    let stored = try cursor.number(offsetLength, &source)
    let value = try tables.relocated(stored, at: range.lowerBound, in: section, &source)
    return try tables.text(form, value, base: 0, offsetLength: offsetLength, &source)
  }

  private static let contents: [UInt64: (name: String, role: Difference.Role)] = [
    1: ("", .path), 2: (" directory index", .offset), 3: (" time", .time), 4: (" size", .size), 5: (" MD5", .checksum),
  ]
}
