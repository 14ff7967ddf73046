import Model
import SystemPackage
import TestFixtures
import Testing

/// `verify` and `endorse` as somebody runs them, on statements that OpenSSL signed.
@Suite struct VerifyTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("app.deb", "app")
    try folder.write(
      "policy.yaml",
      """
      policy: 1
      parties:
        - {name: ACME, role: vendor, keys: [acme.pub]}
        - {name: Lab, role: evaluator, keys: [lab.pub]}
      require: [{role: vendor, count: 1}, {role: evaluator, count: 1}]
      grade: equivalent

      """)
    for key in ["acme", "lab"] {
      let made = try run(["key", "new", key, "--passphrase-env", "VERBATIM_TEST_PASSPHRASE"])
      try #require(made.status == 0, "\(made.errors)")
    }
  }

  private func run(_ arguments: [String]) throws -> FixtureProcess.Result {
    try FixtureProcess.shell(
      "cd \"$1\"; program=$2; shift 2; export VERBATIM_TEST_PASSPHRASE=passphrase; \"$program\" \"$@\"",
      [folder.path.string, Checkout.program.string] + arguments)
  }

  private func verify(_ evidence: String..., more: [String] = []) throws -> FixtureProcess.Result {
    try run(
      ["verify"] + evidence + ["--artifact", "app.deb", "--policy", "policy.yaml", "--at", "2026-02-01T00:00:00Z"]
        + more)
  }

  /// Writes the verdict of a party, and the provenance of its build.
  private func sign(_ verdict: Verdict, by party: String, to name: String) throws {
    let made = try FixtureProcess.shell(
      "cd \"$1\"; export VERBATIM_TEST_PASSPHRASE=passphrase; python3 -c \"$2\" \"$3\" \"$4\" \"$5\" \"$6\"",
      [folder.path.string, Self.script, Checkout.program.string, party, verdict.rawValue, name])
    try #require(made.status == 0, "\(made.errors)")
  }

  @Test(.enabled(if: hasTools)) func verdicts() throws {
    try sign(.reproduced, by: "acme", to: "acme.intoto.jsonl")
    try sign(.reproduced, by: "lab", to: "lab.intoto.jsonl")
    try sign(.equivalent, by: "lab", to: "equivalent.intoto.jsonl")
    try sign(.different, by: "lab", to: "different.intoto.jsonl")
    let good = try verify("acme.intoto.jsonl", "lab.intoto.jsonl")
    #expect(good.status == 0 && good.output.hasPrefix("reproduced   app.deb\n"), "\(good.output)\(good.errors)")
    #expect(try verify("acme.intoto.jsonl", "equivalent.intoto.jsonl").status == 3)
    #expect(try verify("acme.intoto.jsonl").status == 2)
    let bad = try verify(".")
    #expect(bad.status == 1 && bad.output.contains("\nLab              evaluator SHA256:"))
    #expect(bad.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(bad.output)")
    let json = try verify("acme.intoto.jsonl", more: ["--json"])
    #expect(json.status == 2 && json.output.contains("evaluator: 0 of 1 that the policy asks for"))
    #expect(try verify("none").status == 2)
    let endorse =
      ["--artifact", "app.deb", "--policy", "policy.yaml", "--at", "2026-02-01T00:00:00Z", "--key", "acme"]
      + ["--passphrase-env", "VERBATIM_TEST_PASSPHRASE"]
    let alone = try run(["endorse", "acme.intoto.jsonl"] + endorse)
    #expect(alone.status == 2 && alone.errors.contains("1 of at least 2 parties show a build"))
    #expect(throws: (any Error).self) { try folder.read("app.deb.endorsement.intoto.jsonl") }
    let both = try run(["endorse", "acme.intoto.jsonl", "lab.intoto.jsonl"] + endorse)
    #expect(both.status == 0 && both.output.hasPrefix("endorsed     SLSA_BUILD_REPRODUCED: ACME, Lab\n"))
    #expect(try folder.read("app.deb.endorsement.intoto.jsonl").starts(with: Array("{\"payload\":".utf8)))
  }

  /// Python puts the envelopes together and OpenSSL signs them.
  static let hasTools: Bool = {
    let isThere = (try? FixtureProcess.shell("command -v python3 && command -v openssl"))?.status == 0
    if !isThere { print("SKIP: python3 or openssl is not there, so no evidence is made with them") }
    return isThere
  }()

  private static let script = """
    import base64, hashlib, json, subprocess, sys
    program, party, verdict, name = sys.argv[1:]
    shown = subprocess.run([program, "key", "show", party + ".pub"], check=True, capture_output=True, text=True).stdout
    identity = next(word for word in shown.split() if word.startswith("SHA256:"))
    artifact = hashlib.sha256(open("app.deb", "rb").read()).hexdigest()
    def statement(kind, predicate):
        return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": artifact}}],
            "predicateType": kind, "predicate": predicate}, separators=(",", ":")).encode()
    def envelope(payload):
        kind = b"application/vnd.in-toto+json"
        content = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        open("content", "wb").write(content)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", party, "-passin",
            "env:VERBATIM_TEST_PASSPHRASE", "content"], check=True, capture_output=True).stdout
        return json.dumps({"payload": base64.b64encode(payload).decode(), "payloadType": kind.decode(), "signatures":
            [{"keyid": identity, "sig": base64.b64encode(signature).decode()}]}, separators=(",", ":")) + "\\n"
    passed = "PASSED" if verdict in ("reproduced", "equivalent") else "FAILED"
    summary = statement("https://slsa.dev/verification_summary/v1", {"verifier": {"id": "https://" + party},
        "timeVerified": "2026-01-31T12:00:00Z", "policy": {"digest": {"sha256": "a" * 64}}, "verificationResult": passed,
        "verifiedLevels": [], "verbatim_check": {"format": 1, "verdict": verdict, "source": [],
            "rebuilt": {"sha256": artifact}}})
    provenance = statement("https://slsa.dev/provenance/v1", {"buildDefinition": {"buildType": "https://build",
        "externalParameters": {}}, "runDetails": {"builder": {"id": "https://" + party}}})
    open(name, "w").write(envelope(summary) + envelope(provenance))
    """
}
