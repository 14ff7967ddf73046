import Model

/// JSON, RFC 8259: one value, or several one after the other; each value is named by its pointer, RFC 6901.
///
/// What is in an object or array is laid out only where the two sides differ within it.
struct JSONFile: Format {
  let name = "JSON"

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit else { return false }
    let start = head.has(Self.mark) ? 3 : 0
    let first = TextLines.skipSpace(head.bytes, from: start, to: head.bytes.count)
    guard first < head.bytes.count, let last = head.tail.last(where: { !TextLines.isSpace($0) }) else { return false }
    let second = TextLines.skipSpace(head.bytes, from: first + 1, to: head.bytes.count)
    guard second < head.bytes.count else { return false }
    let next = head.bytes[second]
    switch head.bytes[first] {
    case UInt8(ascii: "{"): return last == UInt8(ascii: "}") && (next == UInt8(ascii: "\"") || next == last)
    case UInt8(ascii: "["):
      guard last == UInt8(ascii: "]") else { return false }
      return next == last || "{[\"-0123456789".utf8.contains(next)
        || ["true", "false", "null"].contains { head.has($0, at: second) }
    default: return false
    }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var index = 0
    if bytes.starts(with: Self.mark) {
      try layout.add("byte order mark", at: range.lowerBound, count: 3, .field(.bytes))
      index = 3
    }
    while index < bytes.count {
      let start = TextLines.skipSpace(bytes, from: index, to: bytes.count)
      try layout.addFormatting("formatting", at: range.lowerBound, index..<start)
      guard start < bytes.count else { break }
      let end = try JSONScanner.endOfValue(bytes, from: start, base: range.lowerBound)
      // A file with one value needs no step between itself and that value.
      if index == 0, TextLines.skipSpace(bytes, from: end, to: bytes.count) == bytes.count {
        try JSONValue(pointer: "", depth: 0).layOut(bytes, start..<end, base: range.lowerBound, into: &layout)
      } else {
        try layout.add(
          "value", at: range.lowerBound + Int64(start), count: Int64(end - start),
          .structure(JSONValue(pointer: "", depth: 0)), role: .data)
      }
      index = end
    }
  }
}

extension LayoutBuilder {
  /// Adds what only shapes a text.
  mutating func addFormatting(_ name: String, at base: Int64, _ range: Range<Int>) throws(FormatError) {
    guard !range.isEmpty else { return }
    try add(
      name, at: base + Int64(range.lowerBound), count: Int64(range.count),
      .field(.custom(JSONScanner.formatting)), role: .padding)
  }
}

/// One value and what is directly in it.
struct JSONValue: Structure {
  let pointer: String
  let depth: Int

  /// Values deeper than this are compared as text.
  private static let depthLimit = 48
  /// Objects and arrays of more than these bytes whose values are tiny are not laid out value by value.
  private static let denseLength = 64 << 10

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    try layOut(bytes, 0..<bytes.count, base: range.lowerBound, into: &layout)
  }

  func layOut(
    _ bytes: [UInt8], _ range: Range<Int>, base: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let isObject = bytes[range].first == UInt8(ascii: "{")
    guard isObject || bytes[range].first == UInt8(ascii: "["), depth < Self.depthLimit, range.count >= 2 else {
      return try layout.add(
        pointer.isEmpty ? "value" : pointer, at: base + Int64(range.lowerBound), count: Int64(range.count),
        .field(.text), role: KeyRole.role(of: pointer.split(separator: "/").last ?? ""))
    }
    if range.count > Self.denseLength, JSONScanner.commas(bytes, range) > range.count / 32 {
      return try layout.add(
        "\(pointer) values", at: base + Int64(range.lowerBound), count: Int64(range.count), .opaque, role: .data)
    }
    let prefix = pointer.isEmpty ? "" : pointer + " "
    try layout.add("\(prefix)opening", at: base + Int64(range.lowerBound), count: 1, .field(.text), role: .padding)
    var index = range.lowerBound + 1
    let close = range.upperBound - 1
    var count = 0
    while index < close {
      var start = TextLines.skipSpace(bytes, from: index, to: close)
      if count > 0, start < close, bytes[start] == UInt8(ascii: ",") {
        start = TextLines.skipSpace(bytes, from: start + 1, to: close)
      }
      try layout.addFormatting("\(prefix)formatting", at: base, index..<start)
      guard start < close else { break }
      index =
        isObject
        ? try addMember(bytes, start..<close, base: base, to: &layout)
        : try addElement(count, bytes, start..<close, base: base, to: &layout)
      count += 1
    }
    try layout.add("\(prefix)closing", at: base + Int64(close), count: 1, .field(.text), role: .padding)
  }

  /// Adds a key and its value, and returns where they end.
  private func addMember(
    _ bytes: [UInt8], _ range: Range<Int>, base: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int {
    let start = range.lowerBound
    guard bytes[start] == UInt8(ascii: "\"") else { throw .malformed(at: base + Int64(start), "a key is no string") }
    let keyEnd = try JSONScanner.endOfString(bytes, from: start, to: range.upperBound, base: base)
    let colon = TextLines.skipSpace(bytes, from: keyEnd, to: range.upperBound)
    guard colon < range.upperBound, bytes[colon] == UInt8(ascii: ":") else {
      throw .malformed(at: base + Int64(colon), "a key has no colon after it")
    }
    let valueStart = TextLines.skipSpace(bytes, from: colon + 1, to: range.upperBound)
    guard valueStart < range.upperBound else { throw .malformed(at: base + Int64(colon), "a key has no value") }
    let end = try JSONScanner.endOfValue(bytes, from: valueStart, to: range.upperBound, base: base)
    let key = ExactText.text(Array(bytes[(start + 1)..<(keyEnd - 1)]))
    let inner = "\(pointer)/\(JSONScanner.escaped(key))"
    // A group each, so that another order of keys is seen as that.
    let group = layout.group(inner)
    try layout.add(
      "key", at: base + Int64(start), count: Int64(valueStart - start), .field(.text), role: .name, in: group)
    try layout.add(
      "value", at: base + Int64(valueStart), count: Int64(end - valueStart),
      shape(of: bytes[valueStart], inner), role: KeyRole.role(of: key), in: group)
    return end
  }

  /// Adds an array's element, and returns where it ends.
  private func addElement(
    _ index: Int, _ bytes: [UInt8], _ range: Range<Int>, base: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int {
    let end = try JSONScanner.endOfValue(bytes, from: range.lowerBound, to: range.upperBound, base: base)
    let inner = "\(pointer)/\(index)"
    let role = KeyRole.role(of: pointer.split(separator: "/").last ?? "")
    try layout.add(
      inner, at: base + Int64(range.lowerBound), count: Int64(end - range.lowerBound),
      shape(of: bytes[range.lowerBound], inner), role: role)
    return end
  }

  private func shape(of first: UInt8, _ inner: String) -> Shape {
    let isNested = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    return isNested && depth + 1 < Self.depthLimit
      ? .structure(JSONValue(pointer: inner, depth: depth + 1)) : .field(.text)
  }
}

/// Finds where values end without looking into them.
enum JSONScanner {
  /// White space made visible.
  static func formatting(_ bytes: [UInt8]) -> String? {
    var text = ""
    for byte in bytes.prefix(1000) {
      switch byte {
      case 0x20: text += "␠"
      case 0x09: text += "\\t"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      default: text += ExactText.text([byte])
      }
    }
    return text
  }

  static func escaped(_ key: String) -> String {
    guard key.contains("/") || key.contains("~") else { return key }
    return key.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
  }

  /// Past the string that begins at an index.
  static func endOfString(
    _ bytes: [UInt8], from start: Int, to end: Int, base: Int64
  ) throws(FormatError) -> Int {
    var index = start + 1
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""): return index + 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    throw .malformed(at: base + Int64(start), "a string has no end")
  }

  /// Past the value that begins at an index.
  static func endOfValue(
    _ bytes: [UInt8], from start: Int, to limit: Int? = nil, base: Int64
  ) throws(FormatError) -> Int {
    let end = limit ?? bytes.count
    var depth = 0
    var index = start
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index = try endOfString(bytes, from: index, to: end, base: base)
        if depth == 0 { return index }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        index += 1
        if depth == 0 { return index }
        if depth < 0 { throw .malformed(at: base + Int64(index - 1), "a bracket closes what was not opened") }
      default:
        guard depth == 0 else {
          index += 1
          continue
        }
        let stop = bytes[index..<end].firstIndex { TextLines.isSpace($0) || ",]}:\"".utf8.contains($0) } ?? end
        guard stop > start else { throw .malformed(at: base + Int64(start), "a value is missing") }
        return stop
      }
    }
    throw .malformed(at: base + Int64(start), "a value has no end")
  }

  /// How many commas there are directly in an object or array, at least roughly.
  static func commas(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    var depth = 0
    var count = 0
    var inString = false
    var index = range.lowerBound
    while index < range.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "\\") where inString: index += 1
      case UInt8(ascii: "\""): inString.toggle()
      case UInt8(ascii: "{") where !inString, UInt8(ascii: "[") where !inString: depth += 1
      case UInt8(ascii: "}") where !inString, UInt8(ascii: "]") where !inString: depth -= 1
      case UInt8(ascii: ",") where !inString && depth == 1: count += 1
      default: break
      }
      index += 1
    }
    return count
  }
}
