import Model

/// What Android's signature schemes 2 and up put between the last entry and the central directory.
///
/// Its size twice, around pairs of a length, a number and a value, and a mark at the end.
struct ApkSigningBlock: Structure {
  private static let mark = Array("APK Sig Block 42".utf8)

  /// The block that ends at a place; nil when there is none.
  static func find(
    _ source: inout ByteSource, _ range: Range<Int64>, before end: Int64
  ) throws(FormatError) -> Range<Int64>? {
    guard end - range.lowerBound >= 32, try source.has(mark, at: end - 16) else { return nil }
    let size = try source.unsigned(at: end - 24, count: 8)
    guard let size = Int64(exactly: size), size >= 24, size <= end - range.lowerBound - 8 else { return nil }
    let start = end - size - 8
    guard try source.unsigned(at: start, count: 8) == UInt64(size) else { return nil }
    return start..<end
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("APK signing block size", at: range.lowerBound, count: 8, .field(.unsigned(.little)), role: .size)
    let end = range.upperBound - 24
    try layout.addFields(
      [("size again", 8, .unsigned(.little), .size), ("mark", 16, .text, nil)], at: end, prefix: "APK signing block ")
    var place = range.lowerBound + 8
    while end - place >= 12 {
      let length = try source.unsigned(at: place, count: 8)
      guard let length = Int64(exactly: length), length >= 4, length <= end - place - 8 else {
        throw .malformed(at: place, "a pair of the APK signing block is longer than the block")
      }
      let kind = Int(try source.u32(at: place + 8))
      let (name, role) = Self.kinds[kind] ?? ("APK signing block pair 0x" + String(kind, radix: 16), .signature)
      try layout.add("\(name) length", at: place, count: 8, .field(.unsigned(.little)), role: .size)
      try layout.add("\(name) number", at: place + 8, count: 4, .field(.hexadecimal(.little)))
      try layout.add(name, at: place + 12, count: length - 4, .opaque, role: role)
      place += 8 + length
    }
  }

  private static let kinds: [Int: (String, Difference.Role)] = [
    0x7109_871A: ("APK signature v2", .signature), 0xF053_68C0: ("APK signature v3", .signature),
    0x1B93_AD61: ("APK signature v3.1", .signature), 0x4272_6577: ("APK signing block padding", .padding),
    0x504B_4453: ("APK dependency information", .data), 0x6DFF_800D: ("APK source stamp", .signature),
    0x2B09_189E: ("APK source stamp v1", .signature), 0x2146_444E: ("APK distribution metadata", .data),
  ]
}
