import Model

/// An SQLite database: a header, then pages of one size.
struct SQLiteDatabase: Format {
  let name = "SQLite"

  func recognises(_ head: FileHead) -> Bool { head.has("SQLite format 3\0") && head.size >= 512 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for (name, length, encoding, role) in Self.fields {
      try layout.add(name, at: place, count: length, .field(encoding), role: role)
      place += length
    }
    let stored = Int64(try source.u16(at: range.lowerBound + 16, .big))
    let size = stored == 1 ? 65_536 : stored
    guard size >= 512, size & (size - 1) == 0 else {
      throw .malformed(at: range.lowerBound + 16, "its page size is no power of two")
    }
    let reserved = Int64(try source.byte(at: range.lowerBound + 20))
    var number = 1
    place = range.lowerBound
    while place < range.upperBound {
      let start = number == 1 ? place + 100 : place
      let length = size - (start - place) - reserved
      let page = SQLitePage(number: number, size: size, reserved: reserved)
      try layout.addAvailable("page \(number)", at: start, count: length, .structure(page), role: .data)
      if reserved > 0 {
        try layout.addAvailable(
          "page \(number) reserved", at: place + size - reserved, count: reserved, .field(.bytes), role: .padding)
      }
      place += size
      number += 1
    }
  }

  private static let fields: [(String, Int64, Encoding, Difference.Role?)] = [
    ("magic", 16, .text, nil), ("page size", 2, .unsigned(.big), .data), ("write format", 1, .unsigned(.big), .version),
    ("read format", 1, .unsigned(.big), .version), ("reserved bytes", 1, .unsigned(.big), .data),
    ("payload fractions", 3, .bytes, .data), ("change counter", 4, .unsigned(.big), .version),
    ("page count", 4, .unsigned(.big), .size), ("first free page", 4, .unsigned(.big), .offset),
    ("free page count", 4, .unsigned(.big), .size), ("schema cookie", 4, .unsigned(.big), .version),
    ("schema format", 4, .unsigned(.big), .version), ("cache size", 4, .signed(.big), .data),
    ("largest root page", 4, .unsigned(.big), .offset), ("text encoding", 4, .names(.big, encodings), .data),
    ("user version", 4, .signed(.big), .version), ("incremental vacuum", 4, .unsigned(.big), .flags),
    ("application ID", 4, .hexadecimal(.big), .data), ("reserved", 20, .bytes, .padding),
    ("version valid for", 4, .unsigned(.big), .version), ("SQLite version", 4, .custom(version), .generator),
  ]

  private static let encodings: [UInt64: String] = [1: "UTF-8", 2: "UTF-16LE", 3: "UTF-16BE"]

  /// 3045001 is 3.45.1.
  private static func version(_ bytes: [UInt8]) -> String? {
    guard let number = Int(Encoding.unsigned(.big).text(bytes)), number > 0 else { return nil }
    return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }
}

/// One page: of a tree of tables or indexes, or without a structure that can be told.
struct SQLitePage: Structure {
  let number: Int
  let size: Int64
  let reserved: Int64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let prefix = "page \(number) "
    // Places on the first page count from the file's start.
    let base = number == 1 ? range.lowerBound - 100 : range.lowerBound
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
    guard let kind = bytes.first, let kindName = Self.kinds[kind], bytes.count >= 12 else {
      return try layout.add(
        prefix + "content", at: range.lowerBound, count: Int64(bytes.count), .opaque, role: .data)
    }
    let shift = Int(range.lowerBound - base)
    let count = Int(bytes[3]) << 8 | Int(bytes[4])
    let header = kind == 2 || kind == 5 ? 12 : 8
    guard header + 2 * count <= bytes.count else { throw .malformed(at: range.lowerBound + 3, "it has too many cells") }
    try layout.add(
      "\(prefix)kind", at: range.lowerBound, count: 1, .field(.names(.big, [UInt64(kind): kindName])), role: .data)
    try layout.add("\(prefix)header", at: range.lowerBound + 1, count: Int64(header - 1), .field(.bytes), role: .offset)
    try layout.add(
      "\(prefix)cell offsets", at: range.lowerBound + Int64(header), count: Int64(2 * count), .opaque, role: .offset)
    var cells: [Range<Int64>] = []
    for index in 0..<count {
      let entry = header + 2 * index
      let start = (Int(bytes[entry]) << 8 | Int(bytes[entry + 1])) - shift
      guard start >= header + 2 * count, start < bytes.count else {
        throw .malformed(at: range.lowerBound + Int64(entry), "a cell is outside of its page")
      }
      guard let cell = SQLiteCell(bytes, at: start, kind: kind, pageSize: Int(size - reserved)) else {
        throw .malformed(at: range.lowerBound + Int64(start), "a cell is cut off")
      }
      cells.append(range.lowerBound + Int64(start)..<range.lowerBound + Int64(cell.end))
      try layout.add(
        prefix + cell.name, at: range.lowerBound + Int64(start), count: Int64(cell.end - start),
        .field(.custom { SQLiteCell(Array($0), at: 0, kind: kind, pageSize: nil)?.text }), role: .data)
    }
    let free = header + 2 * count
    let content = Int(bytes[5]) << 8 | Int(bytes[6])
    let contentStart = (content == 0 ? 65_536 : content) - shift
    if free <= contentStart, contentStart <= bytes.count {
      try layout.add(
        "\(prefix)free space", at: range.lowerBound + Int64(free), count: Int64(contentStart - free), .opaque,
        role: .padding)
      // What rows that were deleted left behind.
      let area = range.lowerBound + Int64(contentStart)..<range.upperBound
      for hole in Holes.between(cells, in: area) {
        try layout.add(
          "\(prefix)unused", at: hole.lowerBound, count: hole.upperBound - hole.lowerBound, .opaque, role: .padding)
      }
    }
  }

  private static let kinds: [UInt8: String] = [
    2: "inner page of an index", 5: "inner page of a table", 10: "leaf page of an index", 13: "leaf page of a table",
  ]
}

/// One cell of a page: a row, or an entry of an index.
struct SQLiteCell {
  let name: String
  let end: Int
  let text: String

  /// Without a page size, the cell is all of the bytes.
  init?(_ bytes: [UInt8], at start: Int, kind: UInt8, pageSize: Int?) {
    var place = start
    var child = ""
    if kind == 2 || kind == 5 {
      guard place + 4 <= bytes.count else { return nil }
      child = "page \(Encoding.unsigned(.big).text(Array(bytes[place..<place + 4]))), "
      place += 4
    }
    let payload = kind == 5 ? 0 : Self.number(bytes, &place)
    guard let payload, payload >= 0 else { return nil }
    let row = kind == 5 || kind == 13 ? Self.number(bytes, &place) : 0
    guard let row else { return nil }
    name = kind == 13 ? "row \(row)" : kind == 5 ? "key \(row)" : "entry"
    if let pageSize {
      // What does not fit goes to other pages, whose number takes four bytes.
      let most = kind == 13 ? pageSize - 35 : (pageSize - 12) * 64 / 255 - 23
      let least = (pageSize - 12) * 32 / 255 - 23
      guard most > 0, least > 0 else { return nil }
      let kept = least + Int((payload - Int64(least)) % Int64(pageSize - 4))
      let local = payload <= Int64(most) ? Int(payload) : (kept <= most ? kept : least) + 4
      guard local >= 0, local <= bytes.count - place else { return nil }
      end = place + local
      text = ""
    } else {
      end = bytes.count
      text = child + (kind == 5 ? "up to key \(row)" : Self.record(bytes[place...]))
    }
  }

  /// A number of one to nine bytes, seven bits each; the ninth has eight.
  private static func number(_ bytes: [UInt8], _ place: inout Int) -> Int64? {
    var value: UInt64 = 0
    for index in 0..<9 {
      guard place < bytes.count else { return nil }
      let byte = bytes[place]
      place += 1
      if index == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
      value = value << 7 | UInt64(byte & 0x7F)
      if byte & 0x80 == 0 { break }
    }
    return Int64(bitPattern: value)
  }

  /// The columns' values as far as they are in these bytes.
  private static func record(_ slice: ArraySlice<UInt8>) -> String {
    let bytes = Array(slice)
    var place = 0
    guard let length = number(bytes, &place), length >= 1, length <= bytes.count else {
      return Hexadecimal.string(bytes)
    }
    var value = Int(length)
    var columns: [String] = []
    while place < Int(length), columns.count < 1000, let kind = number(bytes, &place), kind >= 0 {
      let size = kind >= 12 ? (kind - 12) / 2 : [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][Int(kind)]
      guard size <= Int64(bytes.count - value) else {
        columns.append("…")
        break
      }
      let content = Array(bytes[value..<value + Int(size)])
      switch kind {
      case 0: columns.append("NULL")
      case 1...6: columns.append(Encoding.signed(.big).text(content))
      case 7: columns.append("\(Double(bitPattern: content.reduce(0) { $0 << 8 | UInt64($1) }))")
      case 8, 9: columns.append("\(kind - 8)")
      default: columns.append(kind % 2 == 1 ? "'\(ExactText.text(content))'" : "x'\(Hexadecimal.string(content))'")
      }
      value += Int(size)
    }
    return columns.joined(separator: ", ")
  }
}
