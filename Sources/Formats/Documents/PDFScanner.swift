/// Finds where PDF's tokens and values end.
enum PDFScanner {
  /// Past white space and comments.
  static func skipSpace(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
    var index = start
    while index < end {
      if bytes[index] == UInt8(ascii: "%") {
        while index < end, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
      } else if TextLines.isSpace(bytes[index]) || bytes[index] == 0 {
        index += 1
      } else {
        break
      }
    }
    return index
  }

  static func has(_ word: String, _ bytes: [UInt8], at index: Int, to end: Int) -> Bool {
    index <= end - word.utf8.count && bytes[index..<end].starts(with: word.utf8)
  }

  /// A number without a sign, and where it ends; nil where there is none.
  static func number(_ bytes: [UInt8], at start: Int, to end: Int) -> (value: Int, end: Int)? {
    var value = 0
    var index = start
    while index < end, index - start < 12, (0x30...0x39).contains(bytes[index]) {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return index > start ? (value, index) : nil
  }

  /// The number and generation of an object that begins at an index, and where its content does.
  static func object(_ bytes: [UInt8], at start: Int, to end: Int) -> (number: Int, generation: Int, content: Int)? {
    guard let number = number(bytes, at: start, to: end) else { return nil }
    let second = skipSpace(bytes, from: number.end, to: end)
    guard second > number.end, let generation = Self.number(bytes, at: second, to: end) else { return nil }
    let word = skipSpace(bytes, from: generation.end, to: end)
    guard has("obj", bytes, at: word, to: end) else { return nil }
    return (number.value, generation.value, skipSpace(bytes, from: word + 3, to: end))
  }

  /// Past one token: a string, a name, a bracket, a number or a word; at least one byte further on.
  static func endOfToken(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
    switch bytes[start] {
    case UInt8(ascii: "("): return endOfString(bytes, from: start, to: end)
    case UInt8(ascii: "<") where start + 1 < end && bytes[start + 1] == UInt8(ascii: "<"),
      UInt8(ascii: ">") where start + 1 < end && bytes[start + 1] == UInt8(ascii: ">"):
      return start + 2
    case UInt8(ascii: "<"): return bytes[start..<end].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? end
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ")"),
      UInt8(ascii: ">"):
      return start + 1
    default: break
    }
    var index = start + 1
    while index < end, bytes[index] != 0, !TextLines.isSpace(bytes[index]), !"()<>[]{}/%".utf8.contains(bytes[index]) {
      index += 1
    }
    return index
  }

  private static func endOfString(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
    var depth = 0
    var index = start
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return index + 1 }
      default: break
      }
      index += 1
    }
    return end
  }

  /// The entries of a dictionary that begins at an index: each from its key to the next one.
  static func entries(
    _ bytes: [UInt8], from start: Int, to end: Int
  ) -> (entries: [(key: String, range: Range<Int>, value: Int)], close: Int)? {
    guard has("<<", bytes, at: start, to: end) else { return nil }
    var entries: [(key: String, range: Range<Int>, value: Int)] = []
    var key: (name: String, start: Int, value: Int)?
    var depth = 0
    // Whether the next name is a key: names are values as well.
    var hasValue = true
    var index = skipSpace(bytes, from: start + 2, to: end)
    while index < end {
      let next = endOfToken(bytes, from: index, to: end)
      let first = bytes[index]
      if depth == 0, has(">>", bytes, at: index, to: end) {
        if let key { entries.append((key.name, key.start..<index, key.value)) }
        return (entries, index)
      }
      if depth == 0, first == UInt8(ascii: "/"), hasValue {
        if let key { entries.append((key.name, key.start..<index, key.value)) }
        key = (String(decoding: bytes[(index + 1)..<min(next, index + 100)], as: UTF8.self), index, next)
        hasValue = false
      } else {
        hasValue = true
        if first == UInt8(ascii: "[") || has("<<", bytes, at: index, to: end) { depth += 1 }
        if first == UInt8(ascii: "]") || has(">>", bytes, at: index, to: end) { depth -= 1 }
        if depth < 0 { return nil }
      }
      index = skipSpace(bytes, from: next, to: end)
    }
    return nil
  }
}
