import Digests
import FoundationEssentials
import Keys
import Model
import SystemPackage
import TestFixtures
import Testing
import TransparencyLog

@testable import Policies

/// Policies as files: what is read, what is refused, and that the schema says the same.
@Suite struct PolicyFileTests {
  let parties: PolicyFixture

  init() throws { parties = try PolicyFixture() }

  @Test(arguments: PolicyTexts.good) func good(text: String) throws {
    let policy = try parties.policy(text)
    #expect(policy.parties.map(\.name) == ["ACME", "Lab One", "Lab Two"] && policy.digest == .of(text))
  }

  @Test func everything() async throws {
    let log = try #require(NoteKey(name: "example.com/log", publicKey: parties.second.publicKey))
    let witness = try PrivateKey.generate(.ed25519)
    let witnessKey = try #require(
      NoteKey(name: "example.com/witness", kind: .cosignature, publicKey: witness.publicKey))
    let pem = parties.stranger.publicKey.pem.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n")
    let text =
      PolicyFixture.text.replacing(
        "keys: [lab2.pub]}",
        with: "keys: [lab2.pub]}\n  - name: Office\n    role: regulator\n    keys:\n      - |\n\(pem)")
        + """
        source: [\(PolicyFixture.swhid)]
        recipe: sha256:\(PolicyFixture.recipe)
        notOlderThan: 36h
        log: {key: \(log.text), witnesses: [\(witnessKey.text)], quorum: 1}

        """
    let policy = try parties.policy(text)
    #expect(
      policy.parties.last
        == .init(
          name: "Office", role: .regulator, id: nil, keys: [parties.stranger.publicKey], revoked: []))
    #expect(policy.parties[1].revoked == [.init(key: parties.old.publicKey, since: 1_754_006_400)])
    #expect(policy.requirements == [.init(role: .evaluator, count: 2), .init(role: .vendor, count: 1)])
    #expect(policy.sources.map(\.description) == [PolicyFixture.swhid] && policy.recipe == PolicyFixture.recipe)
    #expect(policy.maximumAge == 36 * 3600 && policy.grade == .reproduced)
    #expect(policy.log == .init(key: log, witnesses: [witnessKey], quorum: 1))
    #expect(throws: PolicyError.self) { try parties.policy(text.replacing("quorum: 1", with: "quorum: 2")) }
    #expect(throws: PolicyError.self) { try parties.policy(text.replacing(witnessKey.text, with: log.text)) }
  }

  /// The example that the documentation gives.
  @Test func documentation() throws {
    let text = String(
      decoding: try TemporaryFolder.read(Checkout.root.appending("Documentation/Formats/Policy.md")), as: UTF8.self)
    let example = try #require(text.split(separator: "```yaml\n").dropFirst().first?.split(separator: "```").first)
    let policy = try PolicyFile.parse(bytes: Array(example.utf8), file: "Policy.md") { (_) throws(KeyError) in
      try PrivateKey.generate(.ed25519).publicKey
    }
    #expect(policy.parties.count == 3 && policy.parties[1].revoked.count == 1)
  }

  @Test(arguments: PolicyTexts.bad.indices) func bad(index: Int) throws {
    let bad = PolicyTexts.bad[index]
    do {
      _ = try parties.policy(bad.text)
      Issue.record("it was read: \(bad.says)")
    } catch {
      let error = try #require(error as? PolicyError)
      #expect(([error.message] + error.details).contains { $0.contains(bad.says) }, "\(error)")
      #expect(error.message.hasPrefix("policy.yaml:"))
    }
  }

  @Test func keysAreFilesInTheFolder() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("policy.yaml")
    try folder.write("policy.yaml", Array(PolicyFixture.text.utf8))
    #expect(throws: PolicyError.self) { try PolicyFile.read(path) }
    for (name, key) in [
      ("acme.pub", parties.vendor), ("lab1.pub", parties.first), ("lab2.pub", parties.second), ("old.pub", parties.old),
    ] { try folder.write(name, Array(key.publicKey.pem.utf8)) }
    #expect(try PolicyFile.read(path).parties.map(\.keys) == parties.policy().parties.map(\.keys))
    #expect(throws: PolicyError.self) { try PolicyFile.read(folder.path) }
    #expect(throws: PolicyError.self) { try PolicyFile.read(folder.path.appending("none")) }
  }

  @Test func theSchemaAgrees() throws {
    let bad = PolicyTexts.bad.filter(\.schemaTells)
    let folder = try TemporaryFolder()
    try folder.write("texts.json", Array(try JSONEncoder().encode(PolicyTexts.good + bad.map(\.text))))
    let schema = Checkout.root.appending("Documentation/policy.schema.json")
    let result = try FixtureProcess.shell(
      "python3 -c \"$1\" \"$2\" \"$3\"", [Self.script, schema.string, folder.path.appending("texts.json").string])
    if result.status == 77 || result.status == 127 {
      print("SKIP: python3 with jsonschema and yaml is not there, so the schema was not compared with the parser")
      return
    }
    try #require(result.status == 0, "\(result.errors)")
    let verdicts = try JSONDecoder().decode([String].self, from: Data(result.output.utf8))
    try #require(verdicts.count == PolicyTexts.good.count + bad.count)
    for (text, verdict) in zip(PolicyTexts.good, verdicts) { #expect(verdict == "", "the schema refuses \(text)") }
    for (bad, verdict) in zip(bad, verdicts.suffix(bad.count)) {
      #expect(verdict != "", "the schema takes what the parser refuses: \(bad.says)")
    }
  }

  /// PyYAML reads dates as dates, which no policy means.
  private static let script = """
    import json, sys
    try:
        import jsonschema, yaml
    except ImportError:
        sys.exit(77)
    class Loader(yaml.SafeLoader): pass
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(":timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    def verdict(text):
        error = next(validator.iter_errors(yaml.load(text, Loader)), None)
        return "" if error is None else error.json_path + ": " + error.message[:200]
    json.dump([verdict(text) for text in json.load(open(sys.argv[2]))], sys.stdout)
    """
}
