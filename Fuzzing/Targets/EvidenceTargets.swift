import Keys
import Model

@testable import Evidence
@testable import Policies
@testable import TransparencyLog

/// What reads evidence of others, policies, and what comes from transparency logs.
enum EvidenceTargets {
  static let all: [RefusingTarget] = [
    RefusingTarget(name: "json-tree", read: json), RefusingTarget(name: "envelope", read: envelope),
    RefusingTarget(name: "statement", read: statement), RefusingTarget(name: "policy", read: policy),
    RefusingTarget(name: "signed-note", read: note), RefusingTarget(name: "inclusion-proof", read: proof),
  ]

  /// What is read is written so that the same is read again.
  private static func json(_ bytes: [UInt8]) throws {
    let tree = try JSONReader.read(bytes, named: "it")
    guard try JSONReader.read(tree.bytes, named: "it") == tree else {
      broken("a value is not the same after it was written and read")
    }
  }

  /// Whatever is taken in the exact form is what its envelope is written as, and nothing but the form differs otherwise.
  private static func envelope(_ bytes: [UInt8]) throws {
    for part in try EvidenceText.parts(of: bytes, named: "it.jsonl").prefix(16) {
      guard let envelope = try? EvidenceText.envelope(part, foreign: true) else { continue }
      let written = EvidenceText.Part(name: "it", bytes: envelope.bytes)
      guard let again = try? EvidenceText.envelope(written), again == envelope else {
        broken("an envelope is not the same after it was written and read")
      }
    }
    _ = try EvidenceText.envelope(.init(name: "it", bytes: bytes))
  }

  private static func statement(_ bytes: [UInt8]) throws {
    let statement = try Statement(payload: bytes, named: "it")
    guard let again = try? Statement(payload: statement.payload, named: "it"), again.payload == statement.payload else {
      broken("a statement is not the same after it was written and read")
    }
    _ = try VerdictStatement(statement, named: "it")
    _ = try ProvenanceStatement(statement, named: "it")
  }

  /// In what is read nobody counts twice, and enough can agree.
  private static func policy(_ bytes: [UInt8]) throws {
    let policy = try PolicyFile.parse(bytes: bytes, file: "policy.yaml") { (name) throws(KeyError) in
      // Any 32 bytes are a key of Ed25519 as long as nobody verifies with it.
      let start = Array(name.utf8.prefix(32))
      let bytes = start + [UInt8](repeating: 0, count: 32 - start.count)
      guard let key = PublicKey(.ed25519, bytes: bytes) else { throw KeyError(.malformed, "no key") }
      return key
    }
    let keys = policy.parties.flatMap { $0.keys + $0.revoked.map(\.key) }
    guard Set(keys).count == keys.count, Set(policy.parties.map(\.name)).count == policy.parties.count else {
      broken("somebody counts twice")
    }
    for requirement in policy.requirements {
      guard policy.parties.count(where: { $0.role == requirement.role }) >= requirement.count else {
        broken("nothing can satisfy the policy")
      }
    }
    guard (policy.log?.quorum ?? 0) <= (policy.log?.witnesses.count ?? 0) else { broken("no quorum can be reached") }
  }

  /// There is one way to write a note.
  private static func note(_ bytes: [UInt8]) throws {
    let note = try SignedNote(bytes: bytes, named: "it")
    guard note.bytes == bytes else { broken("a note was written otherwise than it was read") }
    let checkpoint = try Checkpoint(text: note.text, named: "it")
    guard checkpoint.text == note.text else { broken("a checkpoint was written otherwise than it was read") }
  }

  /// There is one way to write a proof.
  private static func proof(_ bytes: [UInt8]) throws {
    let proof = try InclusionProof(bytes: bytes, named: "it")
    guard proof.bytes == bytes else { broken("a proof was written otherwise than it was read") }
    try note(proof.checkpoint)
  }
}
