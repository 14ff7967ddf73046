import Model

/// The symbols of a COFF object or of a PE image that was not stripped, and their names.
struct CoffSymbolTable: Sendable {
  /// A named place in a section.
  struct Symbol: Sendable {
    let name: String
    /// From the section's start.
    let value: Int64
    /// The storage class: 2 is external, 3 static.
    let storage: UInt8
  }

  /// The most bytes of a name that are shown.
  static let nameLimit = 256

  let place: Int64
  let recordLength: Int64
  let count: Int64
  /// Where the strings end.
  let end: Int64
  /// The symbols of each section, which count from 1.
  let bySection: [Int: [Symbol]]

  /// Reads the symbols; nil when there are none.
  ///
  /// Throws when the table is not within the file.
  init?(
    _ source: inout ByteSource, _ range: Range<Int64>, at place: Int64, count: Int64, recordLength: Int64 = 18
  ) throws(FormatError) {
    guard place > range.lowerBound, count > 0 else { return nil }
    guard place <= range.upperBound, count <= (range.upperBound - place) / recordLength else {
      throw .truncated(at: range.upperBound)
    }
    self.place = place
    self.recordLength = recordLength
    self.count = count
    let names = try Self.strings(&source, range, at: place + count * recordLength)
    end = place + count * recordLength + Int64(names.count)
    var bySection: [Int: [Symbol]] = [:]
    var index: Int64 = 0
    while index < count {
      let record = try source.bytes(at: place + index * recordLength, count: Int(recordLength))
      let fields = Self.fields(of: record)
      index += 1 + Int64(fields.auxiliaries)
      guard fields.section > 0, fields.storage == 2 || fields.storage == 3 else { continue }
      // A static symbol with more records and no offset is the section itself.
      if fields.storage == 3, fields.auxiliaries > 0, fields.value == 0 { continue }
      let symbol = Symbol(name: Self.name(record, names), value: fields.value, storage: fields.storage)
      bySection[fields.section, default: []].append(symbol)
    }
    self.bySection = bySection
  }

  /// The table of strings with its length in front; empty when there is none.
  static func strings(
    _ source: inout ByteSource, _ range: Range<Int64>, at place: Int64
  ) throws(FormatError) -> [UInt8] {
    guard range.upperBound - place >= 4 else { return [] }
    let length = try source.u32(at: place)
    guard length >= 4, length <= range.upperBound - place, length <= Int64(ByteSource.readLimit) else { return [] }
    return try source.bytes(at: place, count: Int(length))
  }

  func add(to layout: inout LayoutBuilder) throws(FormatError) {
    let stringsPlace = place + count * recordLength
    try layout.add(
      "symbol table", at: place, count: count * recordLength,
      .structure(CoffSymbolRecords(recordLength: recordLength, strings: stringsPlace..<end)), role: .debug)
    if end > stringsPlace {
      try layout.add("string table size", at: stringsPlace, count: 4, .field(.unsigned(.little)), role: .size)
      try layout.add("string table", at: stringsPlace + 4, count: end - stringsPlace - 4, role: .name)
    }
  }

  /// The name of a record's symbol.
  static func name(_ record: [UInt8], _ names: [UInt8]) -> String {
    if record[..<4].allSatisfy({ $0 == 0 }) {
      let offset = record[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard offset < names.count else { return "" }
      return ExactText.text(Array(names[offset...].prefix(nameLimit).prefix { $0 != 0 }))
    }
    return ExactText.text(Array(record[..<8].prefix { $0 != 0 }))
  }

  /// The numbers of a record, whose section has two bytes, or four in a big object.
  static func fields(of record: [UInt8]) -> (value: Int64, section: Int, storage: UInt8, auxiliaries: UInt8) {
    let value = record[8..<12].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let isBig = record.count == 20
    let section =
      isBig
      ? Int(Int32(truncatingIfNeeded: record[12..<16].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }))
      : Int(Int16(truncatingIfNeeded: Int(record[12]) | Int(record[13]) << 8))
    let place = isBig ? 18 : 16
    return (value, section, record[place], record[place + 1])
  }
}

/// The records of a symbol table, named by their symbols.
struct CoffSymbolRecords: Structure {
  let recordLength: Int64
  let strings: Range<Int64>

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let names = strings.isEmpty ? [] : try source.bytes(at: strings.lowerBound, count: strings.count)
    var place = range.lowerBound
    while range.upperBound - place >= recordLength {
      let record = try source.bytes(at: place, count: Int(recordLength))
      let fields = CoffSymbolTable.fields(of: record)
      let name = CoffSymbolTable.name(record, names)
      try layout.add(
        "symbol \(name)", at: place, count: recordLength,
        .field(
          .custom { bytes in
            guard bytes.count == record.count else { return nil }
            let fields = CoffSymbolTable.fields(of: bytes)
            return "value 0x\(String(fields.value, radix: 16)), section \(fields.section), class \(fields.storage)"
          }), role: name.hasPrefix("@comp.id") || name.hasPrefix("@feat") ? .generator : .offset)
      place += recordLength
      let more = min(Int64(fields.auxiliaries), (range.upperBound - place) / recordLength)
      guard more > 0 else { continue }
      // The symbol `.file` has the source file's path behind it, class 103.
      let isFile = fields.storage == 103
      try layout.add(
        isFile ? "source file" : "symbol \(name) more", at: place, count: more * recordLength,
        .field(isFile ? .text : .bytes), role: isFile ? .path : .size)
      place += more * recordLength
    }
  }
}
