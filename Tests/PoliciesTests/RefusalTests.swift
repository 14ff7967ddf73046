import Digests
import Evidence
import Keys
import Model
import Testing
import TransparencyLog

@testable import Policies

/// Each kind of evidence that counts for nothing, and what is said of it.
@Suite struct RefusalTests {
  let parties: PolicyFixture

  init() throws { parties = try PolicyFixture() }

  private func expect(
    _ part: EvidenceText.Part, _ reason: Refusal.Reason, _ message: String, policy: Policy? = nil,
    proofs: [EvidenceText.Part] = [], location: SourceLocation = #_sourceLocation
  ) async throws {
    let judgement = try await parties.judge([part], proofs: proofs, policy: policy)
    #expect(judgement.refusals == [Refusal(part.name, reason, message)], sourceLocation: location)
    #expect(judgement.votes.isEmpty && judgement.against.isEmpty, sourceLocation: location)
    #expect(judgement.verdict == .inconclusive && judgement.read == 1, sourceLocation: location)
  }

  @Test func anotherArtifact() async throws {
    let other = SHA256Digest.of("another")
    let part = try await PolicyFixture.part(PolicyFixture.verdict(on: other), by: parties.first)
    try await expect(part, .anotherArtifact, "it is about another artifact, \(other.hex)")
  }

  @Test func payloadType() async throws {
    let envelope = try await Envelope.sign(
      PolicyFixture.verdict().payload, type: "text/plain\u{1B}", with: [parties.first])
    try await expect(
      .init(name: "it", bytes: envelope.bytes), .payloadType,
      "its payload is of the type \"text/plain\\u{1B}\", not application/vnd.in-toto+json")
  }

  @Test func brokenSignature() async throws {
    let right = try await PolicyFixture.verdict().sign(with: [parties.first])
    let other = try await PolicyFixture.verdict(.equivalent).sign(with: [parties.first])
    let mixed = try replaced(right, payloadOf: other)
    try await expect(
      mixed, .brokenSignature,
      "the signature by \(parties.first.publicKey.keyID) of Lab One does not hold")
  }

  /// An envelope with the signature of one and the payload of another.
  private func replaced(_ envelope: Envelope, payloadOf other: Envelope) throws -> EvidenceText.Part {
    let text = String(decoding: envelope.bytes, as: UTF8.self)
    let changed = text.replacing(
      Base64.string(envelope.payload), with: Base64.string(other.payload), maxReplacements: 1)
    #expect(changed != text)
    return .init(name: "it", bytes: Array(changed.utf8))
  }

  @Test func unknownSigner() async throws {
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.stranger)
    try await expect(
      part, .unknownSigner,
      "no key of the policy signed it; its signatures name \"\(parties.stranger.publicKey.keyID)\"")
  }

  @Test func expired() async throws {
    let policy = try parties.policy(adding: "notOlderThan: 400d")
    let time = PolicyFixture.now - 400 * PolicyFixture.day
    let kept = try await PolicyFixture.part(PolicyFixture.verdict(time: time), by: parties.first)
    #expect(try await parties.judge([kept], policy: policy).votes.count == 1)
    let part = try await PolicyFixture.part(PolicyFixture.verdict(time: time - 1), by: parties.first)
    try await expect(
      part, .expired, "it is of 2024-12-27 11:59:59Z, which is older than the policy takes", policy: policy)
  }

  @Test func future() async throws {
    let time = PolicyFixture.now + 300
    let kept = try await PolicyFixture.part(PolicyFixture.verdict(time: time), by: parties.first)
    #expect(try await parties.judge([kept]).votes.count == 1)
    let part = try await PolicyFixture.part(PolicyFixture.verdict(time: time + 1), by: parties.first)
    try await expect(part, .future, "it is of 2026-01-31 12:05:01Z, which is still to come")
  }

  @Test func revokedKey() async throws {
    let since: Int64 = 1_754_006_400  // 2025-08-01
    let kept = try await PolicyFixture.part(PolicyFixture.verdict(time: since - 1), by: parties.old)
    #expect(try await parties.judge([kept]).votes.map(\.party.name) == ["Lab One"])
    let id = parties.old.publicKey.keyID
    let part = try await PolicyFixture.part(PolicyFixture.verdict(time: since), by: parties.old)
    try await expect(part, .revokedKey, "\(id) of Lab One is revoked since 2025-08-01 00:00:00Z")
    let negative = try await PolicyFixture.part(PolicyFixture.verdict(.different), by: parties.old)
    try await expect(negative, .revokedKey, "\(id) of Lab One is revoked since 2025-08-01 00:00:00Z")
    let always = try parties.policy(PolicyFixture.text.replacing(", since: 2025-08-01T00:00:00Z", with: ""))
    try await expect(kept, .revokedKey, "\(id) of Lab One is revoked", policy: always)
  }

  @Test func anotherSource() async throws {
    let policy = try parties.policy(adding: "source: swh:1:dir:\(String(repeating: "a", count: 40))")
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first)
    try await expect(part, .anotherSource, "other source was reviewed, \(PolicyFixture.swhid)", policy: policy)
    let right = try parties.policy(adding: "source: [\(PolicyFixture.swhid)]")
    #expect(try await parties.judge([part], policy: right).votes.count == 1)
  }

  @Test func anotherRecipe() async throws {
    let policy = try parties.policy(adding: "recipe: sha256:\(SHA256Digest.of("another"))")
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first)
    try await expect(
      part, .anotherRecipe, "another recipe was followed, sha256:\(PolicyFixture.recipe)", policy: policy)
    let right = try parties.policy(adding: "recipe: sha256:\(PolicyFixture.recipe)")
    #expect(try await parties.judge([part], policy: right).votes.count == 1)
  }

  @Test func gradeTooLow() async throws {
    let part = try await PolicyFixture.part(PolicyFixture.verdict(.equivalent), by: parties.first)
    try await expect(part, .gradeTooLow, "its verdict is equivalent, and the policy takes reproduced only")
    let lower = try parties.policy(PolicyFixture.text.replacing("grade: reproduced", with: "grade: equivalent"))
    #expect(try await parties.judge([part], policy: lower).votes.count == 1)
  }

  @Test func inconclusive() async throws {
    let part = try await PolicyFixture.part(PolicyFixture.verdict(.inconclusive), by: parties.first)
    try await expect(part, .inconclusive, "its verdict is inconclusive, which counts for nothing")
  }

  @Test func anotherParty() async throws {
    let policy = try parties.policy(
      PolicyFixture.text.replacing("name: Lab One,", with: "name: Lab One, id: \"https://lab.example\","))
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first)
    try await expect(
      part, .anotherParty, "its maker is \"https://example.org/party\", but the key is of \"https://lab.example\"",
      policy: policy)
    let right = try await PolicyFixture.part(PolicyFixture.verdict(party: "https://lab.example"), by: parties.first)
    #expect(try await parties.judge([right], policy: policy).votes.count == 1)
  }

  @Test func duplicates() async throws {
    let newer = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first, name: "newer")
    let older = try await PolicyFixture.part(
      PolicyFixture.verdict(time: PolicyFixture.now - 3 * PolicyFixture.day), by: parties.first, name: "older")
    let byOld = try await PolicyFixture.part(
      PolicyFixture.verdict(time: 1_754_006_399), by: parties.old, name: "old")
    let copy = EvidenceText.Part(name: "copy", bytes: newer.bytes)
    let judgement = try await parties.judge([byOld, older, newer, copy])
    #expect(judgement.votes.map(\.file) == ["newer"])
    #expect(
      judgement.refusals == [
        Refusal("old", .duplicate, "Lab One counts already, by another statement that another of its keys signed"),
        Refusal("older", .duplicate, "Lab One counts already, by another statement that the same key signed"),
        Refusal("copy", .duplicate, "Lab One counts already, by this very statement"),
      ])
    #expect(judgement.refusals.map(\.isCopy) == [false, false, true])
    #expect(judgement.missing.first == "evaluator: 1 of 2 that the policy asks for")
  }

  /// Of two at one time the worse counts.
  @Test func neverRoundedUp() async throws {
    let lower = try parties.policy(PolicyFixture.text.replacing("grade: reproduced", with: "grade: equivalent"))
    let better = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first, name: "better")
    let worse = try await PolicyFixture.part(PolicyFixture.verdict(.equivalent), by: parties.first, name: "worse")
    for parts in [[better, worse], [worse, better]] {
      #expect(try await parties.judge(parts, policy: lower).votes.map(\.file) == ["worse"])
    }
  }

  @Test func rewritten() async throws {
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first)
    let spaced = EvidenceText.Part(name: "it", bytes: Array("{ ".utf8) + part.bytes.dropFirst())
    let message = "it is not written as this program writes evidence; --foreign takes what another one wrote"
    try await expect(spaced, .rewritten, message)
    #expect(try await parties.judge([spaced], foreign: true).votes.count == 1)
    let text = String(decoding: part.bytes, as: UTF8.self)
    let named = text.replacing("{\"payload\"", with: "{\"more\":1,\"payload\"")
    try await expect(.init(name: "it", bytes: Array(named.utf8)), .rewritten, message)
    #expect(try await parties.judge([.init(name: "it", bytes: Array(named.utf8))], foreign: true).votes.count == 1)
  }

  @Test func bundles() async throws {
    let envelope = try await PolicyFixture.verdict().sign(with: [parties.first])
    let bytes = try SigstoreBundle.bytes(envelope)
    let parts = try EvidenceText.parts(of: bytes, named: "it.sigstore.json")
    #expect(try await parties.judge(parts).votes.map(\.party.name) == ["Lab One"])
    let spaced = EvidenceText.Part(name: "it", bytes: [0x20] + parts[0].bytes)
    #expect(try await parties.refusal(of: spaced)?.reason == .rewritten)
  }
}
