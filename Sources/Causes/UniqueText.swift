/// Names that programs make so that no two are the same.
enum UniqueText {
  /// Whether it is a UUID and nothing else, braces aside.
  static func isUUID(_ text: ArraySlice<UInt8>) -> Bool {
    var text = text
    if text.first == 0x7B, text.last == 0x7D { text = text.dropFirst().dropLast() }
    return text.count == 36 && hasUUID(text)
  }

  /// Whether a UUID is in it: 8, 4, 4, 4 and 12 hexadecimal digits.
  static func hasUUID(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count >= 36 else { return false }
    return (text.startIndex...(text.endIndex - 36)).contains { start in
      (0..<36).allSatisfy { place in
        let byte = text[start + place]
        return [8, 13, 18, 23].contains(place) ? byte == 0x2D : byte.isHexadecimal
      }
    }
  }

  /// `0x7f3a12b4c5d0`.
  static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
    text.begins("0x") && (8...18).contains(text.count) && text.dropFirst(2).allSatisfy(\.isHexadecimal)
  }

  /// Whether two paths or names differ only in one component that a maker of temporary names made on both sides.
  static func areTemporary(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) -> Bool {
    let parts = first.split(separator: 0x2F, omittingEmptySubsequences: false)
    let others = second.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard parts.count == others.count else { return false }
    var count = 0
    for (part, other) in zip(parts, others) where !part.elementsEqual(other) {
      guard isTemporary(part, other, isInFolder: parts.count > 1) else { return false }
      count += 1
    }
    return count > 0
  }

  private static let beginnings = [
    "cc", "tmp", "tmp.", "tmp-", "temp", "rustc", "pip-build-env-", "pip-req-build-", "pip-ephem-wheel-cache-",
    "build-env-", "go-build", "lto-", "llvm-", "mkinitramfs_", "build-via-sdist-",
  ].map { Array($0.utf8) }

  private static func isTemporary(
    _ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>, isInFolder: Bool
  ) -> Bool {
    // The longest beginning, so that what follows it is the random part.
    let known = beginnings.filter { first.starts(with: $0) && second.starts(with: $0) }.max { $0.count < $1.count }
    guard let known else { return false }
    let (name, other) = (split(first.dropFirst(known.count)), split(second.dropFirst(known.count)))
    guard name.rest.elementsEqual(other.rest), (6...12).contains(name.random.count) else { return false }
    // gcc's names are two letters and six more; a word such as `ccache` is none.
    if known.count == 2, name.random.count != 6 || (name.rest.isEmpty && !isInFolder) { return false }
    let isGo = known.elementsEqual("go-build".utf8)
    guard isGo || name.random.count == other.random.count else { return false }
    return isRandom(name.random) && isRandom(other.random)
  }

  private static func split(_ name: ArraySlice<UInt8>) -> (random: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    let end = name.firstIndex { !($0.isDigit || $0.isLetter || $0 == 0x5F) } ?? name.endIndex
    return (name[..<end], name[end...])
  }

  /// Letters of both cases, or letters and digits, or few vowels: no word of a language.
  private static func isRandom(_ text: ArraySlice<UInt8>) -> Bool {
    let digits = text.contains(where: \.isDigit)
    let upper = text.contains(where: \.isUpper)
    let lower = text.contains { $0.isLetter && !$0.isUpper }
    let vowels = text.filter { "aeiou".utf8.contains($0.lowered) }.count
    return digits || (upper && lower) || vowels * 6 <= text.count
  }
}
