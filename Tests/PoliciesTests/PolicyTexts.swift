/// Policies that are right, and ones that are wrong in one way each.
enum PolicyTexts {
  static let log = "example.com/log+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

  static let good: [String] = [
    PolicyFixture.text,
    PolicyFixture.text + "source: \(PolicyFixture.swhid)\n",
    PolicyFixture.text + "source: [\(PolicyFixture.swhid)]\n",
    PolicyFixture.text + "recipe: sha256:\(String(repeating: "a", count: 64))\nnotOlderThan: 400d\n",
    PolicyFixture.text + "notOlderThan: 12h\n",
    PolicyFixture.text.replacing("grade: reproduced", with: "grade: equivalent"),
    PolicyFixture.text.replacing("name: ACME,", with: "name: ACME, id: \"https://acme.example\","),
    PolicyFixture.text.replacing(", since: 2025-08-01T00:00:00Z", with: ""),
  ]

  struct Bad: Sendable {
    let text: String
    let says: String
    /// Whether a schema can tell.
    var schemaTells = true
  }

  private static func changed(_ old: String, _ new: String, _ says: String, schemaTells: Bool = true) -> Bad {
    Bad(text: PolicyFixture.text.replacing(old, with: new, maxReplacements: 1), says: says, schemaTells: schemaTells)
  }

  private static func adding(_ line: String, _ says: String) -> Bad {
    Bad(text: PolicyFixture.text + line + "\n", says: says)
  }

  static let bad: [Bad] = [
    changed("policy: 1", "policy: 2", "policy.yaml:1:9: found \"2\" as the version of the policy's format"),
    changed("policy: 1\n", "", "policy.yaml:1:1: the policy lacks the key \"policy\""),
    changed("grade: reproduced\n", "", "policy.yaml:1:1: the policy lacks the key \"grade\""),
    changed("grade: reproduced", "grade: different", "policy.yaml:9:8: found \"different\" where the least grade"),
    changed("grade:", "gade:", "found the unknown key \"gade\" in the policy"),
    changed("role: vendor,", "role: seller,", "policy.yaml:3:24: found \"seller\" where a role belongs"),
    changed("name: ACME, ", "", "parties[0] lacks the key \"name\""),
    changed("name: ACME,", "name: \"\",", "found \"\" where a party's name belongs"),
    changed("keys: [acme.pub]", "keys: []", "parties[0].keys has 0 items; at least 1 keys belong there"),
    changed("keys: [acme.pub]", "keys: acme.pub", "found \"acme.pub\" where parties[0].keys belongs"),
    changed("keys: [acme.pub]", "keys: [acme.pub], colour: red", "found the unknown key \"colour\" in parties[0]"),
    changed(
      "keys: [acme.pub]", "keys: [none.pub]", "policy.yaml:3:39: reading none.pub: there is no such file",
      schemaTells: false),
    changed("keys: [acme.pub]", "keys: [../acme.pub]", "a path that escapes its folder", schemaTells: false),
    changed(
      "keys: [acme.pub]", "keys: [lab1.pub]", "under two names, \"ACME\" and \"Lab One\"; nobody counts twice",
      schemaTells: false),
    changed(
      "keys: [acme.pub]", "keys: [acme.pub, acme.pub]", "a second time in \"ACME\"", schemaTells: false),
    changed("key: old.pub", "key: lab1.pub", "a second time in \"Lab One\"", schemaTells: false),
    changed("key: old.pub", "key: lab2.pub", "under two names", schemaTells: false),
    changed("since: 2025-08-01T00:00:00Z", "since: 2025-08-01", "found \"2025-08-01\" where a time in UTC belongs"),
    changed("Lab Two", "Lab One", "found the party \"Lab One\" a second time", schemaTells: false),
    changed(
      "{role: evaluator, count: 2}", "{role: evaluator, count: 3}",
      "policy.yaml:7:5: require[0] asks for 3 of the role evaluator, and the policy has 2: nothing can satisfy it",
      schemaTells: false),
    changed(
      "{role: evaluator, count: 2}", "{role: evaluator, count: 0}", "found \"0\" where a count of parties belongs"),
    changed("{role: evaluator, count: 2}", "{role: evaluator}", "require[0] lacks the key \"count\""),
    changed(
      "{role: vendor, count: 1}", "{role: evaluator, count: 1}", "found the role evaluator a second time in require",
      schemaTells: false),
    changed("{name: ACME", "&a {name: ACME", "found an anchor (&), which policies do not have", schemaTells: false),
    changed("{role: vendor, count: 1}", "*a", "found an alias", schemaTells: false),
    changed("grade: reproduced", "grade: reproduced\ngrade: equivalent", "more than once", schemaTells: false),
    adding("source: swh:1:dir:12", "where the SWHID of a source belongs"),
    adding("source: []", "source has 0 items"),
    adding("recipe: 12", "where a SHA-256 digest belongs: sha256: and 64 hexadecimal digits"),
    adding("notOlderThan: 3w", "found \"3w\" where an age belongs"),
    adding("notOlderThan: 0d", "found \"0d\" where an age belongs"),
    adding("log: {key: nonsense}", "found \"nonsense\" where the verifier key of a log belongs"),
    adding("log: {}", "log lacks the key \"key\""),
    Bad(text: "", says: "the file is empty; a policy begins with \"policy: 1\"", schemaTells: false),
    Bad(text: "- a\n", says: "found a list where the policy belongs"),
    Bad(text: "policy: 1\n---\npolicy: 1\n", says: "a policy is one document", schemaTells: false),
    Bad(
      text: "policy: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
      says: "the policy has deeper than 16 levels, which no policy needs", schemaTells: false),
  ]
}
