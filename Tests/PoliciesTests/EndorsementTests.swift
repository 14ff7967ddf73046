import Digests
import Evidence
import Keys
import Model
import Testing

@testable import Policies

/// When independent parties have earned SLSA's level, and when not.
@Suite struct EndorsementTests {
  let parties: PolicyFixture

  init() throws { parties = try PolicyFixture() }

  private func endorse(_ parts: [EvidenceText.Part], policy: Policy? = nil) async throws -> Endorsement {
    try Endorsement(
      try await parties.judge(parts, policy: policy), by: "https://example.org/regulator",
      program: (name: "verbatim", version: "1"), time: PolicyFixture.now)
  }

  private func builds() async throws -> [EvidenceText.Part] {
    [
      try await PolicyFixture.part(PolicyFixture.provenance(builder: "https://acme"), by: parties.vendor, name: "b0"),
      try await PolicyFixture.part(PolicyFixture.provenance(builder: "https://lab1"), by: parties.first, name: "b1"),
      try await PolicyFixture.part(PolicyFixture.provenance(builder: "https://lab2"), by: parties.second, name: "b2"),
    ]
  }

  private func missing(_ parts: [EvidenceText.Part], policy: Policy? = nil) async throws -> [String] {
    do {
      _ = try await endorse(parts, policy: policy)
      return []
    } catch let error as PolicyError { return [error.message] + error.details }
  }

  @Test func earned() async throws {
    let parts = try await parties.agreeing() + builds()
    let endorsement = try await endorse(parts)
    let statement = endorsement.statement
    #expect(statement.isAbout(PolicyFixture.artifact) && statement.predicateType == StatementType.summary)
    let predicate = statement.predicate
    #expect(predicate["verifiedLevels"]?.list == [.text("SLSA_BUILD_REPRODUCED")])
    #expect(predicate["verificationResult"]?.text == "PASSED")
    #expect(predicate["timeVerified"]?.text == "2026-01-31T12:00:00Z")
    #expect(predicate["policy"]?["digest"]?["sha256"]?.text == SHA256Digest.of(PolicyFixture.text).hex)
    let used = predicate["inputAttestations"]?.list?.compactMap { $0["digest"]?["sha256"]?.text }
    let payloads = try parts.map { SHA256Digest.of(try EvidenceText.envelope($0).payload).hex }
    #expect(Set(used ?? []) == Set(payloads) && used == used?.sorted())
    #expect(endorsement.parties.map(\.name) == ["ACME", "Lab One", "Lab Two"])
    // It is no verdict of a check, so nobody can make it count twice.
    let judgement = try await parties.judge([PolicyFixture.part(statement, by: parties.first)])
    #expect(judgement.others == 1 && judgement.votes.isEmpty)
  }

  private static let doing =
    "endorsing \(PolicyFixture.artifact.short)…: its parties do not yet show that they built it independently"

  @Test func withoutABuild() async throws {
    let parts = try await parties.agreeing() + builds().dropLast()
    #expect(
      try await missing(parts) == [
        Self.doing, "evaluator: 1 of 2 that the policy asks for",
        "Lab Two: there is no provenance of its own build of these bytes",
      ])
  }

  @Test func aBuildOfOtherBytes() async throws {
    let other = try await PolicyFixture.part(
      PolicyFixture.provenance(on: .of("other"), builder: "https://lab2"), by: parties.second)
    #expect(try await missing(parties.agreeing() + builds().dropLast() + [other]).count == 3)
  }

  @Test func oneBuilderUnderTwoNames() async throws {
    let same = try await PolicyFixture.part(PolicyFixture.provenance(builder: "https://lab1"), by: parties.second)
    #expect(
      try await missing(parties.agreeing() + builds().dropLast() + [same]).last
        == "Lab Two: its builder is https://lab1, which is that of Lab One")
  }

  @Test func withoutAVerdict() async throws {
    let parts = try await parties.agreeing().dropFirst() + builds()
    #expect(try await missing(Array(parts)) == [Self.doing, "vendor: 0 of 1 that the policy asks for"])
  }

  @Test func oneParty() async throws {
    let policy = try parties.policy(
      PolicyFixture.text.replacing("count: 2", with: "count: 1").replacing("  - {role: vendor, count: 1}\n", with: ""))
    let lab = try await [parties.agreeing()[1], builds()[1]]
    #expect(try await parties.judge(lab, policy: policy).verdict == .reproduced)
    #expect(
      try await missing(lab, policy: policy) == [Self.doing, "1 of at least 2 parties show a build"])
    #expect(try await missing(lab + [parties.agreeing()[0], builds()[0]], policy: policy) == [])
  }

  @Test func equivalentIsNotEnough() async throws {
    let lower = try parties.policy(PolicyFixture.text.replacing("grade: reproduced", with: "grade: equivalent"))
    var parts = try await parties.agreeing() + builds()
    parts[1] = try await PolicyFixture.part(PolicyFixture.verdict(.equivalent), by: parties.first)
    #expect(try await missing(parts, policy: lower).last == "Lab One: the verdict is equivalent, not reproduced")
  }

  @Test func aNegative() async throws {
    let against = try await PolicyFixture.part(PolicyFixture.verdict(.different), by: parties.second)
    #expect(
      try await missing(parties.agreeing() + builds() + [against]) == [
        "endorsing \(PolicyFixture.artifact.short)…: it is different, as Lab Two found"
      ])
  }
}
