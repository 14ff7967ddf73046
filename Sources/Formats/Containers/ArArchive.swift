import Model

/// A Unix ar archive: Debian packages, static libraries; with the names of GNU and of BSD.
struct ArArchive: Format {
  let name = "ar"

  private static let magic = Array("!<arch>\n".utf8)

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("magic", at: range.lowerBound, count: 8, .field(.text))
    var place = range.lowerBound + 8
    var longNames: [UInt8] = []
    while place < range.upperBound {
      let header = try source.bytes(at: place, count: 60)
      guard header[58...] == [0x60, 0x0A] else { throw .malformed(at: place + 58, "a member's header has no end mark") }
      guard let size = Self.number(header[48..<58]) else { throw .malformed(at: place + 48, "a size is no number") }
      let stored = ExactText.text(Array(header[0..<16])).trimmingSpaces
      var content = place + 60
      var group = LayoutBuilder.file
      var contentName = "content"
      var inName: Int64 = 0
      if stored == "/" || stored == "/SYM64/" || stored == "__.SYMDEF" || stored == "__.SYMDEF SORTED" {
        contentName = "symbol table"
        group = layout.group("symbol table")
      } else if stored == "//" {
        contentName = "long names"
        group = layout.group("long names")
        longNames = try source.bytes(at: content, count: Int(min(size, 16 << 20, max(0, range.upperBound - content))))
      } else {
        let (memberName, length) = try Self.memberName(stored, longNames, &source, content)
        inName = length
        group = layout.group(memberName, isMember: true)
      }
      try Self.addHeader(at: place, to: &layout, in: group)
      if inName > 0 {
        try layout.addAvailable("name", at: content, count: inName, .field(.text), role: .name, in: group)
      }
      content += inName
      try layout.addAvailable(
        contentName, at: content, count: max(0, size - inName),
        contentName == "content" ? .file() : contentName == "symbol table" ? .structure(ArSymbolTable()) : .opaque,
        role: .data, in: group)
      place = content + max(0, size - inName)
      if place < range.upperBound, (place - range.lowerBound) % 2 == 1 {
        try layout.add("padding", at: place, count: 1, .field(.bytes), role: .padding, in: group)
        place += 1
      }
    }
  }

  private static func addHeader(at place: Int64, to layout: inout LayoutBuilder, in group: Int) throws(FormatError) {
    try layout.add("stored name", at: place, count: 16, .field(.text), role: .name, in: group)
    try layout.add("mtime", at: place + 16, count: 12, .field(.decimalSeconds), role: .time, in: group)
    try layout.add("uid", at: place + 28, count: 6, .field(.text), role: .owner, in: group)
    try layout.add("gid", at: place + 34, count: 6, .field(.text), role: .owner, in: group)
    try layout.add("mode", at: place + 40, count: 8, .field(.octalMode), role: .mode, in: group)
    try layout.add("size", at: place + 48, count: 10, .field(.text), role: .size, in: group)
    try layout.add("header end", at: place + 58, count: 2, .field(.bytes), in: group)
  }

  /// The member's name and how many bytes of its content it takes.
  private static func memberName(
    _ stored: String, _ longNames: [UInt8], _ source: inout ByteSource, _ content: Int64
  ) throws(FormatError) -> (String, Int64) {
    if stored.hasPrefix("#1/"), let length = Int64(stored.dropFirst(3)), (0...4096).contains(length) {
      let bytes = try source.bytes(at: content, count: Int(length))
      return (ExactText.text(Array(bytes.prefix { $0 != 0 })), length)
    }
    if stored.hasPrefix("/"), let start = Int(stored.dropFirst()), start < longNames.count {
      let bytes = longNames[start...].prefix { $0 != 0x0A }
      return (ExactText.text(Array(bytes.last == UInt8(ascii: "/") ? bytes.dropLast() : bytes)), 0)
    }
    return (stored.count > 1 && stored.hasSuffix("/") ? String(stored.dropLast()) : stored, 0)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    Int64(String(decoding: digits, as: UTF8.self).trimmingSpaces)
  }
}

/// The symbol table of a static library: a count, as many offsets, as many names.
struct ArSymbolTable: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let count = try source.u32(at: range.lowerBound, .big)
    let names = range.lowerBound + 4 + 4 * count
    try layout.add("symbol count", at: range.lowerBound, count: 4, .field(.unsigned(.big)), role: .size)
    try layout.add("symbol offsets", at: range.lowerBound + 4, count: 4 * count, .opaque, role: .offset)
    guard names <= range.upperBound else { throw .truncated(at: range.upperBound) }
    try layout.add("symbol names", at: names, count: range.upperBound - names, .opaque, role: .name)
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
