/// A requirement of PEP 508: a project, its versions, and when it is needed.
struct PythonRequirement: Hashable, Sendable {
  /// The project's name in the normal form of PEP 503.
  var name: String
  var extras: [String]
  var versions: VersionSpecifiers
  /// Nil is always.
  var marker: String?

  /// Nil for requirements of other forms, such as those with an address.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 4000 else { return nil }
    let halves = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    var rest = halves[0].drop(while: \.isWhitespace)
    let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard !word.isEmpty else { return nil }
    name = Self.normalised(word)
    rest = rest[word.endIndex...].drop(while: \.isWhitespace)
    extras = []
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      extras = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",").map {
        Self.normalised(String($0.filter { !$0.isWhitespace }))
      }
      rest = rest[rest.index(after: end)...].drop(while: \.isWhitespace)
    }
    if rest.first == "@" { return nil }
    var list = String(rest)
    // Old METADATA puts the versions in parentheses.
    if list.first == "(", let end = list.lastIndex(of: ")") { list = String(list[..<end].dropFirst()) }
    guard let versions = VersionSpecifiers(list) else { return nil }
    self.versions = versions
    if halves.count == 2, halves[1].contains(where: { !$0.isWhitespace }) { marker = String(halves[1]) }
  }

  /// Whether a text is a project's name: letters, digits, and `-`, `_` or `.` between them.
  static func isName(_ text: String) -> Bool {
    let isWhole = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return isWhole && (1...200).contains(text.utf8.count) && !"-_.".contains(text.first ?? "-")
      && !"-_.".contains(text.last ?? "-")
  }

  /// The name of PEP 503: lower case, every run of `-`, `_` and `.` one `-`.
  static func normalised(_ name: some StringProtocol) -> String {
    var result = ""
    for character in name.lowercased() {
      if "-_.".contains(character) {
        if result.last != "-" { result.append("-") }
      } else {
        result.append(character)
      }
    }
    return result
  }
}
