import Model

/// A file of Motorola S-records: text records of data at addresses.
struct SRecords: Format {
  let name = "S-record"

  func recognises(_ head: FileHead) -> Bool {
    head.bytes.first == UInt8(ascii: "S") && RecordLines.begins(head) { Self.record($0) != nil }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var lines = RecordLines(range)
    while let line = try lines.next(&source) {
      if line.content.isEmpty {
        try layout.add("empty line", at: line.offset, count: Int64(line.bytes.count), .field(.bytes), role: .padding)
        continue
      }
      guard let record = Self.record(line.content) else {
        throw .malformed(at: line.offset, "a line is no record, or its checksum is wrong")
      }
      let address = record.bytes[1..<1 + record.addressLength].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let title: String
      switch record.kind {
      case 1...3: title = "data at " + RecordLines.address(address)
      default: title = Self.titles[record.kind] ?? "reserved record"
      }
      try layout.add(
        title, at: line.offset, count: Int64(line.bytes.count),
        .structure(SRecord(kind: record.kind, addressLength: record.addressLength, prefix: "\(title) ")), role: .data)
    }
  }

  private static func record(_ line: ArraySlice<UInt8>) -> (kind: Int, addressLength: Int, bytes: [UInt8])? {
    guard line.first == UInt8(ascii: "S"), let digit = line.dropFirst().first, (0x30...0x39).contains(digit),
      let bytes = RecordLines.decode(line.dropFirst(2)), let count = bytes.first, bytes.count == Int(count) + 1,
      bytes.reduce(0, &+) == 0xFF
    else { return nil }
    let kind = Int(digit - 0x30)
    let length = [2, 2, 3, 4, 2, 2, 3, 4, 3, 2][kind]
    return bytes.count >= length + 2 ? (kind, length, bytes) : nil
  }

  private static let titles: [Int: String] = [
    0: "header", 5: "record count", 6: "record count", 7: "start address", 8: "start address", 9: "start address",
  ]
}

/// One S-record: `STLLAAAA…DD…CC`.
private struct SRecord: Structure {
  let kind: Int
  /// In bytes; each takes two digits.
  let addressLength: Int
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let line = RecordLine(
      offset: range.lowerBound, bytes: try source.bytes(at: range.lowerBound, count: range.count)[...])
    let start = range.lowerBound
    let length = Int64(line.content.count)
    let data = 4 + 2 * Int64(addressLength)
    try layout.add("\(prefix)type", at: start, count: 2, .field(.text))
    try layout.add("\(prefix)length", at: start + 2, count: 2, .field(.text), role: .size)
    let role: Difference.Role = kind >= 7 ? .data : kind >= 5 ? .size : .offset
    try layout.add("\(prefix)address", at: start + 4, count: data - 4, .field(.text), role: role)
    guard length >= data + 2 else { throw .truncated(at: range.upperBound) }
    if length > data + 2 {
      let encoding: Encoding = kind == 0 ? .custom(Self.text) : .text
      try layout.add(
        "\(prefix)bytes", at: start + data, count: length - data - 2, .field(encoding), role: kind == 0 ? .name : .data)
    }
    try layout.add("\(prefix)checksum", at: start + length - 2, count: 2, .field(.text), role: .checksum)
    try layout.addLineEnd(prefix, start + length..<range.upperBound)
  }

  /// The text that a header's digits stand for: most often the name of the file.
  private static func text(_ digits: [UInt8]) -> String? {
    RecordLines.decode(digits[...]).map { ExactText.text(Array($0.prefix { $0 != 0 })) }
  }
}
