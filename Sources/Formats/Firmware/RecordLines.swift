import Model

/// A line of a text file of records, with its line ending.
struct RecordLine {
  let offset: Int64
  /// With the line ending.
  let bytes: ArraySlice<UInt8>

  /// Without the line ending.
  var content: ArraySlice<UInt8> {
    var content = bytes
    while let last = content.last, last == 0x0A || last == 0x0D { content.removeLast() }
    return content
  }
}

/// Reads a text file of records line by line.
struct RecordLines {
  /// The longest line, in bytes; records of either format are shorter.
  static let lineLimit = 1024

  private var place: Int64
  private let end: Int64

  init(_ range: Range<Int64>) { (place, end) = (range.lowerBound, range.upperBound) }

  /// The next line; nil at the end.
  mutating func next(_ source: inout ByteSource) throws(FormatError) -> RecordLine? {
    guard place < end else { return nil }
    let bytes = try source.bytes(at: place, count: Int(min(Int64(Self.lineLimit), end - place)))
    let length: Int
    if let newline = bytes.firstIndex(of: 0x0A) {
      length = newline + 1
    } else if place + Int64(bytes.count) == end {
      length = bytes.count
    } else {
      throw .malformed(at: place, "a line is longer than any record")
    }
    defer { place += Int64(length) }
    return RecordLine(offset: place, bytes: bytes[..<length])
  }

  /// The bytes that digits stand for; nil where they are none.
  static func decode(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x41...0x46: value = digit - 0x37
      case 0x61...0x66: value = digit - 0x57
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  /// An address of eight digits.
  static func address(_ value: UInt64) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  /// Whether a file begins with a line that is such a record.
  static func begins(_ head: FileHead, _ isRecord: (ArraySlice<UInt8>) -> Bool) -> Bool {
    let line = head.bytes.prefix(lineLimit).prefix { $0 != 0x0A && $0 != 0x0D }
    return isRecord(line)
  }
}

extension LayoutBuilder {
  mutating func addLineEnd(_ prefix: String, _ range: Range<Int64>) throws(FormatError) {
    guard !range.isEmpty else { return }
    try add(
      "\(prefix)line end", at: range.lowerBound, count: Int64(range.count),
      .field(.custom { $0 == [0x0D, 0x0A] ? "CRLF" : $0 == [0x0A] ? "LF" : nil }), role: .platform)
  }
}
