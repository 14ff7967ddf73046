import Model

/// A PDF document: objects by their numbers, tables of their places, trailers; also with updates appended.
struct PDFFile: Format {
  let name = "PDF"

  func recognises(_ head: FileHead) -> Bool { head.has("%PDF-") && head.size <= TextLines.sizeLimit }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
    let parts = PDFParts(bytes: bytes, base: range.lowerBound)
    var index = 0
    while index < bytes.count {
      index = try parts.add(from: index, to: &layout)
    }
  }
}

/// Adds one part after the other.
private struct PDFParts {
  let bytes: [UInt8]
  let base: Int64

  private func add(
    _ name: String, _ range: Range<Int>, _ shape: Shape, _ role: Difference.Role?, in group: Int = LayoutBuilder.file,
    to layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard !range.isEmpty else { return }
    try layout.add(
      name, at: base + Int64(range.lowerBound), count: Int64(range.count), shape, role: role, in: group)
  }

  /// Adds the part that begins at an index, with the white space after it, and returns where it ends.
  func add(from start: Int, to layout: inout LayoutBuilder) throws(FormatError) -> Int {
    let count = bytes.count
    if bytes[start] == UInt8(ascii: "%") {
      var end = start
      while end < count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
      end = TextLines.skipSpace(bytes, from: end, to: count)
      let name = start == 0 ? "version" : PDFScanner.has("%%EOF", bytes, at: start, to: count) ? "end mark" : "comment"
      try add(name, start..<end, .field(.text), start == 0 ? .version : .text, to: &layout)
      return end
    }
    if let object = PDFScanner.object(bytes, at: start, to: count) {
      return try addObject(object, from: start, to: &layout)
    }
    if PDFScanner.has("xref", bytes, at: start, to: count) {
      guard let end = find("trailer", from: start) else {
        throw .malformed(at: base + Int64(start), "a table has no trailer")
      }
      try add("xref table", start..<end, .opaque, .offset, to: &layout)
      return end
    }
    if PDFScanner.has("trailer", bytes, at: start, to: count) {
      let dictionary = PDFScanner.skipSpace(bytes, from: start + 7, to: count)
      guard let (_, close) = PDFScanner.entries(bytes, from: dictionary, to: count) else {
        throw .malformed(at: base + Int64(start), "a trailer has no dictionary")
      }
      let end = TextLines.skipSpace(bytes, from: close + 2, to: count)
      try add("trailer word", start..<dictionary, .field(.text), .padding, to: &layout)
      try add("trailer", dictionary..<end, .structure(PDFDictionary(prefix: "trailer ")), .data, to: &layout)
      return end
    }
    if PDFScanner.has("startxref", bytes, at: start, to: count) {
      let place = TextLines.skipSpace(bytes, from: start + 9, to: count)
      let digits = PDFScanner.number(bytes, at: place, to: count)?.end ?? place
      let end = TextLines.skipSpace(bytes, from: digits, to: count)
      try add("startxref", start..<end, .field(.custom(JSONScanner.formatting)), .offset, to: &layout)
      return end
    }
    let end = PDFScanner.skipSpace(bytes, from: start, to: count)
    guard end > start else { throw .malformed(at: base + Int64(start), "no object begins where one should") }
    try add("white space", start..<end, .field(.bytes), .padding, to: &layout)
    return end
  }

  private func addObject(
    _ object: (number: Int, generation: Int, content: Int), from start: Int, to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int {
    let name = "object \(object.number)" + (object.generation == 0 ? "" : " generation \(object.generation)")
    let group = layout.group(name)
    try add("begin", start..<object.content, .field(.text), .padding, in: group, to: &layout)
    // The content goes on to the word that ends it.
    var index = object.content
    while index < bytes.count {
      if PDFScanner.has("endobj", bytes, at: index, to: bytes.count)
        || PDFScanner.has("stream", bytes, at: index, to: bytes.count)
      {
        break
      }
      index = PDFScanner.skipSpace(
        bytes, from: PDFScanner.endOfToken(bytes, from: index, to: bytes.count), to: bytes.count)
    }
    guard index < bytes.count else { throw .malformed(at: base + Int64(start), "an object has no end") }
    let entries = PDFScanner.entries(bytes, from: object.content, to: index)?.entries
    let length = index - object.content
    try add(
      "content", object.content..<index,
      entries != nil ? .structure(PDFDictionary(prefix: "\(name) ")) : length > 4096 ? .opaque : .field(.text), .data,
      in: group, to: &layout)
    if bytes[index] == UInt8(ascii: "s") {
      index = try addStream(entries ?? [], "stream of \(name)", from: index, in: group, to: &layout)
    }
    guard PDFScanner.has("endobj", bytes, at: index, to: bytes.count) else {
      throw .malformed(at: base + Int64(index), "an object has no end")
    }
    let end = TextLines.skipSpace(bytes, from: index + 6, to: bytes.count)
    try add("end", index..<end, .field(.text), .padding, in: group, to: &layout)
    return end
  }

  /// Adds a stream and the words around it, and returns where they end.
  private func addStream(
    _ entries: [(key: String, range: Range<Int>, value: Int)], _ name: String, from start: Int, in group: Int,
    to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int {
    var data = start + 6
    if data < bytes.count, bytes[data] == 0x0D { data += 1 }
    if data < bytes.count, bytes[data] == 0x0A { data += 1 }
    let end = try endOfStream(entries, from: data)
    func text(_ key: String) -> String {
      entries.first { $0.key == key }.map {
        String(decoding: TextLines.trimmed(bytes[$0.value..<$0.range.upperBound].prefix(200)), as: UTF8.self)
      } ?? ""
    }
    let role: Difference.Role = text("Type") == "/XRef" ? .offset : .data
    let shape: Shape
    switch text("Filter") {
    case "": shape = .file(name: name)
    case "/FlateDecode", "[/FlateDecode]", "[ /FlateDecode ]": shape = .file(.zlib, name: name)
    // A picture as it would be in a file of its own.
    case "/DCTDecode", "[/DCTDecode]", "[ /DCTDecode ]": shape = .file(name: name)
    default: shape = .opaque
    }
    try add("stream begin", start..<data, .field(.bytes), .padding, in: group, to: &layout)
    try add("stream", data..<end, shape, role, in: group, to: &layout)
    let word = TextLines.skipSpace(bytes, from: end, to: bytes.count)
    let after = TextLines.skipSpace(bytes, from: min(word + 9, bytes.count), to: bytes.count)
    try add("stream end", end..<after, .field(.custom(JSONScanner.formatting)), .padding, in: group, to: &layout)
    return after
  }

  /// As its dictionary says, or else where the word is that ends it.
  private func endOfStream(
    _ entries: [(key: String, range: Range<Int>, value: Int)], from data: Int
  ) throws(FormatError) -> Int {
    if let entry = entries.first(where: { $0.key == "Length" }) {
      let start = PDFScanner.skipSpace(bytes, from: entry.value, to: entry.range.upperBound)
      if let length = PDFScanner.number(bytes, at: start, to: entry.range.upperBound)?.value,
        length <= bytes.count - data
      {
        let word = TextLines.skipSpace(bytes, from: data + length, to: min(bytes.count, data + length + 4))
        if PDFScanner.has("endstream", bytes, at: word, to: bytes.count) { return data + length }
      }
    }
    guard let end = find("endstream", from: data) else {
      throw .malformed(at: base + Int64(data), "a stream has no end")
    }
    return end
  }

  private func find(_ word: String, from start: Int) -> Int? {
    var index = start
    guard let first = word.utf8.first else { return nil }
    while index < bytes.count, let found = bytes[index...].firstIndex(of: first) {
      if PDFScanner.has(word, bytes, at: found, to: bytes.count) { return found }
      index = found + 1
    }
    return nil
  }
}

/// A dictionary: each entry is named by its key.
private struct PDFDictionary: Structure {
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
    guard let (entries, close) = PDFScanner.entries(bytes, from: 0, to: bytes.count) else {
      throw .malformed(at: range.lowerBound, "a dictionary has no end")
    }
    let isSignature = entries.contains { $0.key == "ByteRange" }
    let start = entries.first?.range.lowerBound ?? close
    try layout.add("\(prefix)begin", at: range.lowerBound, count: Int64(start), .field(.text), role: .padding)
    for (key, entry, _) in entries {
      let isLong = entry.count > 4096
      try layout.add(
        prefix + key, at: range.lowerBound + Int64(entry.lowerBound), count: Int64(entry.count),
        isLong ? .opaque : .field(.custom(Self.value)),
        role: isSignature && key == "Contents" ? .signature : Self.roles[key] ?? .data)
    }
    try layout.add(
      "\(prefix)end", at: range.lowerBound + Int64(close), count: Int64(bytes.count - close), .field(.text),
      role: .padding)
  }

  private static func value(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty else { return nil }
    let key = PDFScanner.endOfToken(bytes, from: 0, to: bytes.count)
    return ExactText.text(Array(TextLines.trimmed(bytes[key...])))
  }

  private static let roles: [String: Difference.Role] = [
    "CreationDate": .time, "ModDate": .time, "M": .time, "LastModified": .time, "Producer": .generator,
    "Creator": .generator, "PTEX.Fullbanner": .generator, "ID": .identity, "Length": .size, "Length1": .size,
    "Length2": .size, "Length3": .size, "Prev": .offset, "Author": .owner, "Title": .text, "Subject": .text,
    "Keywords": .text, "ByteRange": .signature, "Filter": .compression, "DecodeParms": .compression, "Size": .size,
    "Index": .size, "First": .size,
  ]
}
