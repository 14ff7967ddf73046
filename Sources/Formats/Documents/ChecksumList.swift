import Model

/// A list of checksums with the names of files, as `md5sum` and its kin write them; a line for each file.
struct ChecksumList: Format {
  let name = "checksums"

  /// How many hexadecimal digits MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 have.
  private static let lengths: Set<Int> = [32, 40, 56, 64, 96, 128]

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit, !head.bytes.isEmpty else { return false }
    var index = 0
    for _ in 0..<8 where index < head.bytes.count {
      let line = TextLines.line(of: head.bytes, from: index, to: head.bytes.count)
      // The last line may be cut off by the head's end.
      if index > 0, line.upperBound == head.bytes.count, Int64(line.upperBound) < head.size { break }
      guard Self.path(in: head.bytes[line]) != nil else { return false }
      index = line.upperBound
    }
    return true
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var index = 0
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      guard let path = Self.path(in: bytes[line]) else {
        throw .malformed(at: range.lowerBound + Int64(index), "a line is no checksum with a name")
      }
      let group = layout.group(ExactText.text(Array(path)))
      try layout.add(
        "checksum", at: range.lowerBound + Int64(index), count: Int64(line.count), .field(.custom(Self.digest)),
        role: .checksum, in: group)
      index = line.upperBound
    }
  }

  /// The name in a line; nil where the line is not of this kind.
  private static func path(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let content = TextLines.content(line)
    let digits = content.prefix(129).prefix { HexDigit.value($0) != nil }
    let rest = content[digits.endIndex...]
    guard lengths.contains(digits.count), rest.count > 2, rest.first == 0x20,
      let mark = rest.dropFirst().first, mark == 0x20 || mark == UInt8(ascii: "*")
    else { return nil }
    return rest.dropFirst(2)
  }

  private static func digest(_ line: [UInt8]) -> String? {
    // What stands between the digest and the name is a part of the value: it may differ as well.
    let content = TextLines.content(line[...])
    let digits = content.prefix { HexDigit.value($0) != nil }
    let isBinary = content[digits.endIndex...].dropFirst().first == UInt8(ascii: "*")
    return String(decoding: digits, as: UTF8.self) + (isBinary ? " (binary)" : "")
  }
}

/// Hexadecimal digits as numbers.
enum HexDigit {
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
