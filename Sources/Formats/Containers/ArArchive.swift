import Model

/// A Unix ar archive: Debian packages, static and import libraries; with the names of GNU and of BSD, thin too.
struct ArArchive: Format {
  let name = "ar"

  private static let magic = Array("!<arch>\n".utf8)
  /// An archive that has only the names of its members' files.
  private static let thinMagic = Array("!<thin>\n".utf8)
  private static let nameLimit = 4096

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) || head.has(Self.thinMagic) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let isThin = try source.has(Self.thinMagic, at: range.lowerBound)
    try layout.add("magic", at: range.lowerBound, count: 8, .field(.text))
    var place = range.lowerBound + 8
    var longNames: [UInt8] = []
    var hasIndex = false
    while place < range.upperBound {
      let header = try source.bytes(at: place, count: 60)
      guard header[58...] == [0x60, 0x0A] else { throw .malformed(at: place + 58, "a member's header has no end mark") }
      guard let size = Self.number(header[48..<58]) else { throw .malformed(at: place + 48, "a size is no number") }
      let stored = ExactText.text(Array(header[0..<16])).trimmingSpaces
      let content = place + 60
      let (name, inName) = try Self.memberName(stored, longNames, &source, content, size)
      let part = Self.part(name, stored, isSecond: hasIndex)
      let group = part.map { layout.group($0.name) } ?? layout.group(name, isMember: true)
      try layout.addFields(Self.fields, at: place, in: group)
      if inName > 0 {
        try layout.addAvailable("name", at: content, count: inName, .field(.text), role: .name, in: group)
      }
      // A thin archive has the parts for tools, but not its members.
      let count = isThin && part == nil ? 0 : size - inName
      if stored == "//" {
        let available = max(0, min(count, 16 << 20, range.upperBound - content))
        longNames = try source.bytes(at: content, count: Int(available))
      }
      hasIndex = hasIndex || stored == "/"
      try layout.addAvailable(
        part?.name ?? "content", at: content + inName, count: count, part?.shape ?? .file(),
        role: part == nil ? .data : part?.role, in: group)
      place = content + inName + count
      if place < range.upperBound, (place - range.lowerBound) % 2 == 1 {
        try layout.add("padding", at: place, count: 1, .field(.bytes), role: .padding, in: group)
        place += 1
      }
    }
  }

  private static let fields: [FieldRow] = [
    ("stored name", 16, .text, .name), ("mtime", 12, .decimalSeconds, .time), ("uid", 6, .text, .owner),
    ("gid", 6, .text, .owner), ("mode", 8, .octalMode, .mode), ("size", 10, .text, .size),
    ("header end", 2, .bytes, nil),
  ]

  /// A member that is for tools, by its name.
  private static func part(
    _ name: String, _ stored: String, isSecond: Bool
  ) -> (name: String, shape: Shape, role: Difference.Role)? {
    switch stored {
    // Import libraries have a second table, little-endian and sorted.
    case "/" where isSecond: return ("second symbol table", .structure(ArSecondSymbolTable()), .data)
    case "/": return ("symbol table", .structure(ArSymbolTable(width: 4)), .data)
    case "/SYM64/": return ("symbol table", .structure(ArSymbolTable(width: 8)), .data)
    case "//": return ("long names", .field(.text), .name)
    default: break
    }
    switch name {
    case "__.SYMDEF", "__.SYMDEF SORTED": return ("symbol table", .structure(ArRanlibTable(width: 4)), .data)
    case "__.SYMDEF_64", "__.SYMDEF_64 SORTED": return ("symbol table", .structure(ArRanlibTable(width: 8)), .data)
    default: return nil
    }
  }

  /// The member's name and how many bytes of its content it takes.
  private static func memberName(
    _ stored: String, _ longNames: [UInt8], _ source: inout ByteSource, _ content: Int64, _ size: Int64
  ) throws(FormatError) -> (String, Int64) {
    if stored.hasPrefix("#1/"), let length = Int64(stored.dropFirst(3)),
      (0...min(size, Int64(nameLimit))).contains(length)
    {
      let bytes = try source.bytes(at: content, count: Int(length))
      return (ExactText.text(Array(bytes.prefix { $0 != 0 })), length)
    }
    // In a thin archive of archives a colon and a place within the inner one follow.
    if stored.hasPrefix("/"), let digits = stored.dropFirst().split(separator: ":").first, let start = Int(digits),
      longNames.indices.contains(start)
    {
      let bytes = longNames[start...].prefix(nameLimit).prefix { $0 != 0x0A && $0 != 0 }
      return (ExactText.text(Array(bytes.last == UInt8(ascii: "/") ? bytes.dropLast() : bytes)), 0)
    }
    return (stored.count > 1 && stored.hasSuffix("/") ? String(stored.dropLast()) : stored, 0)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    Int64(String(decoding: digits, as: UTF8.self).trimmingSpaces).flatMap { $0 < 0 ? nil : $0 }
  }
}

extension String {
  /// Without the spaces at its end.
  var trimmingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
