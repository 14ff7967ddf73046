/// Finds where the parts of XML end without looking into them; entities are never expanded.
enum XMLScanner {
  /// What begins with `<`, or text.
  enum Kind { case text, comment, instruction, declaration, cdata, element, endTag }

  /// The part that begins at an index, to its end; an element with all that is in it.
  static func part(
    _ bytes: [UInt8], from start: Int, to end: Int, base: Int64
  ) throws(FormatError) -> (kind: Kind, end: Int) {
    guard bytes[start] == UInt8(ascii: "<") else {
      return (.text, bytes[start..<end].firstIndex(of: UInt8(ascii: "<")) ?? end)
    }
    let rest = bytes[start..<end]
    if rest.starts(with: "<!--".utf8) { return (.comment, try past("-->", bytes, from: start + 4, to: end, base)) }
    if rest.starts(with: "<?".utf8) { return (.instruction, try past("?>", bytes, from: start + 2, to: end, base)) }
    if rest.starts(with: "<![CDATA[".utf8) { return (.cdata, try past("]]>", bytes, from: start + 9, to: end, base)) }
    if rest.starts(with: "<!".utf8) { return (.declaration, try endOfDeclaration(bytes, from: start, to: end, base)) }
    if rest.starts(with: "</".utf8) { return (.endTag, try endOfTag(bytes, from: start, to: end, base)) }
    return (.element, try endOfElement(bytes, from: start, to: end, base))
  }

  /// Past a tag's `>`; those within quotes do not count.
  static func endOfTag(_ bytes: [UInt8], from start: Int, to end: Int, _ base: Int64) throws(FormatError) -> Int {
    var quote: UInt8?
    var index = start + 1
    while index < end {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index + 1
      } else if byte == UInt8(ascii: "<") {
        throw .malformed(at: base + Int64(index), "a tag is within a tag")
      }
      index += 1
    }
    throw .malformed(at: base + Int64(start), "a tag has no end")
  }

  /// Past the end tag that belongs to the element; told by counting tags.
  private static func endOfElement(
    _ bytes: [UInt8], from start: Int, to end: Int, _ base: Int64
  ) throws(FormatError) -> Int {
    var depth = 0
    var index = start
    while index < end {
      guard bytes[index] == UInt8(ascii: "<") else {
        index = bytes[index..<end].firstIndex(of: UInt8(ascii: "<")) ?? end
        continue
      }
      guard index + 1 < end else { break }
      switch bytes[index + 1] {
      case UInt8(ascii: "!"), UInt8(ascii: "?"):
        index = try part(bytes, from: index, to: end, base: base).end
      case UInt8(ascii: "/"):
        index = try endOfTag(bytes, from: index, to: end, base)
        depth -= 1
      default:
        index = try endOfTag(bytes, from: index, to: end, base)
        if bytes[index - 2] != UInt8(ascii: "/") { depth += 1 }
      }
      if depth == 0 { return index }
    }
    throw .malformed(at: base + Int64(start), "an element has no end")
  }

  /// Past a document type with what it declares within brackets.
  private static func endOfDeclaration(
    _ bytes: [UInt8], from start: Int, to end: Int, _ base: Int64
  ) throws(FormatError) -> Int {
    var brackets = 0
    var quote: UInt8?
    var index = start + 2
    while index < end {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case UInt8(ascii: "["): brackets += 1
        case UInt8(ascii: "]"): brackets -= 1
        case UInt8(ascii: ">") where brackets <= 0: return index + 1
        case UInt8(ascii: "<") where bytes[index..<end].starts(with: "<!--".utf8):
          index = try past("-->", bytes, from: index + 4, to: end, base)
          continue
        default: break
        }
      }
      index += 1
    }
    throw .malformed(at: base + Int64(start), "a declaration has no end")
  }

  private static func past(
    _ mark: String, _ bytes: [UInt8], from start: Int, to end: Int, _ base: Int64
  ) throws(FormatError) -> Int {
    let mark = Array(mark.utf8)
    var index = min(start, end)
    while let found = bytes[index..<end].firstIndex(of: mark[0]), found + mark.count <= end {
      if bytes[found..<found + mark.count].elementsEqual(mark) { return found + mark.count }
      index = found + 1
    }
    throw .malformed(at: base + Int64(start), "a comment or an instruction has no end")
  }
}
