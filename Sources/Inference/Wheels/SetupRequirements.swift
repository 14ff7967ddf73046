/// What setup.cfg and setup.py say that a build needs, as far as it is written out; nothing is run.
enum SetupRequirements {
  private static let countLimit = 50

  static func of(_ source: SourceListing) -> [String] {
    let found = inConfiguration(source.texts["setup.cfg"] ?? "") + inProgram(source.texts["setup.py"] ?? "")
    return found.filter { PythonRequirement($0) != nil }.prefix(countLimit).map { $0 }
  }

  /// The lines of `setup_requires` in setup.cfg.
  static func inConfiguration(_ text: String) -> [String] {
    var isInside = false
    var found: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.drop(while: \.isWhitespace)
      if content.hasPrefix("#") { continue }
      if line.first?.isWhitespace == false {
        isInside = line.hasPrefix("setup_requires") || line.hasPrefix("setup-requires")
        guard isInside, let sign = line.firstIndex(of: "=") else { continue }
        found += requirements(line[line.index(after: sign)...])
      } else if isInside {
        found += requirements(content)
      }
    }
    return found
  }

  private static func requirements(_ text: Substring) -> [String] {
    let clean = text.prefix { $0 != "#" }.drop(while: \.isWhitespace)
    return clean.isEmpty ? [] : [String(clean)]
  }

  /// The strings of `setup_requires=[…]` in setup.py.
  static func inProgram(_ text: String) -> [String] {
    guard let place = text.firstRange(of: "setup_requires") else { return [] }
    var rest = text[place.upperBound...].prefix(4000).drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
    guard rest.first == "=" || rest.first == ":" else { return [] }
    rest = rest.dropFirst().drop(while: \.isWhitespace)
    guard rest.first == "[", let end = rest.firstIndex(of: "]") else { return [] }
    var found: [String] = []
    var list = rest[..<end].dropFirst()
    while let quote = list.first(where: { $0 == "\"" || $0 == "'" }), let start = list.firstIndex(of: quote) {
      let inner = list[list.index(after: start)...]
      guard let close = inner.firstIndex(of: quote) else { break }
      found.append(String(inner[..<close]))
      list = inner[inner.index(after: close)...]
    }
    return found
  }
}
