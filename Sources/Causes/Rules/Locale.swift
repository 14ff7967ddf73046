import Model

/// The language and the rules of sorting of the builder.
struct Locale: CauseRule {
  let name = "locale"
  let summary = "names of locales, translated dates, decimal signs and quotes, collation"

  func finding(_ subject: Subject) -> Finding? {
    OrderText(subject).flatMap(Self.collation)
  }

  private static func collation(_ order: OrderText) -> Finding? {
    let (shipped, rebuilt) = (order.shipped, order.rebuilt)
    guard shipped.count > 2, rebuilt.count > 2 else { return nil }
    let byBytes = (isSorted(shipped) { $0 }, isSorted(rebuilt) { $0 })
    let byLetters = (isSorted(shipped, collated), isSorted(rebuilt, collated))
    guard (byBytes.0 && !byBytes.1 && byLetters.1) || (byBytes.1 && !byBytes.0 && byLetters.0) else { return nil }
    return Finding(0.93, "one side is sorted by bytes, the other as a language sorts, without regard to case")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if let finding = OrderText(change).flatMap(Self.collation) { return finding }
    if change.bothWords(Self.isLocale)
      || (change.isAfter(any: ["lc_", "lang", "locale", "language"]) && change.eitherWord(Self.isLocale))
    {
      return Finding(0.95, "names of locales: \(change.shown)")
    }
    let stretches = [change.shipped.bytes, change.rebuilt.bytes]
    let isDecimal =
      stretches.contains { $0.elementsEqual([0x2E]) } && stretches.contains { $0.elementsEqual([0x2C]) }
    // A comma within brackets is between two numbers.
    let isInBrackets = [change.shipped, change.rebuilt].contains { side in
      side.lead.contains { "([{".utf8.contains($0) } || side.after.contains { ")]}".utf8.contains($0) }
    }
    if isDecimal, !isInBrackets, change.shipped.after.first?.isDigit ?? false,
      change.rebuilt.after.first?.isDigit ?? false
    {
      return Finding(0.9, "decimal signs: a point and a comma")
    }
    // Two sorts of ASCII's quotation marks mean different things to shells and compilers.
    if change.shipped.bytes.contains(where: { $0 >= 0x80 }) || change.rebuilt.bytes.contains(where: { $0 >= 0x80 }),
      Self.unquoted(change.shipped.bytes).elementsEqual(Self.unquoted(change.rebuilt.bytes))
    {
      return Finding(0.88, "quotation marks of another language: \(change.shown)")
    }
    func isDated(_ first: Stretch, _ second: Stretch) -> Bool {
      Self.foreign.contains(Self.letters(first.word)) && Self.english.contains(Self.letters(second.word))
    }
    // Such a name is one only beside a number: `may` and `do` are words as well.
    guard change.shipped.isByNumber, change.rebuilt.isByNumber else { return nil }
    guard isDated(change.shipped, change.rebuilt) || isDated(change.rebuilt, change.shipped) else { return nil }
    return Finding(0.88, "names of months or days in another language: \(change.shown)")
  }

  /// `C`, `POSIX`, `de_DE.UTF-8`.
  private static func isLocale(_ word: ArraySlice<UInt8>) -> Bool {
    if ["C", "POSIX", "C.UTF-8", "C.utf8"].contains(where: { word.elementsEqual($0.utf8) }) { return true }
    let bytes = Array(word)
    guard bytes.count >= 5, bytes.count <= 24, bytes[2] == 0x5F, bytes[0].isLetter, bytes[1].isLetter,
      !bytes[0].isUpper, bytes[3].isUpper, bytes[4].isUpper
    else { return false }
    return bytes.count == 5 || bytes[5] == 0x2E || bytes[5] == 0x40
  }

  private static func letters(_ word: ArraySlice<UInt8>) -> String {
    String(decoding: word.filter { $0.isLetter || $0 >= 0x80 }.map(\.lowered), as: UTF8.self)
  }

  /// Without quotation marks: ASCII's, and those of General Punctuation and Latin-1.
  private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var (rest, found) = (bytes, [UInt8]())
    var marks = 0
    while let byte = rest.first {
      if byte == 0x22 || byte == 0x27 || byte == 0x60 {
        rest = rest.dropFirst()
        marks += 1
      } else if rest.starts(with: [0xE2, 0x80]), let third = rest.dropFirst(2).first, (0x98...0x9F).contains(third) {
        rest = rest.dropFirst(3)
        marks += 1
      } else if rest.starts(with: [0xC2, 0xAB]) || rest.starts(with: [0xC2, 0xBB]) {
        rest = rest.dropFirst(2)
        marks += 1
      } else {
        found.append(byte)
        rest = rest.dropFirst()
      }
    }
    // What has no quotation marks is not to look like what had them.
    return marks > 0 ? found : [0] + found + [0]
  }

  private static func isSorted(_ items: [ArraySlice<UInt8>], _ key: (ArraySlice<UInt8>) -> ArraySlice<UInt8>) -> Bool {
    zip(items, items.dropFirst()).allSatisfy { !key($1).lexicographicallyPrecedes(key($0)) }
  }

  private static func collated(_ item: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    item.filter { $0.isWord && $0 != 0x5F }.map(\.lowered)[...]
  }

  private static let foreign: Set<String> = [
    "jän", "mär", "märz", "mai", "okt", "dez", "januar", "februar", "juni", "juli", "oktober", "dezember", "mo", "di",
    "mi", "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
    "janv", "févr", "mars", "avr", "avril", "juin", "juil", "juillet", "août", "sept", "déc", "lun", "mer", "jeu",
    "ven", "sam", "dim", "ene", "abr", "ago", "dic", "enero", "mayo", "junio", "julio", "agosto", "mié", "jue", "vie",
    "sáb", "dom", "gen", "mag", "giu", "lug", "set", "ott", "fev", "maio", "dezembro",
  ]
  private static let english: Set<String> = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january", "february", "march",
    "april", "june", "july", "august", "september", "october", "november", "december", "mon", "tue", "wed", "thu",
    "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]

  func fix(_ subject: Subject) -> String { "build with LC_ALL=C.UTF-8; sort with LC_ALL=C" }
}

extension Stretch {
  /// Whether a number stands just before or after it.
  fileprivate var isByNumber: Bool {
    lead.suffix(3).contains(where: \.isDigit) || after.prefix(4).contains(where: \.isDigit)
  }
}
