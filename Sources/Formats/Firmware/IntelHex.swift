import Model

/// An Intel HEX file: text records of data at addresses.
struct IntelHex: Format {
  let name = "Intel HEX"

  func recognises(_ head: FileHead) -> Bool {
    head.bytes.first == UInt8(ascii: ":") && RecordLines.begins(head) { Self.record($0) != nil }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var lines = RecordLines(range)
    var base: UInt64 = 0
    while let line = try lines.next(&source) {
      if line.content.isEmpty {
        try layout.add("empty line", at: line.offset, count: Int64(line.bytes.count), .field(.bytes), role: .padding)
        continue
      }
      guard let record = Self.record(line.content) else {
        throw .malformed(at: line.offset, "a line is no record, or its checksum is wrong")
      }
      let data = record[4..<record.count - 1]
      let title: String
      switch record[3] {
      case 0: title = "data at " + RecordLines.address(base + (UInt64(record[1]) << 8 | UInt64(record[2])))
      case 2 where data.count == 2:
        base = (UInt64(record[4]) << 8 | UInt64(record[5])) << 4
        title = "extended segment address"
      case 4 where data.count == 2:
        base = (UInt64(record[4]) << 8 | UInt64(record[5])) << 16
        title = "extended linear address"
      default: title = Self.titles[record[3]] ?? "unknown record"
      }
      try layout.add(
        title, at: line.offset, count: Int64(line.bytes.count), .structure(IntelHexRecord(prefix: "\(title) ")),
        role: .data)
    }
  }

  /// The bytes of a record whose length and checksum are right.
  private static func record(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    guard line.first == UInt8(ascii: ":"), let bytes = RecordLines.decode(line.dropFirst()), bytes.count >= 5,
      bytes.count == Int(bytes[0]) + 5, bytes.reduce(0, &+) == 0
    else { return nil }
    return bytes
  }

  private static let titles: [UInt8: String] = [
    1: "end of file", 3: "start segment address", 5: "start linear address",
  ]
}

/// One record of an Intel HEX file: `:LLAAAATTDD…CC`.
private struct IntelHexRecord: Structure {
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let line = RecordLine(
      offset: range.lowerBound, bytes: try source.bytes(at: range.lowerBound, count: range.count)[...])
    let start = range.lowerBound
    let length = Int64(line.content.count)
    try layout.add("\(prefix)mark", at: start, count: 1, .field(.text))
    try layout.add("\(prefix)length", at: start + 1, count: 2, .field(.text), role: .size)
    try layout.add("\(prefix)address", at: start + 3, count: 4, .field(.text), role: .offset)
    try layout.add("\(prefix)type", at: start + 7, count: 2, .field(.text))
    guard length >= 11 else { throw .truncated(at: range.upperBound) }
    if length > 11 { try layout.add("\(prefix)bytes", at: start + 9, count: length - 11, .field(.text), role: .data) }
    try layout.add("\(prefix)checksum", at: start + length - 2, count: 2, .field(.text), role: .checksum)
    try layout.addLineEnd(prefix, start + length..<range.upperBound)
  }
}
