import Keys
import Model
import RecipeFormat

/// Reads the parties of a policy and their keys.
extension PolicyReading {
  static let partyKeys = ["name", "role", "id", "keys", "revoked"]
  static let revocationKeys = ["key", "since"]
  /// Of one party.
  static let keyLimit = 16

  mutating func parties(_ value: YAMLValue, problems: inout ProblemList) -> [Policy.Party]? {
    var names: Set<String> = []
    var parties: [Policy.Party] = []
    let items = value.list("parties", of: "parties", count: 1...Self.partyLimit, problems: &problems) {
      value, name, _ in
      (value, name)
    }
    guard let items else { return nil }
    for (value, name) in items {
      guard let party = party(value, name, problems: &problems) else { continue }
      if !names.insert(party.name).inserted {
        problems.add(value.place, "found the party \(party.name.quotedForMessage) a second time")
      }
      parties.append(party)
    }
    return parties
  }

  private mutating func party(_ value: YAMLValue, _ name: String, problems: inout ProblemList) -> Policy.Party? {
    guard let item = MappingReader(value, name: name, allowed: Self.partyKeys, problems: &problems) else { return nil }
    let called = item.required("name", "what the party is called", problems: &problems)
      .flatMap { Self.shortText($0, "a party's name", problems: &problems) }
    let role = item.required("role", Self.roles, problems: &problems).flatMap { Self.role($0, problems: &problems) }
    let id = item.optional("id").flatMap {
      Self.shortText($0, "what a party's statements call it", problems: &problems)
    }
    let owner = called ?? name
    let keyValues =
      item.required("keys", "the list of its public keys", problems: &problems)?
      .list("\(name).keys", of: "keys", count: 1...Self.keyLimit, problems: &problems) { value, _, _ in value } ?? []
    let keys = keyValues.compactMap { key($0, of: owner, problems: &problems) }
    let revokedValues =
      item.optional("revoked")?
      .list("\(name).revoked", of: "keys", count: 1...Self.keyLimit, problems: &problems) { value, name, _ in
        (value, name)
      } ?? []
    let revoked = revokedValues.compactMap { revocation($0.0, $0.1, of: owner, problems: &problems) }
    guard let called, let role else { return nil }
    return Policy.Party(name: called, role: role, id: id, keys: keys, revoked: revoked)
  }

  private mutating func revocation(
    _ value: YAMLValue, _ name: String, of owner: String, problems: inout ProblemList
  ) -> Policy.Revocation? {
    guard let item = MappingReader(value, name: name, allowed: Self.revocationKeys, problems: &problems) else {
      return nil
    }
    let found = item.required("key", "the key that counts no longer", problems: &problems)
      .flatMap { key($0, of: owner, problems: &problems) }
    var since: Int64?
    if let value = item.optional("since") {
      guard let seconds = Self.time(value, problems: &problems) else { return nil }
      since = seconds
    }
    return found.map { Policy.Revocation(key: $0, since: since) }
  }

  /// A key that nobody had before: a path within the policy's folder, or the PEM itself.
  private mutating func key(_ value: YAMLValue, of owner: String, problems: inout ProblemList) -> PublicKey? {
    guard let text = value.text("a public key", problems: &problems) else { return nil }
    let key: PublicKey
    do throws(KeyError) {
      if text.hasPrefix("-----BEGIN ") {
        key = try PublicKey(pem: text, named: "the key")
      } else {
        guard let path = value.innerPath("the path of a public key", problems: &problems) else { return nil }
        key = try readKey(path)
      }
    } catch {
      problems.add(value.place, error.message)
      return nil
    }
    if let other = owners.updateValue(owner, forKey: key) {
      problems.add(
        value.place,
        other == owner
          ? "found the key \(key.keyID) a second time in \(owner.quotedForMessage)"
          : "found the key \(key.keyID) under two names, \(other.quotedForMessage) and \(owner.quotedForMessage); "
            + "nobody counts twice")
    }
    return key
  }

  /// A time in UTC, as RFC 3339 has it.
  private static func time(_ value: YAMLValue, problems: inout ProblemList) -> Int64? {
    if case .scalar(let text, _) = value.content, let seconds = PolicyTime.seconds(text) { return seconds }
    problems.add(value.place, "found \(value.found) where a time in UTC belongs, such as 2026-01-31T12:00:00Z")
    return nil
  }

  private static func shortText(_ value: YAMLValue, _ what: String, problems: inout ProblemList) -> String? {
    guard let text = value.text(what, problems: &problems) else { return nil }
    guard !text.isEmpty, text.utf8.count <= 200, text.trimmingSpace == text,
      !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      problems.add(value.place, "found \(value.found) where \(what) belongs: one line of at most 200 bytes")
      return nil
    }
    return text
  }
}

extension String {
  fileprivate var trimmingSpace: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// Times as policies and command lines write them.
public enum PolicyTime {
  /// The seconds since 1970 of a time in UTC such as 2026-01-31T12:00:00Z; nil for any other form.
  public static func seconds(_ text: String) -> Int64? {
    guard text.utf8.count == 20, text.utf8.dropFirst(10).first == UInt8(ascii: "T") else { return nil }
    return TimeText.seconds(text.replacing("T", with: " ", maxReplacements: 1))
  }
}
