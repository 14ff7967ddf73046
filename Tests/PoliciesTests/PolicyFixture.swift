import Digests
import Evidence
import Keys
import Model

@testable import Policies

/// Three parties with keys of their own, a policy of them, and what they sign.
struct PolicyFixture {
  static let artifact = SHA256Digest.of("app.deb")
  static let recipe = SHA256Digest.of("recipe")
  static let swhid = "swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904"
  /// 2026-01-31T12:00:00Z.
  static let now: Int64 = 1_769_860_800
  static let day: Int64 = 86_400

  let vendor: PrivateKey
  let first: PrivateKey
  let second: PrivateKey
  /// Of nobody.
  let stranger: PrivateKey
  /// The first evaluator's, until half a year ago.
  let old: PrivateKey

  init() throws {
    vendor = try .generate(.ecdsaP256)
    first = try .generate(.ecdsaP256)
    second = try .generate(.ed25519)
    stranger = try .generate(.ecdsaP256)
    old = try .generate(.ecdsaP256)
  }

  static let text = """
    policy: 1
    parties:
      - {name: ACME, role: vendor, keys: [acme.pub]}
      - {name: Lab One, role: evaluator, keys: [lab1.pub], revoked: [{key: old.pub, since: 2025-08-01T00:00:00Z}]}
      - {name: Lab Two, role: evaluator, keys: [lab2.pub]}
    require:
      - {role: evaluator, count: 2}
      - {role: vendor, count: 1}
    grade: reproduced

    """

  /// The policy of a text in which the parties' keys are `acme.pub`, `lab1.pub`, `lab2.pub` and `old.pub`.
  func policy(_ text: String = text) throws -> Policy {
    try PolicyFile.parse(bytes: Array(text.utf8), file: "policy.yaml") { (name) throws(KeyError) in
      switch name {
      case "acme.pub": vendor.publicKey
      case "lab1.pub": first.publicKey
      case "lab2.pub": second.publicKey
      case "old.pub": old.publicKey
      default: throw KeyError(.unusable, "reading \(name): there is no such file")
      }
    }
  }

  /// The policy with lines more.
  func policy(adding lines: String) throws -> Policy { try policy(Self.text + lines + "\n") }

  /// What a check says.
  static func verdict(
    _ verdict: Verdict = .reproduced, on artifact: SHA256Digest = artifact, party: String = "https://example.org/party",
    time: Int64 = now - day, recipe: SHA256Digest = recipe, source: String = swhid
  ) throws -> Statement {
    let isPassed = verdict == .reproduced || verdict == .equivalent
    return try Statement(
      subjects: [ResourceDescriptor(digest: ["sha256": artifact.hex])], predicateType: StatementType.summary,
      predicate: .members([
        "verifier": .members(["id": .text(party)]),
        "timeVerified": .text(TimeText.text(time).replacing(" ", with: "T")),
        "policy": .members(["digest": .texts(["sha256": recipe.hex])]),
        "verificationResult": .text(isPassed ? "PASSED" : "FAILED"),
        "verifiedLevels": .list([]),
        "verbatim_check": .members([
          "format": .integer(1), "verdict": .text(verdict.rawValue),
          "source": .list([.members(["swhid": .text(source)])]),
          "rebuilt": .texts(["sha256": verdict == .reproduced ? artifact.hex : SHA256Digest.of("other").hex]),
        ]),
      ]))
  }

  /// What a builder says.
  static func provenance(
    on artifact: SHA256Digest = artifact, builder: String, time: Int64? = now - day
  ) throws -> Statement {
    try Statement(
      subjects: [ResourceDescriptor(name: "app.deb", digest: ["sha256": artifact.hex])],
      predicateType: StatementType.provenance,
      predicate: .members([
        "buildDefinition": .members([
          "buildType": .text("https://example.org/build"), "externalParameters": .members([:]),
        ]),
        "runDetails": .members([
          "builder": .members(["id": .text(builder)]),
          "metadata": time.map { .members(["finishedOn": .text(TimeText.text($0).replacing(" ", with: "T"))]) },
        ]),
      ]))
  }

  /// A statement as a file of evidence has it.
  static func part(_ statement: Statement, by keys: PrivateKey..., name: String = "it") async throws
    -> EvidenceText.Part
  {
    EvidenceText.Part(name: name, bytes: try await statement.sign(with: keys).bytes)
  }

  /// What all three say when all is well.
  func agreeing() async throws -> [EvidenceText.Part] {
    [
      try await Self.part(Self.verdict(), by: vendor, name: "acme"),
      try await Self.part(Self.verdict(), by: first, name: "lab1"),
      try await Self.part(Self.verdict(), by: second, name: "lab2"),
    ]
  }

  /// What evidence comes to.
  func judge(
    _ parts: [EvidenceText.Part], proofs: [EvidenceText.Part] = [], policy: Policy? = nil, foreign: Bool = false
  ) async throws -> PolicyJudgement {
    try await PolicyVerification(
      policy: policy ?? self.policy(), artifact: Self.artifact, time: Self.now, foreign: foreign
    ).judge(EvidenceSet(parts: parts, proofs: proofs))
  }

  /// What the evidence of one more part, beside that of two who agree, is refused for.
  func refusal(
    of part: EvidenceText.Part, policy: Policy? = nil, proofs: [EvidenceText.Part] = []
  ) async throws -> Refusal? {
    let judgement = try await judge([part], proofs: proofs, policy: policy)
    return judgement.votes.isEmpty && judgement.against.isEmpty ? judgement.refusals.first : nil
  }
}
