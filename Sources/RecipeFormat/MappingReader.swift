/// Reads the keys of one mapping and notes which of them nobody asked for.
package struct MappingReader {
  /// What the mapping is, for messages: `the recipe`, `build`, `source[0]`.
  let name: String
  package let place: YAMLValue.Place
  private let entries: [YAMLValue.Entry]

  /// Reads a mapping that may have these keys; nil, with a problem added, when the value is something else.
  package init?(_ value: YAMLValue, name: String, allowed: [String], problems: inout ProblemList) {
    self.name = name
    place = value.place
    guard case .mapping(let entries) = value.content else {
      problems.add(
        value.place, "found \(value.found) where \(name) belongs: a mapping with the keys \(Self.listed(allowed))")
      return nil
    }
    self.entries = entries
    for entry in entries where !allowed.contains(entry.key) {
      let meant = NearestWord.among(allowed, to: entry.key).map { "; did you mean \"\($0)\"?" } ?? ""
      problems.add(
        entry.place,
        "found the unknown key \(entry.key.quotedForMessage) in \(name); allowed: \(Self.listed(allowed))\(meant)")
    }
  }

  /// The value of a key that may be absent.
  package func optional(_ key: String) -> YAMLValue? { entries.first { $0.key == key }?.value }

  /// The value of a key that must be there.
  package func required(_ key: String, _ what: String, problems: inout ProblemList) -> YAMLValue? {
    if let value = optional(key) { return value }
    problems.add(place, "\(name) lacks the key \"\(key)\": \(what)")
    return nil
  }

  /// The one entry whose key is in the list; exactly one must be there.
  func choice(of keys: [String], problems: inout ProblemList) -> YAMLValue.Entry? {
    let chosen = entries.filter { keys.contains($0.key) }
    if chosen.count == 1 { return chosen[0] }
    let wanted = "exactly one of \(Self.listed(keys))"
    if let second = chosen.dropFirst().first {
      problems.add(
        second.place, "found \"\(second.key)\" beside \"\(chosen[0].key)\" in \(name); \(wanted) belongs there")
    } else {
      problems.add(place, "\(name) does not say what it is: \(wanted) belongs there")
    }
    return nil
  }

  /// Adds a problem for each of these keys that is there although it has no meaning beside the chosen one.
  func refuse(_ keys: [String], beside chosen: String, problems: inout ProblemList) {
    for entry in entries where keys.contains(entry.key) {
      problems.add(entry.place, "found \"\(entry.key)\" in \(name), which has no meaning beside \"\(chosen)\"")
    }
  }

  /// All entries, for a mapping whose keys are free.
  static func freeEntries(
    _ value: YAMLValue, name: String, problems: inout ProblemList
  ) -> [YAMLValue.Entry]? {
    if case .mapping(let entries) = value.content { return entries }
    problems.add(value.place, "found \(value.found) where \(name) belongs: a mapping of names and values")
    return nil
  }

  private static func listed(_ keys: [String]) -> String { keys.joined(separator: ", ") }
}
