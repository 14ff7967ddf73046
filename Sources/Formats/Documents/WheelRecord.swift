import Model

/// A wheel's `RECORD`: for each file its path, its digest and its size, in comma-separated values.
struct WheelRecord: Format {
  let name = "wheel RECORD"

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit, !head.bytes.isEmpty else { return false }
    if let name = head.name, name != "RECORD" { return false }
    let line = TextLines.line(of: head.bytes, from: 0, to: head.bytes.count)
    guard let fields = Self.fields(of: head.bytes, line) else { return false }
    let digest = String(decoding: head.bytes[fields.digest], as: UTF8.self)
    return digest.hasPrefix(",sha") || digest.hasPrefix(",md5=") || (digest == "," && head.name == "RECORD")
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var index = 0
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      guard let fields = Self.fields(of: bytes, line) else {
        throw .malformed(at: range.lowerBound + Int64(index), "a line has not three fields")
      }
      var path = ExactText.text(Array(bytes[fields.path]))
      if path.hasPrefix("\""), path.hasSuffix("\""), path.count > 1 { path = String(path.dropFirst().dropLast()) }
      let group = layout.group(path)
      for (name, part, role) in [
        ("path", fields.path, .name), ("hash", fields.digest, .checksum), ("size", fields.size, .size),
      ] as [(String, Range<Int>, Difference.Role)] {
        try layout.add(
          name, at: range.lowerBound + Int64(part.lowerBound), count: Int64(part.count), .field(.custom(Self.value)),
          role: role, in: group)
      }
      index = line.upperBound
    }
  }

  /// A field without the comma before it and the line's end after it.
  private static func value(_ bytes: [UInt8]) -> String? {
    let content = TextLines.content(bytes[...])
    return ExactText.text(Array(content.first == UInt8(ascii: ",") ? content.dropFirst() : content))
  }

  /// A line's three fields, the latter two with their commas; the path may be in quotes.
  private static func fields(
    of bytes: [UInt8], _ line: Range<Int>
  ) -> (path: Range<Int>, digest: Range<Int>, size: Range<Int>)? {
    let comma = UInt8(ascii: ",")
    let content = TextLines.content(bytes[line])
    guard let second = content.lastIndex(of: comma), let first = content[..<second].lastIndex(of: comma),
      first > line.lowerBound, content[second...].dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return (line.lowerBound..<first, first..<second, second..<line.upperBound)
  }
}
