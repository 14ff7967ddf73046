import Model

/// The header of a gzip file, RFC 1952 section 2.3.
struct GzipHeader {
  /// A named value of the header.
  struct Field {
    let region: String
    let value: String?
    let isTime: Bool
  }

  let fields: [Field]
  /// In bytes.
  let length: Int

  /// Reads the header at the start of a file; nil when it is not whole within the bytes.
  init?(_ head: ContentHead) {
    let bytes = head.bytes
    guard bytes.count >= 10, head.has([0x1F, 0x8B, 0x08]) else { return nil }
    let flags = bytes[3]
    var place = 10
    var extra: [UInt8]?
    if flags & 4 != 0 {
      guard bytes.count >= place + 2 else { return nil }
      let length = Int(bytes[place]) | Int(bytes[place + 1]) << 8
      place += 2
      guard bytes.count >= place + length else { return nil }
      extra = Array(bytes[place..<place + length])
      place += length
    }
    func string() -> [UInt8]? {
      guard let end = bytes[place...].firstIndex(of: 0) else { return nil }
      defer { place = end + 1 }
      return Array(bytes[place..<end])
    }
    let name = flags & 8 != 0 ? string() : nil
    let comment = flags & 16 != 0 ? string() : nil
    if flags & 8 != 0 && name == nil || flags & 16 != 0 && comment == nil { return nil }
    // The header's own checksum.
    length = place + (flags & 2 != 0 ? 2 : 0)
    let seconds = (0..<4).reduce(Int64(0)) { $0 | Int64(bytes[4 + $1]) << Int64(8 * $1) }
    fields = [
      Field(region: "gzip flags", value: String(flags), isTime: false),
      Field(region: "gzip mtime", value: seconds == 0 ? "none" : TimeText.text(seconds), isTime: true),
      Field(region: "gzip level", value: Self.level(bytes[8]), isTime: false),
      Field(region: "gzip operating system", value: Self.system(bytes[9]), isTime: false),
      Field(region: "gzip extra field", value: extra.map(Hexadecimal.string), isTime: false),
      Field(region: "gzip name", value: name.map(ExactText.text), isTime: false),
      Field(region: "gzip comment", value: comment.map(ExactText.text), isTime: false),
    ]
  }

  /// Puts before the differences of what is inside those of the first header, where both sides are gzip.
  ///
  /// Where nothing inside differs, the headers explain all only if the bytes that follow them are the same.
  static func differences(
    _ pair: PartPair, inside: [Difference]
  ) async throws(ComparisonError) -> [Difference] {
    guard let shipped = GzipHeader(try ContentHead(pair.shipped)),
      let rebuilt = GzipHeader(try ContentHead(pair.rebuilt))
    else { return inside }
    let found = zip(shipped.fields, rebuilt.fields).compactMap { shipped, rebuilt in
      shipped.value == rebuilt.value
        ? nil
        : Difference(
          path: pair.path, region: shipped.region, kind: .value, shipped: shipped.value, rebuilt: rebuilt.value,
          cause: nil)
    }
    guard inside.isEmpty, !found.isEmpty else { return found + inside }
    let rest = try await ByteComparison.compare(
      pair.shipped.dropping(first: Int64(shipped.length)), pair.rebuilt.dropping(first: Int64(rebuilt.length)),
      hashing: false)
    return rest.equal ? found : found + [try Unexplained.packing(pair)]
  }

  private static func level(_ flags: UInt8) -> String {
    switch flags {
    case 0: "usual (0)"
    case 2: "best (2)"
    case 4: "fastest (4)"
    default: String(flags)
    }
  }

  private static func system(_ number: UInt8) -> String {
    switch number {
    case 0: "FAT (0)"
    case 3: "Unix (3)"
    case 7: "Macintosh (7)"
    case 11: "NTFS (11)"
    case 255: "unknown (255)"
    default: String(number)
    }
  }
}
