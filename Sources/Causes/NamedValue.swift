/// What a value is called where it stands: `Build-Host` of `Build-Host: one`.
///
/// A word somewhere near a value says little about it; a name just before it, of whole words, says much.
extension Stretch {
  /// What stands between a name and its value.
  private static func joins(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || "\"'`=:([<".utf8.contains(byte) }

  /// What stands before the word without what joins it to the word.
  private var named: ArraySlice<UInt8> {
    var rest = before
    while let last = rest.last, Self.joins(last) { rest.removeLast() }
    return rest
  }

  /// The whole name just before the word, in lower case: letters, digits, `_`, `-` and `.`.
  var label: ArraySlice<UInt8> {
    let named = self.named
    let start = named.lastIndex { !($0.isWord || $0 == 0x2D || $0 == 0x2E) }.map { $0 + 1 } ?? named.startIndex
    return named[start...].map(\.lowered)[...]
  }

  /// Whether one of these names, which are in lower case, stands just before the word.
  func isNamed(_ names: [String]) -> Bool {
    let named = self.named
    return names.contains { name in
      let tail = named.suffix(name.utf8.count)
      guard tail.count == name.utf8.count, tail.lazy.map(\.lowered).elementsEqual(name.utf8) else { return false }
      return tail.startIndex == named.startIndex || !named[tail.startIndex - 1].isAlphanumeric
    }
  }

  /// Whether the line begins with this name of an environment's variable, and its value is the word.
  func isVariable(_ names: [String]) -> Bool { names.contains { lead.elementsEqual(($0 + "=").utf8) } }
}

extension Change {
  /// Whether on either side one of these names, which are in lower case, stands just before the word.
  func isNamed(_ names: [String]) -> Bool { shipped.isNamed(names) || rebuilt.isNamed(names) }

  /// Whether on either side the line begins with one of these variables, and its value is the word.
  func isVariable(_ names: [String]) -> Bool { shipped.isVariable(names) || rebuilt.isVariable(names) }
}

extension UInt8 {
  /// Whether it is a letter or a digit of ASCII.
  var isAlphanumeric: Bool { isDigit || isLetter }
}

/// Words to look for, all at once: by their first letters.
struct WordSet: ExpressibleByArrayLiteral, Sendable {
  private var words: [[[UInt8]]] = Array(repeating: [], count: 256)

  /// Takes words in lower case.
  init(_ words: [String]) {
    for word in words {
      let bytes = Array(word.utf8)
      if let first = bytes.first { self.words[Int(first)].append(bytes) }
    }
  }

  init(arrayLiteral elements: String...) { self.init(elements) }

  /// Whether one of the words is in a text, in either case, between what is neither letter nor digit.
  func isMentioned(in text: ArraySlice<UInt8>) -> Bool {
    var previous: UInt8 = 0x20
    for start in text.indices {
      let byte = text[start].lowered
      defer { previous = byte }
      if byte.isAlphanumeric, previous.isAlphanumeric { continue }
      if words[Int(byte)].contains(where: { Self.matches(text[start...], $0) }) { return true }
    }
    return false
  }

  private static func matches(_ text: ArraySlice<UInt8>, _ word: [UInt8]) -> Bool {
    guard text.count >= word.count, zip(text, word).allSatisfy({ $0.lowered == $1 }) else { return false }
    let end = text.startIndex + word.count
    return end == text.endIndex || !text[end - 1].isAlphanumeric || !text[end].isAlphanumeric
  }
}
