import Model

/// An lzip file: members with a header and a trailer that says how long they are.
struct LzipFile: Format {
  let name = "lzip"

  private static let magic = Array("LZIP".utf8)

  func recognises(_ head: FileHead) -> Bool {
    head.has(Self.magic) && head.bytes.count >= 26 && head.bytes[4] <= 1
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [
        ("magic", 4, .text, nil), ("version", 1, .unsigned(.little), .compression),
        ("dictionary size", 1, Self.dictionary, .compression),
      ], at: range.lowerBound, prefix: "lzip ")
    let length = try source.byte(at: range.lowerBound + 4) == 0 ? 12 : 20 as Int64
    let end = range.upperBound - length
    guard end >= place else { throw .truncated(at: range.upperBound) }
    // Bytes may follow the last member, so that the end need not be a trailer.
    var isTrailer = length == 12
    if !isTrailer, let member = Int64(exactly: try source.unsigned(at: end + 12, count: 8)),
      member <= range.upperBound - range.lowerBound
    {
      isTrailer = try source.has(Self.magic, at: range.upperBound - member)
    }
    guard isTrailer else {
      return try layout.add(
        "compressed data", at: place, count: range.upperBound - place, .file(.lzip, from: range), role: .compression)
    }
    try layout.add("compressed data", at: place, count: end - place, .file(.lzip, from: range), role: .compression)
    try layout.addFields(
      [("checksum", 4, .hexadecimal(.little), .checksum), ("size", 8, .unsigned(.little), .size)]
        + (length == 20 ? [("member size", 8, .unsigned(.little), .size)] : []), at: end, prefix: "lzip ")
  }

  /// A power of two, from which sixteenths are taken.
  private static let dictionary: Encoding = .custom { bytes in
    guard let byte = bytes.first, byte & 31 < 30 else { return nil }
    let base = 1 << Int(byte & 31)
    return "\(base - base / 16 * Int(byte >> 5)) bytes"
  }
}
