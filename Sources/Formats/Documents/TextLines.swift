/// Lines of text as ranges of its bytes.
enum TextLines {
  /// The most bytes of a text that is laid out by its keys; a larger one is for the comparison of lines.
  static let sizeLimit: Int64 = 64 << 20

  /// The line that begins at an index, with its end.
  static func line(of bytes: [UInt8], from start: Int, to end: Int) -> Range<Int> {
    let stop = bytes[start..<end].firstIndex(of: 0x0A).map { $0 + 1 } ?? end
    return start..<stop
  }

  /// The line's bytes without its end.
  static func content(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    if line.last == 0x0A { line.removeLast() }
    if line.last == 0x0D { line.removeLast() }
    return line
  }

  /// Without spaces and tabs at both ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes.drop { isSpace($0) }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
  }

  /// Whether it is a space, a tab or a line's end.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The end of a run of white space.
  static func skipSpace(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
    var index = start
    while index < end, isSpace(bytes[index]) { index += 1 }
    return index
  }
}
