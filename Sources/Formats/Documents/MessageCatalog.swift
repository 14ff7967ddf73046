import Model

/// Translations as gettext compiles them, `.mo`: a header, tables of places, a hash table, then the texts.
struct MessageCatalog: Format {
  let name = "gettext catalog"

  /// The most bytes of a header that is laid out field by field.
  private static let headerLimit = 64 << 10

  func recognises(_ head: FileHead) -> Bool {
    head.size >= 28 && head.size <= TextLines.sizeLimit
      && (head.has([0xDE, 0x12, 0x04, 0x95]) || head.has([0x95, 0x04, 0x12, 0xDE]))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let base = range.lowerBound
    let order: ByteOrder = try source.byte(at: base) == 0xDE ? .little : .big
    for (index, (name, role)) in Self.fields.enumerated() {
      try layout.add(
        name, at: base + Int64(4 * index), count: 4,
        .field(index < 2 ? .hexadecimal(order) : .unsigned(order)), role: role)
    }
    var numbers: [Int64] = []
    for index in 2..<7 { numbers.append(try source.u32(at: base + Int64(4 * index), order)) }
    let (count, originals, translations) = (numbers[0], numbers[1], numbers[2])
    try layout.add("table of originals", at: base + originals, count: 8 * count, .opaque, role: .offset)
    try layout.add("table of translations", at: base + translations, count: 8 * count, .opaque, role: .offset)
    if numbers[3] > 0 {
      try layout.add("hash table", at: base + numbers[4], count: 4 * numbers[3], .opaque, role: .checksum)
    }
    // Entries may point at the same long text again and again.
    var hasHeader = false
    var budget = 4 * (range.upperBound - base)
    for index in 0..<count {
      let original = try Self.text(at: base + originals + 8 * index, &source, range, order, &budget)
      let translation = try Self.text(at: base + translations + 8 * index, &source, range, order, &budget)
      if original.bytes.isEmpty, !hasHeader, translation.bytes.count < Self.headerLimit {
        hasHeader = true
        try layout.add("header key", at: original.start, count: 1, .field(.text), role: .padding)
        try Self.addHeader(translation.bytes, at: translation.start, to: &layout)
        continue
      }
      let group = layout.group(Self.name(original.bytes))
      for (name, text) in [("original", original), ("translation", translation)] {
        // Each text has a NUL after it.
        let length = min(Int64(text.bytes.count) + 1, range.upperBound - text.start)
        try layout.add(name, at: text.start, count: length, .field(.text), role: .text, in: group)
      }
    }
  }

  private static func text(
    at entry: Int64, _ source: inout ByteSource, _ range: Range<Int64>, _ order: ByteOrder, _ budget: inout Int64
  ) throws(FormatError) -> (start: Int64, bytes: [UInt8]) {
    let length = try source.u32(at: entry, order)
    let start = range.lowerBound + (try source.u32(at: entry + 4, order))
    budget -= length
    guard budget >= 0 else { throw .tooMuch("its texts overlap") }
    guard start < range.upperBound else { throw .truncated(at: range.upperBound) }
    return (start, try source.bytes(at: start, count: Int(length)))
  }

  /// A message's beginning: enough to know it by.
  private static func name(_ original: [UInt8]) -> String {
    let line = ExactText.text(Array(original.prefix(200).prefix { $0 != 0x0A && $0 != 0 }))
    return "message \"" + String(line.prefix(80)) + "\""
  }

  /// The fields that stand where the translation of nothing would be.
  private static func addHeader(
    _ bytes: [UInt8], at start: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var index = 0
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      let field = HeaderField(bytes, from: index, to: line.upperBound)
      try layout.add(
        field?.name ?? "header", at: start + Int64(index), count: Int64(line.count), .field(HeaderField.value),
        role: field.flatMap { roles[$0.name] } ?? .text)
      index = line.upperBound
    }
    try layout.add("header end", at: start + Int64(bytes.count), count: 1, .field(.bytes), role: .padding)
  }

  private static let roles: [String: Difference.Role] = [
    "POT-Creation-Date": .time, "PO-Revision-Date": .time, "X-Generator": .generator, "Project-Id-Version": .version,
    "Last-Translator": .owner,
  ]

  private static let fields: [(String, Difference.Role?)] = [
    ("magic", nil), ("revision", .version), ("message count", .size), ("offset of originals", .offset),
    ("offset of translations", .offset), ("hash table size", .size), ("hash table offset", .offset),
  ]
}
