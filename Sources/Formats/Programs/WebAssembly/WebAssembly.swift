import Model

/// A WebAssembly module, object or component.
///
/// Specification: WebAssembly Core, binary format; tool conventions for the custom sections.
struct WebAssembly: Format {
  let name = "WebAssembly"

  func recognises(_ head: FileHead) -> Bool { head.has([0, 0x61, 0x73, 0x6D]) && head.bytes.count >= 8 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("magic", at: range.lowerBound, count: 4, .field(.bytes))
    try layout.add("version", at: range.lowerBound + 4, count: 4, .field(.unsigned(.little)), role: .platform)
    var reader = WasmReader(place: range.lowerBound + 8, end: range.upperBound)
    var sections: [WasmSection] = []
    var failure: FormatError?
    do {
      while reader.place < range.upperBound { sections.append(try WasmSection(&source, &reader)) }
    } catch { failure = error }
    let names = WasmFunctionNames(sections)
    for section in sections {
      let group = layout.group(section.name)
      let content = section.content
      try layout.add(
        "header", at: section.place, count: content.lowerBound - section.place, .field(.bytes), role: .size, in: group)
      try layout.add(
        "content", at: content.lowerBound, count: Int64(content.count), section.shape(names), role: section.role,
        in: group)
    }
    if let failure { throw failure }
  }
}

/// A place in a module that moves on as numbers and names are read.
struct WasmReader {
  var place: Int64
  let end: Int64

  /// A text with its length, in LEB128, in front.
  static let text = Encoding.custom { bytes in
    let start = (bytes.firstIndex { $0 & 0x80 == 0 } ?? 0) + 1
    return start <= bytes.count ? ExactText.text(Array(bytes[start...].prefix(Encoding.textLimit))) : nil
  }

  /// A number in LEB128 of at most 32 bits.
  mutating func number(_ source: inout ByteSource) throws(FormatError) -> Int64 {
    var value: Int64 = 0
    for index in 0..<5 {
      guard place < end else { throw .truncated(at: place) }
      let byte = try source.byte(at: place)
      place += 1
      value |= Int64(byte & 0x7F) << Int64(7 * index)
      if byte & 0x80 == 0 { return value }
    }
    throw .malformed(at: place, "a number has too many bytes")
  }

  /// Moves on by a count of bytes, which have to be there.
  mutating func skip(_ count: Int64) throws(FormatError) {
    guard count >= 0, count <= end - place else { throw .truncated(at: end) }
    place += count
  }

  /// A name with its length in front.
  mutating func name(_ source: inout ByteSource) throws(FormatError) -> String {
    let length = try number(&source)
    let start = place
    try skip(length)
    return ExactText.text(try source.bytes(at: start, count: Int(min(length, 512))))
  }
}
