import Keys
import Model
import RecipeFormat
import TransparencyLog

/// Makes a policy of its YAML, as strictly as a recipe is read.
struct PolicyReading {
  static let keys = ["policy", "parties", "require", "grade", "source", "recipe", "notOlderThan", "log"]
  static let requirementKeys = ["role", "count"]
  static let logKeys = ["key", "witnesses", "quorum"]
  static let partyLimit = 64

  let digest: SHA256Digest
  let readKey: (String) throws(KeyError) -> PublicKey
  /// Whose each key is that was read so far.
  var owners: [PublicKey: String] = [:]

  init(digest: SHA256Digest, readKey: @escaping (String) throws(KeyError) -> PublicKey) {
    self.digest = digest
    self.readKey = readKey
  }

  mutating func policy(_ document: YAMLValue, problems: inout ProblemList) -> Policy? {
    guard let top = MappingReader(document, name: "the policy", allowed: Self.keys, problems: &problems) else {
      return nil
    }
    readFormat(top, problems: &problems)
    let parties = top.required("parties", "the list of who is trusted", problems: &problems)
      .flatMap { self.parties($0, problems: &problems) }
    let requirements = top.required("require", "the list of who must agree", problems: &problems)
      .flatMap { self.requirements($0, parties ?? [], problems: &problems) }
    let grade = top.required("grade", "the least that counts, reproduced or equivalent", problems: &problems)
      .flatMap { Self.grade($0, problems: &problems) }
    let sources = top.optional("source").map { Self.sources($0, problems: &problems) } ?? []
    let recipe = top.optional("recipe")?.digest(prefix: "sha256:", problems: &problems)
    let age = top.optional("notOlderThan").flatMap { Self.age($0, problems: &problems) }
    let log = top.optional("log").flatMap { Self.log($0, problems: &problems) }
    guard let parties, let requirements, let grade else { return nil }
    return Policy(
      digest: digest, parties: parties, requirements: requirements, grade: grade, sources: sources, recipe: recipe,
      maximumAge: age, log: log)
  }

  private func readFormat(_ top: MappingReader, problems: inout ProblemList) {
    guard let format = top.required("policy", "the version of the policy's format, 1", problems: &problems) else {
      return
    }
    if format.content != .scalar("1", quoted: false) {
      problems.add(format.place, "found \(format.found) as the version of the policy's format; this program reads 1")
    }
  }

  private func requirements(
    _ value: YAMLValue, _ parties: [Policy.Party], problems: inout ProblemList
  ) -> [Policy.Requirement]? {
    var seen: Set<Policy.Role> = []
    return value.list("require", of: "requirements", count: 1...3, problems: &problems) { value, name, problems in
      guard let item = MappingReader(value, name: name, allowed: Self.requirementKeys, problems: &problems) else {
        return nil
      }
      let role = item.required("role", Self.roles, problems: &problems).flatMap { Self.role($0, problems: &problems) }
      let count: Int? = item.required("count", "how many must agree", problems: &problems)?
        .number("a count of parties", in: 1...Self.partyLimit, problems: &problems)
      guard let role, let count else { return nil }
      if !seen.insert(role).inserted {
        problems.add(value.place, "found the role \(role.rawValue) a second time in require")
      }
      let there = parties.count { $0.role == role }
      if there < count, problems.isEmpty {
        problems.add(
          value.place,
          "\(name) asks for \(count) of the role \(role.rawValue), and the policy has \(there): "
            + "nothing can satisfy it")
      }
      return Policy.Requirement(role: role, count: count)
    }
  }

  static let roles = "vendor, evaluator or regulator"

  static func role(_ value: YAMLValue, problems: inout ProblemList) -> Policy.Role? {
    if case .scalar(let text, _) = value.content, let role = Policy.Role(rawValue: text) { return role }
    problems.add(value.place, "found \(value.found) where a role belongs: \(roles)")
    return nil
  }

  private static func grade(_ value: YAMLValue, problems: inout ProblemList) -> Verdict? {
    if case .scalar(let text, _) = value.content, let verdict = Verdict(rawValue: text),
      verdict == .reproduced || verdict == .equivalent
    {
      return verdict
    }
    problems.add(value.place, "found \(value.found) where the least grade belongs: reproduced or equivalent")
    return nil
  }

  /// One SWHID, or a list of them.
  private static func sources(_ value: YAMLValue, problems: inout ProblemList) -> [SWHID] {
    func source(_ value: YAMLValue, _ name: String, _ problems: inout ProblemList) -> SWHID? {
      guard let text = value.text("the SWHID of a source", problems: &problems) else { return nil }
      if let swhid = SWHID(text) { return swhid }
      problems.add(value.place, "found \(value.found) where the SWHID of a source belongs: swh:1:dir: and 40 digits")
      return nil
    }
    if case .scalar = value.content { return source(value, "source", &problems).map { [$0] } ?? [] }
    return value.list("source", of: "SWHIDs", count: 1...64, problems: &problems, read: source) ?? []
  }

  /// `400d` or `12h`, up to a hundred years.
  private static func age(_ value: YAMLValue, problems: inout ProblemList) -> Int64? {
    if case .scalar(let text, _) = value.content, let unit = ["d": 86_400, "h": Int64(3600)][String(text.suffix(1))],
      text.utf8.count < 8, !text.hasPrefix("0"), text.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int64(text.dropLast()), count * unit <= 36_525 * 86_400
    {
      return count * unit
    }
    problems.add(
      value.place, "found \(value.found) where an age belongs: a whole number and d or h, such as 400d, up to 36525d")
    return nil
  }

  private static func log(_ value: YAMLValue, problems: inout ProblemList) -> Policy.LogRule? {
    guard let item = MappingReader(value, name: "log", allowed: logKeys, problems: &problems) else { return nil }
    let key = item.required("key", "the log's verifier key", problems: &problems)
      .flatMap { noteKey($0, .note, problems: &problems) }
    let witnesses = item.optional("witnesses").flatMap {
      $0.list("log.witnesses", of: "verifier keys", count: 1...64, problems: &problems) { value, _, problems in
        noteKey(value, .cosignature, problems: &problems)
      }
    }
    let quorum: Int =
      item.optional("quorum").flatMap {
        $0.number("a count of witnesses", in: 0...(witnesses?.count ?? 0), problems: &problems)
      } ?? witnesses?.count ?? 0
    guard let key else { return nil }
    if Set(([key] + (witnesses ?? [])).map(\.publicKey)).count != 1 + (witnesses?.count ?? 0) {
      problems.add(item.place, "found one key twice in log; nobody counts twice")
    }
    return Policy.LogRule(key: key, witnesses: witnesses ?? [], quorum: quorum)
  }

  private static func noteKey(_ value: YAMLValue, _ kind: NoteKey.Kind, problems: inout ProblemList) -> NoteKey? {
    guard let text = value.text("a verifier key", problems: &problems) else { return nil }
    if let key = NoteKey(text: text), key.kind == kind { return key }
    let what = kind == .note ? "the verifier key of a log" : "the verifier key of a witness"
    problems.add(value.place, "found \(value.found) where \(what) belongs: name+digits+base64")
    return nil
  }
}
