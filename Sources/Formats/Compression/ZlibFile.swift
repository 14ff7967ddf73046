import Model

/// A zlib stream, RFC 1950. Its magic is weak, so that the first block must make sense too.
struct ZlibFile: Format {
  let name = "zlib"

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 8, head.bytes[0] & 15 == 8, head.bytes[0] >> 4 <= 7, head.bytes[1] & 0x20 == 0,
      (Int(head.bytes[0]) << 8 | Int(head.bytes[1])) % 31 == 0
    else { return false }
    let first = head.bytes[2]
    switch first >> 1 & 3 {
    case 0:
      return first >> 3 == 0 && head.bytes[3] == ~head.bytes[5] && head.bytes[4] == ~head.bytes[6]
    case 1: return head.bytes.prefix(64).contains { $0 >= 0x80 || $0 < 9 }
    case 2:
      // As many codes as there can be.
      let codes = first >> 3
      return codes <= 29 && head.bytes[3] & 31 <= 29 && head.bytes.prefix(64).contains { $0 >= 0x80 || $0 < 9 }
    default: return false
    }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [("method and window", 1, .hexadecimal(.little), .compression), ("level", 1, Self.level, .compression)],
      at: range.lowerBound, prefix: "zlib ")
    guard range.upperBound - place >= 4 else { throw .truncated(at: range.upperBound) }
    try layout.add(
      "compressed data", at: place, count: range.upperBound - place - 4, .file(.zlib, from: range), role: .compression)
    try layout.add(
      "zlib checksum", at: range.upperBound - 4, count: 4, .field(.hexadecimal(.big)), role: .checksum)
  }

  private static let level: Encoding = .custom { bytes in
    bytes.first.map { ["fastest", "fast", "usual", "best"][Int($0 >> 6)] }
  }
}
