import Model

/// The fields of one tar header, by its dialect.
struct TarHeader: Structure {
  var prefix = ""

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    var fields = Self.oldest
    if try source.has(Array("ustar ".utf8), at: start + 257) {
      fields += Self.posix + Self.gnu
    } else if try source.has(Array("ustar".utf8), at: start + 257) {
      let isStar = try source.has(Array("tar\0".utf8), at: start + 508)
      fields += Self.posix + (isStar ? Self.star : [("name prefix", 155, .text, .name)])
    }
    let end = try layout.addFields(fields, at: start, prefix: prefix)
    try layout.add(prefix + "header padding", at: end, count: max(0, range.upperBound - end), role: .padding)
  }

  private static let number: Encoding = .custom { TarNumber.number($0[...]).map { String($0) } }

  private static let time: Encoding = .custom { TarNumber.number($0[...]).map { TimeText.text($0) } }

  private static let kinds: [UInt8: String] = [
    0: "file", UInt8(ascii: "0"): "file", UInt8(ascii: "1"): "hard link", UInt8(ascii: "2"): "symbolic link",
    UInt8(ascii: "3"): "character device", UInt8(ascii: "4"): "block device", UInt8(ascii: "5"): "folder",
    UInt8(ascii: "6"): "fifo", UInt8(ascii: "7"): "contiguous file", UInt8(ascii: "S"): "sparse file",
    UInt8(ascii: "D"): "folder listing", UInt8(ascii: "M"): "continuation",
  ]

  private static let kind: Encoding = .custom { bytes in
    let letter = bytes == [0] ? "NUL" : ExactText.text(bytes)
    return (bytes.first.flatMap { kinds[$0] } ?? TarPendingHeaders.names[bytes.first ?? 0]).map { "\($0) (\(letter))" }
      ?? letter
  }

  private static let dialect: Encoding = .custom { bytes in
    switch bytes {
    case Array("ustar\0".utf8) + [0x30, 0x30]: "POSIX"
    case Array("ustar  \0".utf8): "GNU"
    default: nil
    }
  }

  /// What all dialects have.
  private static let oldest: [FieldRow] = [
    ("name", 100, .text, .name), ("mode", 8, .octalMode, .mode), ("uid", 8, number, .owner), ("gid", 8, number, .owner),
    ("size", 12, number, .size), ("mtime", 12, time, .time), ("header checksum", 8, number, .checksum),
    ("type", 1, kind, .mode), ("link target", 100, .text, .name),
  ]

  private static let posix: [FieldRow] = [
    ("dialect", 8, dialect, .generator), ("user name", 32, .text, .owner), ("group name", 32, .text, .owner),
    ("device major", 8, number, .data), ("device minor", 8, number, .data),
  ]

  private static let gnu: [FieldRow] = [
    ("atime", 12, time, .time), ("ctime", 12, time, .time), ("volume offset", 12, number, .offset),
    ("long names", 4, .bytes, .padding), ("unused", 1, .bytes, .padding), ("sparse pieces", 96, .text, .data),
    ("sparse continues", 1, .unsigned(.big), .flags), ("real size", 12, number, .size),
  ]

  private static let star: [FieldRow] = [
    ("name prefix", 131, .text, .name), ("atime", 12, time, .time), ("ctime", 12, time, .time),
    ("star padding", 8, .bytes, .padding), ("star mark", 4, .text, .generator),
  ]
}

/// Numbers of tar headers: octal digits, or base 256 where the first bit is set.
enum TarNumber {
  static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
    let digits = field.drop { $0 == 0x20 || $0 == 0 }.prefix { (0x30...0x37).contains($0) }
    guard digits.count <= 20 else { return nil }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 << 3 | Int64($1 & 7) }
  }

  /// Base 256 is two's complement without its first bit.
  static func number(_ field: ArraySlice<UInt8>) -> Int64? {
    guard let first = field.first, first & 0x80 != 0 else {
      return octal(field) ?? (field.allSatisfy { $0 == 0 || $0 == 0x20 } ? 0 : nil)
    }
    let isNegative = first & 0x40 != 0
    let fill: UInt8 = isNegative ? 0xFF : 0
    let bytes = [isNegative ? first : first & 0x7F] + field.dropFirst()
    let tail = bytes.suffix(8)
    guard bytes.dropLast(8).allSatisfy({ $0 == fill }) else { return nil }
    let bits = tail.reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
    let value = Int64(bitPattern: bits)
    return (value < 0) == isNegative ? value : nil
  }

  /// Whether a block has the sum of its bytes where a header has it; early writers took bytes as signed.
  static func isHeader(_ block: ArraySlice<UInt8>) -> Bool {
    guard let stored = octal(block[block.startIndex + 148..<block.startIndex + 156]) else { return false }
    // The sum is taken with spaces in its own place.
    var (sum, high): (Int64, Int64) = (8 * 0x20, 0)
    for byte in block { (sum, high) = (sum + Int64(byte), high + Int64(byte >> 7)) }
    for byte in block[block.startIndex + 148..<block.startIndex + 156] {
      (sum, high) = (sum - Int64(byte), high - Int64(byte >> 7))
    }
    return stored == sum || stored == sum - 256 * high
  }

  static func name(_ header: [UInt8]) -> [UInt8] {
    let name = Array(header[0..<100].prefix { $0 != 0 })
    // In GNU's dialect other fields are where POSIX has the prefix; star's has a shorter one.
    guard header[257..<263].elementsEqual("ustar\0".utf8) else { return name }
    let length = header[508..<512].elementsEqual("tar\0".utf8) ? 131 : 155
    let prefix = Array(header[345..<345 + length].prefix { $0 != 0 })
    return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
  }
}
