/// Reads the numbers and texts of debug information one after another, within a unit.
struct DWARFCursor {
  private(set) var place: Int64
  let end: Int64
  let order: ByteOrder

  init(_ range: Range<Int64>, _ order: ByteOrder) {
    (place, end, self.order) = (range.lowerBound, range.upperBound, order)
  }

  mutating func skip(_ count: UInt64) throws(FormatError) {
    guard count <= UInt64(end - place) else { throw .truncated(at: place) }
    place += Int64(count)
  }

  mutating func number(_ count: Int, _ source: inout ByteSource) throws(FormatError) -> UInt64 {
    let start = place
    try skip(UInt64(count))
    return try source.unsigned(at: start, count: count, order)
  }

  /// LEB128, without a sign; bits beyond the 64th are dropped.
  mutating func variable(_ source: inout ByteSource) throws(FormatError) -> UInt64 {
    var value: UInt64 = 0
    for shift in 0..<10 {
      let byte = UInt8(truncatingIfNeeded: try number(1, &source))
      value |= UInt64(byte & 0x7F) << UInt64(7 * shift)
      if byte & 0x80 == 0 { return value }
    }
    throw .malformed(at: place, "a number has no end")
  }

  /// A text and the NUL at its end, which is skipped.
  mutating func text(_ source: inout ByteSource) throws(FormatError) -> [UInt8] {
    let limit = Int(min(Int64(DWARFTables.textLimit), end - place))
    var found: [UInt8] = []
    while found.count < limit {
      let part = try source.bytes(at: place, count: min(128, limit - found.count))
      if let zero = part.firstIndex(of: 0) {
        place += Int64(zero + 1)
        return found + part[..<zero]
      }
      found += part
      place += Int64(part.count)
    }
    throw .malformed(at: place, "a text has no end")
  }
}

/// How an attribute or a part of a table is stored: DWARF 5, section 7.5.6, and GNU's own.
struct DWARFForm: Sendable, Hashable {
  let number: UInt64

  /// Where the text is that a form stands for.
  enum Text { case inline, strings, lineStrings, index, none }

  var text: Text {
    switch number {
    case 0x08: .inline
    case 0x0E: .strings
    case 0x1F: .lineStrings
    case 0x1A, 0x25...0x28, 0x1F02: .index
    default: .none
    }
  }

  /// Moves behind a value of this form; throws for a form that is not known.
  func skip(
    _ cursor: inout DWARFCursor, _ source: inout ByteSource, offsetLength: Int, addressLength: Int, version: Int
  ) throws(FormatError) {
    switch number {
    case 0x19, 0x21: break
    case 0x0B, 0x0C, 0x11, 0x25, 0x29: try cursor.skip(1)
    case 0x05, 0x12, 0x26, 0x2A: try cursor.skip(2)
    case 0x27, 0x2B: try cursor.skip(3)
    case 0x06, 0x13, 0x1C, 0x28, 0x2C: try cursor.skip(4)
    case 0x07, 0x14, 0x20, 0x24: try cursor.skip(8)
    case 0x1E: try cursor.skip(16)
    case 0x01: try cursor.skip(UInt64(addressLength))
    case 0x10: try cursor.skip(UInt64(version < 3 ? addressLength : offsetLength))
    case 0x0E, 0x17, 0x1D, 0x1F, 0x1F20, 0x1F21: try cursor.skip(UInt64(offsetLength))
    case 0x08: _ = try cursor.text(&source)
    case 0x0A: try cursor.skip(try cursor.number(1, &source))
    case 0x03: try cursor.skip(try cursor.number(2, &source))
    case 0x04: try cursor.skip(try cursor.number(4, &source))
    case 0x09, 0x18: try cursor.skip(try cursor.variable(&source))
    case 0x0D, 0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23, 0x1F01, 0x1F02: _ = try cursor.variable(&source)
    default: throw .malformed(at: cursor.place, "a form is not known")
    }
  }
}
