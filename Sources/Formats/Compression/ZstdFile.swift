import Model

/// A Zstandard file, RFC 8878: frames of blocks, and frames that are to be skipped.
///
/// Data is from the first frame's first block to the last frame's last one.
struct ZstdFile: Format {
  let name = "zstd"

  private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  /// Whether a frame that decoders skip begins here; those of LZ4 are the same.
  static func isSkippable(_ magic: ArraySlice<UInt8>) -> Bool {
    magic.count == 4 && magic[magic.startIndex] & 0xF0 == 0x50 && magic.dropFirst().elementsEqual([0x2A, 0x4D, 0x18])
  }

  func recognises(_ head: FileHead) -> Bool {
    if head.has(Self.magic) { return true }
    // A skippable frame may come first.
    guard head.bytes.count >= 8, Self.isSkippable(head.bytes[..<4]) else { return false }
    let length = head.bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    return head.has(Self.magic, at: 8 + length)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    var data: Range<Int64>?
    var (before, after): ([Range<Int64>], [Range<Int64>]) = ([], [])
    var checksum: Int64?
    var problem: FormatError?
    while place < range.upperBound {
      do throws(FormatError) {
        let magic = try source.bytes(at: place, count: 4)
        if Self.isSkippable(magic[...]) {
          let length = 8 + (try source.u32(at: place + 4))
          guard length <= range.upperBound - place else { throw FormatError.truncated(at: range.upperBound) }
          if data == nil { before.append(place..<place + length) } else { after.append(place..<place + length) }
          place += length
          continue
        }
        guard magic == Self.magic else {
          throw FormatError.malformed(at: place, "something other than a frame follows")
        }
        let start =
          try data == nil ? ZstdFrame.add(&source, at: place, to: &layout) : ZstdFrame.fields(&source, at: place).end
        guard start <= range.upperBound else { throw FormatError.truncated(at: range.upperBound) }
        // What lies between two frames is decoded with them.
        if data != nil { after = [] }
        let hasChecksum = try source.byte(at: place + 4) & 4 != 0
        data = (data?.lowerBound ?? start)..<range.upperBound
        checksum = nil
        let end = try ZstdFrame.end(&source, start..<range.upperBound)
        data = (data?.lowerBound ?? start)..<end
        if hasChecksum { checksum = end }
        place = end + (hasChecksum ? 4 : 0)
        guard place <= range.upperBound else { throw FormatError.truncated(at: range.upperBound) }
      } catch {
        problem = error
        break
      }
    }
    if let data {
      try layout.add(
        "compressed data", at: data.lowerBound, count: Int64(data.count), .file(.zstd, from: range), role: .compression)
    }
    if let checksum {
      try layout.addAvailable(
        "zstd checksum", at: checksum, count: 4, .field(.hexadecimal(.little)), role: .checksum)
    }
    for frame in before + after { try layout.addPart("skippable frame", frame, SkippableFrame(), role: .data) }
    if let problem { throw problem }
  }
}

/// The header and the blocks of one frame.
enum ZstdFrame {
  /// Adds the header's fields and returns where the first block is.
  static func add(
    _ source: inout ByteSource, at place: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    try layout.addFields(try fields(&source, at: place).rows, at: place, prefix: "zstd ")
  }

  static func fields(_ source: inout ByteSource, at place: Int64) throws(FormatError) -> (rows: [FieldRow], end: Int64)
  {
    let descriptor = try source.byte(at: place + 4)
    let isSingle = descriptor & 0x20 != 0
    var rows: [FieldRow] = [("magic", 4, .bytes, nil), ("frame flags", 1, flags, .compression)]
    if !isSingle { rows.append(("window size", 1, window, .compression)) }
    let dictionary = [0, 1, 2, 4][Int(descriptor & 3)] as Int64
    if dictionary > 0 { rows.append(("dictionary", dictionary, .hexadecimal(.little), .compression)) }
    let size = [isSingle ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)] as Int64
    if size > 0 { rows.append(("content size", size, size == 2 ? shortSize : .unsigned(.little), .size)) }
    return (rows, place + rows.reduce(0) { $0 + $1.length })
  }

  /// Where the last block ends.
  static func end(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Int64 {
    var place = range.lowerBound
    while true {
      let header = try source.unsigned(at: place, count: 3)
      let kind = header >> 1 & 3
      guard kind != 3 else { throw .malformed(at: place, "a block is of no known kind") }
      let length = 3 + (kind == 1 ? 1 : Int64(header >> 3))
      guard length <= range.upperBound - place else { throw .truncated(at: range.upperBound) }
      place += length
      if header & 1 != 0 { return place }
    }
  }

  private static let flags: Encoding = .custom { bytes in
    guard let byte = bytes.first else { return nil }
    var words = ["content size \([byte & 0x20 != 0 ? 1 : 0, 2, 4, 8][Int(byte >> 6)]) bytes"]
    if byte & 0x20 != 0 { words.append("single segment") }
    if byte & 4 != 0 { words.append("checksum") }
    if byte & 3 != 0 { words.append("dictionary") }
    if byte & 0x18 != 0 { words.append("0x" + String(byte & 0x18, radix: 16)) }
    return words.joined(separator: ", ")
  }

  private static let window: Encoding = .custom { bytes in
    bytes.first.map { byte in
      let base = UInt64(1) << UInt64(10 + byte >> 3)
      return "\(base + base / 8 * UInt64(byte & 7)) bytes"
    }
  }

  /// Two bytes count from 256.
  private static let shortSize: Encoding = .custom { bytes in
    bytes.count == 2 ? String(256 + Int(bytes[0]) + Int(bytes[1]) << 8) : nil
  }
}

/// A frame with data that is not for the decoder.
struct SkippableFrame: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(
      [("magic", 4, .bytes, nil), ("size", 4, .unsigned(.little), .size)], at: range.lowerBound,
      prefix: "skippable frame ")
    try layout.add("skippable frame data", at: place, count: range.upperBound - place, .opaque, role: .data)
  }
}
