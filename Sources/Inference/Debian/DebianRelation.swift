/// One relation of a control file: alternatives, each a package with what limits it (Debian Policy 7.1).
struct DebianRelation: Hashable, Sendable {
  /// One of the alternatives.
  struct Alternative: Hashable, Sendable {
    var name: String
    /// `=`, `>=` and so on, with the version.
    var constraint: (sign: String, version: String)?

    static func == (left: Self, right: Self) -> Bool {
      left.name == right.name && left.constraint?.sign == right.constraint?.sign
        && left.constraint?.version == right.constraint?.version
    }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }
  }

  /// Those that hold for the architecture with no build profile; none where the relation is for others.
  var alternatives: [Alternative]

  /// Reads `a (>= 1) [linux-any] <!nocheck> | b`.
  init(_ text: String, architecture: String) {
    alternatives = text.split(separator: "|").compactMap { Self.alternative($0, architecture) }
  }

  private static func alternative(_ text: Substring, _ architecture: String) -> Alternative? {
    let name = text.drop { $0 == " " }.prefix { !" (<[:".contains($0) }
    guard DebianFile.isWord(String(name)) else { return nil }
    let architectures = between(text, "[", "]").flatMap { $0.split(separator: " ") }
    if !architectures.isEmpty {
      let negated = architectures.contains { $0.hasPrefix("!") }
      let named = architectures.contains { word in
        let plain = word.hasPrefix("!") ? String(word.dropFirst()) : String(word)
        return [architecture, "any", "linux-any", "any-\(architecture)", "linux-\(architecture)"].contains(plain)
      }
      if named == negated { return nil }
    }
    // With no profile on, a group holds when all its terms are negated; one group is enough.
    let profiles = between(text, "<", ">", outside: "(")
    if !profiles.isEmpty,
      !profiles.contains(where: { $0.split(separator: " ").allSatisfy { $0.hasPrefix("!") } })
    {
      return nil
    }
    var constraint: (String, String)?
    if let inside = between(text, "(", ")").first {
      let sign = inside.prefix { "<>=".contains($0) }
      let version = inside.dropFirst(sign.count).filter { $0 != " " }
      if DebianFile.isWord(version) { constraint = (String(sign), version) }
    }
    return Alternative(name: String(name), constraint: constraint)
  }

  /// The texts between two marks; `outside` begins a stretch, to the next `)`, that does not count.
  private static func between(
    _ text: Substring, _ open: Character, _ close: Character, outside: Character? = nil
  ) -> [String] {
    var found: [String] = []
    var current: String?
    var skipping = false
    for character in text {
      if character == outside { skipping = true }
      if skipping {
        if character == ")" { skipping = false }
        continue
      }
      if character == open {
        current = ""
      } else if character == close, let text = current {
        found.append(text)
        current = nil
      } else {
        current?.append(character)
      }
    }
    return found
  }
}
