import Digests
import Evidence
import Keys
import Model
import SystemPackage
import TestFixtures
import Testing
import TransparencyLog

@testable import Policies

/// Verdicts that must be in a log.
@Suite struct LogRuleTests {
  let parties: PolicyFixture
  let logKey: PrivateKey
  let witness: PrivateKey

  init() throws {
    parties = try PolicyFixture()
    logKey = try .generate(.ed25519)
    witness = try .generate(.ed25519)
  }

  private var note: NoteKey {
    get throws { try #require(NoteKey(name: "log.example", publicKey: logKey.publicKey)) }
  }

  private var witnessNote: NoteKey {
    get throws {
      try #require(NoteKey(name: "witness.example", kind: .cosignature, publicKey: witness.publicKey))
    }
  }

  /// The proofs of a log that has records of these parts and of others before.
  private func proofs(of parts: [EvidenceText.Part], cosigned: Bool = false) async throws -> [EvidenceText.Part] {
    let records = try parts.map { part in
      let payload = try EvidenceText.envelope(part).payload
      return try #require(
        VerdictRecord(
          artifact: PolicyFixture.artifact, statement: .of(payload), time: PolicyFixture.now - PolicyFixture.day,
          verdict: .reproduced)
      ).bytes
    }
    let leaves = ([Array("first".utf8)] + records).map { TreeHash.leaf($0) }
    // Four leaves make a whole tree.
    try #require(leaves.count == 4)
    let pairs = [TreeHash.node(leaves[0], leaves[1]), TreeHash.node(leaves[2], leaves[3])]
    let checkpoint = Checkpoint(origin: "log.example", size: 4, root: TreeHash.node(pairs[0], pairs[1]))
    var signed = try await SignedNote.sign(checkpoint.text, as: note, with: logKey)
    if cosigned { signed = try await signed.cosigned(as: witnessNote, with: witness, time: 1) }
    return (1...3).map { index in
      let proof = InclusionProof(
        index: UInt64(index), hashes: [leaves[index ^ 1], pairs[1 - index / 2]], checkpoint: signed.bytes)
      return EvidenceText.Part(name: "\(index).tlog-proof", bytes: proof.bytes)
    }
  }

  @Test func inclusion() async throws {
    let policy = try parties.policy(adding: "log: {key: \(note.text)}")
    let parts = try await [
      PolicyFixture.part(PolicyFixture.verdict(party: "https://acme"), by: parties.vendor, name: "acme"),
      PolicyFixture.part(PolicyFixture.verdict(party: "https://lab1"), by: parties.first, name: "lab1"),
      PolicyFixture.part(PolicyFixture.verdict(party: "https://lab2"), by: parties.second, name: "lab2"),
    ]
    let proofs = try await proofs(of: parts)
    #expect(try await parties.judge(parts, proofs: proofs, policy: policy).verdict == .reproduced)
    // One statement that several signed is one record.
    let same = try await parties.agreeing()
    let one = try await [self.proofs(of: same)[1]]
    #expect(try await parties.judge(same, proofs: one, policy: policy).verdict == .reproduced)
    let without = try await parties.judge(parts, proofs: [proofs[0], proofs[2]], policy: policy)
    #expect(without.verdict == .inconclusive)
    #expect(
      without.refusals == [Refusal("lab1", .notLogged, "no proof shows it to be in the log log.example")])
    // Another statement of the same party is not the one that is in the log.
    var other = parts
    other[1] = try await PolicyFixture.part(
      PolicyFixture.verdict(time: PolicyFixture.now - 2), by: parties.first, name: "lab1")
    #expect(try await parties.judge(other, proofs: proofs, policy: policy).votes.count == 2)
  }

  @Test func otherLogs() async throws {
    let parts = try await parties.agreeing()
    let proofs = try await proofs(of: parts)
    let other = try #require(NoteKey(name: "log.example", publicKey: parties.second.publicKey))
    let judgement = try await parties.judge(
      parts, proofs: proofs, policy: parties.policy(adding: "log: {key: \(other.text)}"))
    #expect(judgement.votes.isEmpty && judgement.refusals.count == 3)
    #expect(
      judgement.refusals[0].message
        == "no proof shows it to be in the log log.example; "
        + "reading 1.tlog-proof: the key of log.example did not sign it")
  }

  @Test func witnesses() async throws {
    let policy = try parties.policy(adding: "log: {key: \(note.text), witnesses: [\(witnessNote.text)]}")
    let parts = try await parties.agreeing()
    let cosigned = try await proofs(of: parts, cosigned: true)
    #expect(try await parties.judge(parts, proofs: cosigned, policy: policy).verdict == .reproduced)
    let alone = try await proofs(of: parts)
    #expect(try await parties.judge(parts, proofs: alone, policy: policy).verdict == .inconclusive)
    let noQuorum = try parties.policy(
      adding: "log: {key: \(note.text), witnesses: [\(witnessNote.text)], quorum: 0}")
    #expect(try await parties.judge(parts, proofs: alone, policy: noQuorum).verdict == .reproduced)
  }

  /// That a difference is in no log makes it no less of one.
  @Test func aNegativeNeedsNoProof() async throws {
    let policy = try parties.policy(adding: "log: {key: \(note.text)}")
    let against = try await PolicyFixture.part(PolicyFixture.verdict(.different), by: parties.second)
    #expect(try await parties.judge([against], policy: policy).verdict == .different)
  }
}
