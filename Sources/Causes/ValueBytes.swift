import Model

/// One side's value as the bytes that it was written from, as far as it shows them.
struct ValueBytes {
  /// The most bytes of a value that rules look at.
  static let limit = 64 << 10

  /// Text as it stands, the text that an excerpt of bytes lies in, or else the excerpt's bytes.
  let bytes: [UInt8]
  /// The bytes of an excerpt; nil for text.
  let excerpt: [UInt8]?
  /// Whether there was more than the excerpt shows.
  let isCut: Bool

  init(_ value: String, isOfBytes: Bool) {
    guard isOfBytes, let read = Excerpt(value) else {
      bytes = Array(value.utf8.prefix(Self.limit))
      excerpt = nil
      isCut = value.utf8.count > Self.limit
      return
    }
    excerpt = read.bytes
    bytes = read.context ?? read.bytes
    isCut = read.isCut
  }

  /// The same text without the excerpt: what the other side has where it lacks these bytes.
  init?(without value: ValueBytes) {
    guard let excerpt = value.excerpt, !value.isCut, value.bytes.count > excerpt.count, !excerpt.isEmpty else {
      return nil
    }
    let bytes = value.bytes
    guard
      let start = (0...(bytes.count - excerpt.count)).first(where: {
        bytes[$0..<$0 + excerpt.count].elementsEqual(excerpt)
      })
    else { return nil }
    self.bytes = Array(bytes[..<start] + bytes[(start + excerpt.count)...])
    self.excerpt = []
    isCut = false
  }
}

/// Bytes as differences show them: `6f 6e  |on|`, and in `, in "…"` the text around them.
private struct Excerpt {
  let bytes: [UInt8]
  let context: [UInt8]?
  let isCut: Bool

  init?(_ value: String) {
    let text = Array(value.utf8.prefix(ValueBytes.limit))
    // The pairs end where two spaces and a bar begin; what stands before a colon is a note.
    guard
      let bar = text.indices.first(where: { text[$0] == 0x7C && $0 > 2 && text[$0 - 1] == 0x20 && text[$0 - 2] == 0x20 }
      )
    else { return nil }
    var pairs = text[..<bar]
    if let colon = pairs.lastIndex(of: UInt8(ascii: ":")) { pairs = pairs[(colon + 1)...] }
    var bytes: [UInt8] = []
    for pair in pairs.split(separator: 0x20) {
      guard pair.count == 2, let read = Hexadecimal.bytes(String(decoding: pair, as: UTF8.self)) else { return nil }
      bytes += read
    }
    guard !bytes.isEmpty, bar + bytes.count < text.count else { return nil }
    self.bytes = bytes
    let rest = text[(bar + 1 + bytes.count)...]
    isCut = rest.starts(with: "| … ".utf8)
    let mark = Array(", in \"".utf8)
    guard rest.last == UInt8(ascii: "\""), rest.count > mark.count,
      let start = rest.indices.first(where: { rest[$0...].starts(with: mark) })
    else {
      context = nil
      return
    }
    context = Array(rest[(start + mark.count)..<(rest.endIndex - 1)])
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isUpper: Bool { self >= 0x41 && self <= 0x5A }
  var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
  var isHexadecimal: Bool { isDigit || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x66) }
  /// Whether it is part of a word; all bytes of characters beyond ASCII are.
  var isWord: Bool { isDigit || isLetter || self == 0x5F || self >= 0x80 }
  /// In lower case where it is an ASCII letter.
  var lowered: UInt8 { isUpper ? self | 0x20 : self }
}

extension Collection<UInt8> {
  /// As text for evidence, shortened.
  var shown: String {
    let text = ExactText.text(Array(prefix(120)))
    return count > 120 ? text + "…" : text
  }

  /// Whether it begins with this text.
  func begins(_ text: String) -> Bool { starts(with: text.utf8) }
}

extension ArraySlice<UInt8> {
  /// Whether this text, which is in lower case, is in it, in either case.
  func mentions(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first, count >= wanted.count else { return false }
    for start in startIndex...(endIndex - wanted.count) where self[start].lowered == first {
      var matched = 1
      while matched < wanted.count, self[start + matched].lowered == wanted[matched] { matched += 1 }
      if matched == wanted.count { return true }
    }
    return false
  }

  /// Whether one of these texts, which are in lower case, is in it, in either case.
  func mentions(any texts: [String]) -> Bool { texts.contains { mentions($0) } }
}
