import Model

/// XML: declarations, elements, attributes and text, named by their path from the root.
///
/// What is in an element is laid out only where the two sides differ within it. Entities are not expanded.
struct XMLFile: Format {
  let name = "XML"

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let extensions = [
    ".xml", ".svg", ".rels", ".plist", ".pom", ".nuspec", ".opf", ".ncx", ".xsd", ".xsl", ".xslt", ".wsdl", ".ui",
    ".qrc", ".csproj", ".props", ".targets", ".config", ".manifest", ".rdf", ".gir", ".xmp", ".vcxproj", ".glade",
  ]

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit else { return false }
    let start = head.has(Self.mark) ? 3 : 0
    if head.has("<?xml ", at: start) || head.has("<?xpacket ", at: start) { return true }
    let first = TextLines.skipSpace(head.bytes, from: start, to: head.bytes.count)
    guard first < head.bytes.count, head.bytes[first] == UInt8(ascii: "<"),
      head.tail.last(where: { !TextLines.isSpace($0) }) == UInt8(ascii: ">")
    else { return false }
    return head.has("<svg", at: first) || head.has("<!DOCTYPE plist", at: first)
      || head.name.map { name in Self.extensions.contains { name.hasSuffix($0) } } == true
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
    try XMLContent(path: "", depth: 0).layOut(bytes, index..<bytes.count, base: range.lowerBound, into: &layout)
  }
}

/// What is directly in an element, or in the file.
private struct XMLContent {
  let path: String
  let depth: Int

  /// Content of more than these bytes whose parts are tiny is not laid out part by part.
  private static let denseLength = 256 << 10

  func layOut(
    _ bytes: [UInt8], _ range: Range<Int>, base: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var parts: [(kind: XMLScanner.Kind, end: Int)] = []
    var index = range.lowerBound
    var failure: FormatError?
    while index < range.upperBound {
      do {
        parts.append(try XMLScanner.part(bytes, from: index, to: range.upperBound, base: base))
      } catch {
        failure = error
        break
      }
      index = parts.last?.end ?? range.upperBound
    }
    if range.count > Self.denseLength, parts.count > range.count / 24 {
      try layout.add(
        "\(path)/content", at: base + Int64(range.lowerBound), count: Int64(range.count), .opaque, role: .data)
    } else {
      try add(parts, bytes, from: range.lowerBound, base: base, to: &layout)
    }
    if let failure { throw failure }
  }

  private func add(
    _ parts: [(kind: XMLScanner.Kind, end: Int)], _ bytes: [UInt8], from start: Int, base: Int64,
    to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var counts: [String: Int] = [:]
    var index = start
    let prefix = path.isEmpty ? "" : path + " "
    for (kind, end) in parts {
      func add(_ name: String, _ shape: Shape, _ role: Difference.Role) throws(FormatError) {
        try layout.add(name, at: base + Int64(index), count: Int64(end - index), shape, role: role)
      }
      switch kind {
      case .text where bytes[index..<end].allSatisfy(TextLines.isSpace):
        try layout.addFormatting("\(prefix)formatting", at: base, index..<end)
      case .text, .cdata: try add("\(path)/text", Self.text(end - index), Self.role(of: path))
      case .comment: try add("\(prefix)comment", Self.text(end - index), .text)
      case .instruction:
        let isDeclaration = bytes[index..<end].starts(with: "<?xml ".utf8)
        try add(isDeclaration ? "XML declaration" : "\(prefix)instruction", Self.text(end - index), .data)
      case .declaration: try add("document type", Self.text(end - index), .data)
      case .endTag: throw .malformed(at: base + Int64(index), "an element ends that did not begin")
      case .element:
        let name = "\(path)/\(XMLElement.name(bytes, from: index, to: end))"
        let count = counts[name, default: 0]
        counts[name] = count + 1
        let inner = XMLElement(path: count == 0 ? name : "\(name)[\(count + 1)]", depth: depth + 1)
        try add(name, inner.shape(length: end - index), Self.role(of: name))
      }
      index = end
    }
  }

  /// Long texts are compared line by line.
  private static func text(_ length: Int) -> Shape { length > 1024 ? .file() : .field(.text) }

  private static func role(of path: String) -> Difference.Role {
    KeyRole.role(of: path.split(separator: "/").last ?? "")
  }
}

/// One element: its tags, its attributes and what is in it.
private struct XMLElement: Structure {
  let path: String
  let depth: Int

  /// Elements deeper than this are compared as bytes.
  private static let depthLimit = 48

  func shape(length: Int) -> Shape {
    depth < Self.depthLimit ? .structure(self) : length > 4096 ? .opaque : .field(.text)
  }

  static func name(_ bytes: [UInt8], from start: Int, to end: Int) -> String {
    let name = bytes[(start + 1)..<end].prefix(200).prefix { !TextLines.isSpace($0) && $0 != 0x2F && $0 != 0x3E }
    return ExactText.text(Array(name))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    let base = range.lowerBound
    guard bytes.count >= 3 else { throw .truncated(at: range.upperBound) }
    let tagEnd = try XMLScanner.endOfTag(bytes, from: 0, to: bytes.count, base)
    try addTag(bytes, tagEnd, base: base, to: &layout)
    guard tagEnd < bytes.count else { return }
    let close = bytes.lastIndex(of: UInt8(ascii: "<")) ?? bytes.count
    guard close >= tagEnd else { throw .malformed(at: base, "an element has no end tag") }
    try XMLContent(path: path, depth: depth).layOut(bytes, tagEnd..<close, base: base, into: &layout)
    try layout.add(
      "\(path) end tag", at: base + Int64(close), count: Int64(bytes.count - close), .field(.text), role: .name)
  }

  /// The start tag with its attributes.
  private func addTag(
    _ bytes: [UInt8], _ end: Int, base: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var index = 1
    while index < end, !TextLines.isSpace(bytes[index]), bytes[index] != 0x2F, bytes[index] != 0x3E { index += 1 }
    try layout.add("\(path) start tag", at: base, count: Int64(index), .field(.text), role: .name)
    while index < end {
      let start = TextLines.skipSpace(bytes, from: index, to: end)
      try layout.addFormatting("\(path) formatting", at: base, index..<start)
      guard start < end, bytes[start] != 0x2F, bytes[start] != 0x3E else {
        return try layout.add(
          "\(path) start tag end", at: base + Int64(start), count: Int64(end - start), .field(.text), role: .padding)
      }
      let attribute = Self.attribute(bytes, from: start, to: end)
      let name = ExactText.text(Array(bytes[start..<attribute.nameEnd]))
      try layout.add(
        "\(path)/@\(name)", at: base + Int64(start), count: Int64(attribute.end - start), .field(.custom(Self.value)),
        role: KeyRole.role(of: name))
      index = attribute.end
    }
  }

  /// Where an attribute's name and its value in quotes end; at least one byte further on.
  private static func attribute(_ bytes: [UInt8], from start: Int, to end: Int) -> (nameEnd: Int, end: Int) {
    var index = start
    while index < end, bytes[index] != UInt8(ascii: "="), bytes[index] != 0x3E, !TextLines.isSpace(bytes[index]) {
      index += 1
    }
    let nameEnd = max(index, start + 1)
    let equals = TextLines.skipSpace(bytes, from: index, to: end)
    guard equals < end, bytes[equals] == UInt8(ascii: "=") else { return (nameEnd, nameEnd) }
    let open = TextLines.skipSpace(bytes, from: equals + 1, to: end)
    guard open < end, bytes[open] == UInt8(ascii: "\"") || bytes[open] == UInt8(ascii: "'"),
      let close = bytes[(open + 1)..<end].firstIndex(of: bytes[open])
    else { return (nameEnd, max(open, nameEnd)) }
    return (nameEnd, close + 1)
  }

  /// An attribute's value as it stands, with its quotes.
  private static func value(_ bytes: [UInt8]) -> String? {
    bytes.firstIndex(of: UInt8(ascii: "=")).map { ExactText.text(Array(bytes[($0 + 1)...])) }
  }
}
