import Digests
import Evidence
import Keys
import Model
import Testing

@testable import Policies

/// How many must agree, and what outweighs them.
@Suite struct MajorityTests {
  let parties: PolicyFixture

  init() throws { parties = try PolicyFixture() }

  @Test func allAgree() async throws {
    let judgement = try await parties.judge(parties.agreeing())
    #expect(judgement.verdict == .reproduced && judgement.missing.isEmpty && judgement.refusals.isEmpty)
    #expect(judgement.votes.map(\.party.name) == ["ACME", "Lab One", "Lab Two"])
  }

  @Test(arguments: 0..<3) func oneIsMissing(place: Int) async throws {
    var parts = try await parties.agreeing()
    parts.remove(at: place)
    let judgement = try await parties.judge(parts)
    #expect(judgement.verdict == .inconclusive)
    #expect(
      judgement.missing == [
        place == 0 ? "vendor: 0 of 1 that the policy asks for" : "evaluator: 1 of 2 that the policy asks for"
      ])
  }

  @Test func nobody() async throws {
    let judgement = try await parties.judge([])
    #expect(judgement.verdict == .inconclusive && judgement.missing.count == 2 && judgement.read == 0)
  }

  /// One statement that all signed together counts for each of them.
  @Test func oneEnvelope() async throws {
    let part = try await PolicyFixture.part(
      PolicyFixture.verdict(), by: parties.vendor, parties.first, parties.second, parties.stranger)
    let judgement = try await parties.judge([part])
    #expect(judgement.verdict == .reproduced && judgement.refusals.isEmpty)
  }

  @Test func theWorstThatCounts() async throws {
    let lower = try parties.policy(PolicyFixture.text.replacing("grade: reproduced", with: "grade: equivalent"))
    var parts = try await parties.agreeing()
    parts[1] = try await PolicyFixture.part(PolicyFixture.verdict(.equivalent), by: parties.first, name: "lab1")
    #expect(try await parties.judge(parts, policy: lower).verdict == .equivalent)
    #expect(try await parties.judge(parts).verdict == .inconclusive)
  }

  /// Whoever it is, however old it is, and whoever agrees.
  @Test(arguments: ["acme", "lab1", "lab2"], [Int64(0), -5000, 5000]) func negativeOutweighs(
    who: String, days: Int64
  ) async throws {
    let key = who == "acme" ? parties.vendor : who == "lab1" ? parties.first : parties.second
    let time = PolicyFixture.now + days * PolicyFixture.day
    let against = try await PolicyFixture.part(PolicyFixture.verdict(.different, time: time), by: key, name: "against")
    let policy = try parties.policy(adding: "notOlderThan: 400d")
    for parts in try await [parties.agreeing() + [against], [against] + parties.agreeing(), [against]] {
      let judgement = try await parties.judge(parts, policy: policy)
      #expect(judgement.verdict == .different)
      #expect(judgement.against.map(\.file) == ["against"] && judgement.against.map(\.key) == [key.publicKey])
    }
  }

  /// A difference on another artifact, of other source or by nobody known says nothing about this one.
  @Test func whatDoesNotOutweigh() async throws {
    let policy = try parties.policy(adding: "source: \(PolicyFixture.swhid)\nrecipe: sha256:\(PolicyFixture.recipe)")
    let parts = try await [
      PolicyFixture.part(PolicyFixture.verdict(.different), by: parties.stranger),
      PolicyFixture.part(PolicyFixture.verdict(.different, on: .of("another")), by: parties.first),
      PolicyFixture.part(PolicyFixture.verdict(.different, recipe: .of("another")), by: parties.first),
      PolicyFixture.part(
        PolicyFixture.verdict(.different, source: "swh:1:dir:" + String(repeating: "b", count: 40)), by: parties.first),
    ]
    let judgement = try await parties.judge(parts + parties.agreeing(), policy: policy)
    #expect(judgement.verdict == .reproduced)
    #expect(
      judgement.refusals.map(\.reason) == [.unknownSigner, .anotherArtifact, .anotherRecipe, .anotherSource])
  }

  /// What is wrong with some takes nothing from the others.
  @Test func rubbishBeside() async throws {
    let rubbish = (0..<300).map { EvidenceText.Part(name: "\($0)", bytes: Array("{\"payload\":\($0)}".utf8)) }
    let parts = try await parties.agreeing()
    let judgement = try await parties.judge(rubbish[..<150] + parts + rubbish[150...])
    #expect(judgement.verdict == .reproduced && judgement.read == 303)
    #expect(judgement.refusals.map(\.file) == rubbish.map(\.name))
    #expect(judgement.refusals.allSatisfy { $0.reason == .malformed })
  }

  /// Statements of other kinds are no refusals.
  @Test func otherStatements() async throws {
    let view = try Statement(
      subjects: [ResourceDescriptor(digest: ["sha256": PolicyFixture.artifact.hex])], predicateType: StatementType.view,
      predicate: .members([:]))
    let summary = try Statement(
      subjects: [ResourceDescriptor(digest: ["sha256": PolicyFixture.artifact.hex])],
      predicateType: StatementType.summary, predicate: .members(["verifiedLevels": .list([])]))
    let rebuilt = try PolicyFixture.provenance(on: .of("rebuilt"), builder: "https://lab.example")
    var parts: [EvidenceText.Part] = []
    for statement in [view, summary, rebuilt] {
      parts.append(try await PolicyFixture.part(statement, by: parties.first))
    }
    let judgement = try await parties.judge(parts)
    #expect(judgement.others == 3 && judgement.refusals.isEmpty && judgement.votes.isEmpty)
  }

  @Test func aVerdictThatContradictsItself() async throws {
    let text = String(decoding: try PolicyFixture.verdict(.different).payload, as: UTF8.self)
    for (old, new) in [
      ("\"FAILED\"", "\"PASSED\""), ("\"verdict\":\"different\"", "\"verdict\":\"reproduced\""),
      ("\"format\":1", "\"format\":2"), ("swh:1:dir", "swh:2:dir"), ("Z\"", "+01:00\""), ("\"verifier\"", "\"other\""),
    ] {
      let changed = text.replacing(old, with: new, maxReplacements: 1)
      #expect(changed != text)
      let envelope = try await Envelope.sign(Array(changed.utf8), with: [parties.first])
      let refusal = try await parties.refusal(of: .init(name: "it", bytes: envelope.bytes))
      #expect(refusal?.reason == .malformed && refusal?.message.contains("it is no verdict of a check: ") == true)
    }
  }
}
