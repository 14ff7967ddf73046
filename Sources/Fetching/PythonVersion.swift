/// A version in the normal form of PEP 440, for telling whether two spellings mean the same one.
struct PythonVersion: Hashable, Sendable {
  private let canonical: String

  /// The normal form.
  var text: String { canonical }

  /// Any text; what PEP 440 does not know equals only its own spelling, letter case aside.
  init(_ text: String) {
    let lower = text.lowercased().drop(while: \.isWhitespace)
    canonical = Self.normalised(String(lower)) ?? String(lower)
  }

  private static func normalised(_ text: String) -> String? {
    guard text.utf8.count <= 200, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    var rest = Substring(text)
    if rest.first == "v" { rest.removeFirst() }
    var result = ""
    if let mark = rest.firstIndex(of: "!") {
      guard let epoch = number(rest[..<mark]) else { return nil }
      if epoch != "0" { result = epoch + "!" }
      rest = rest[rest.index(after: mark)...]
    }
    var local: Substring?
    if let plus = rest.firstIndex(of: "+") {
      local = rest[rest.index(after: plus)...]
      rest = rest[..<plus]
    }
    guard let release = takeRelease(&rest) else { return nil }
    result += release
    result += takeMark(
      &rest,
      names: [
        ("alpha", "a"), ("beta", "b"), ("preview", "rc"), ("pre", "rc"), ("rc", "rc"), ("a", "a"), ("b", "b"),
        ("c", "rc"),
      ])
    result += takePost(&rest)
    result += takeMark(&rest, names: [("dev", ".dev")])
    guard rest.isEmpty else { return nil }
    if let local {
      let parts = local.split(omittingEmptySubsequences: false) { ".-_".contains($0) }
      guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
      result += "+" + parts.map { number($0) ?? String($0) }.joined(separator: ".")
    }
    return result
  }

  /// The release numbers without zeros at the end.
  private static func takeRelease(_ rest: inout Substring) -> String? {
    var numbers: [String] = []
    while true {
      let digits = rest.prefix(while: isDigit)
      guard let value = number(digits) else { return nil }
      numbers.append(value)
      rest = rest[digits.endIndex...]
      guard rest.first == ".", let next = rest.dropFirst().first, isDigit(next) else { break }
      rest.removeFirst()
    }
    while numbers.count > 1, numbers.last == "0" { numbers.removeLast() }
    return numbers.joined(separator: ".")
  }

  /// A pre-release or development mark with its number, which is 0 when left out.
  private static func takeMark(_ rest: inout Substring, names: [(String, String)]) -> String {
    let inner = rest.first.map(isSeparator) == true ? rest.dropFirst() : rest
    for (name, canonical) in names where inner.hasPrefix(name) {
      rest = inner.dropFirst(name.count)
      return canonical + takeNumber(&rest)
    }
    return ""
  }

  /// A post-release mark, also in the form of a bare `-1`.
  private static func takePost(_ rest: inout Substring) -> String {
    if rest.first == "-", let next = rest.dropFirst().first, isDigit(next) {
      rest.removeFirst()
      return ".post" + takeNumber(&rest)
    }
    return takeMark(&rest, names: [("post", ".post"), ("rev", ".post"), ("r", ".post")])
  }

  private static func takeNumber(_ rest: inout Substring) -> String {
    let inner = rest.first.map(isSeparator) == true ? rest.dropFirst() : rest
    let digits = inner.prefix(while: isDigit)
    guard let value = number(digits) else { return "0" }
    rest = rest[digits.endIndex...]
    return value
  }

  private static func number(_ digits: Substring) -> String? {
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
    let significant = digits.drop { $0 == "0" }
    return significant.isEmpty ? "0" : String(significant)
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
  private static func isSeparator(_ character: Character) -> Bool { ".-_".contains(character) }
}

/// Names of Python projects.
enum PythonNames {
  /// Whether a text is a project's name (PEP 508).
  static func isProject(_ name: String) -> Bool {
    guard (1...200).contains(name.utf8.count), let first = name.utf8.first, let last = name.utf8.last else {
      return false
    }
    return isLetterOrDigit(first) && isLetterOrDigit(last)
      && name.utf8.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
  }

  /// The normal form (PEP 503): lower case, every run of `-`, `_` and `.` one `-`.
  static func normalised(_ name: some StringProtocol) -> String {
    name.lowercased().split(omittingEmptySubsequences: false) { "-_.".contains($0) }
      .enumerated().filter { $0.offset == 0 || !$0.element.isEmpty }.map { String($0.element) }.joined(separator: "-")
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
