import Evidence
import Keys
import Model
import TransparencyLog

/// The proofs that come with evidence, and what they show to be in the policy's log.
struct LogProofs {
  private struct Proof {
    let index: UInt64
    let hashes: [SHA256Digest]
    let checkpoint: Checkpoint
  }

  private let rule: Policy.LogRule?
  private let artifact: SHA256Digest
  private var proofs: [Proof] = []
  /// What was found to be in the log, by the hash of its record.
  private var proven: Set<SHA256Digest> = []
  /// Why those that do not hold do not.
  private var flaws: [String] = []

  /// Reads proofs; those that are none or that nobody asks for are left out.
  init(_ rule: Policy.LogRule?, _ parts: [EvidenceText.Part], artifact: SHA256Digest) {
    self.rule = rule
    self.artifact = artifact
    guard let rule else { return }
    for part in parts {
      do throws(LogError) {
        let proof = try InclusionProof(bytes: part.bytes, named: part.name)
        let verified = try VerifiedCheckpoint(
          bytes: proof.checkpoint, by: rule.key, witnesses: rule.witnesses, quorum: rule.quorum, named: part.name)
        proofs.append(Proof(index: proof.index, hashes: proof.hashes, checkpoint: verified.checkpoint))
      } catch {
        flaws.append(error.message)
      }
    }
  }

  /// Why the policy's log does not make a vote count; nil when it does, or when the policy asks for none.
  mutating func refusal(of vote: Vote) -> (Refusal.Reason, String)? {
    guard let rule else { return nil }
    let record = VerdictRecord(artifact: artifact, statement: vote.statement, time: vote.time, verdict: vote.verdict)
    if let leaf = record.map({ TreeHash.leaf($0.bytes) }) {
      if proven.contains(leaf) { return nil }
      let isIn = proofs.contains {
        TreeProof.includes(
          leaf: leaf, index: $0.index, size: $0.checkpoint.size, proof: $0.hashes, root: $0.checkpoint.root)
      }
      if isIn {
        proven.insert(leaf)
        return nil
      }
    }
    return (
      .notLogged,
      "no proof shows it to be in the log \(rule.key.name)" + (flaws.first.map { "; \($0)" } ?? "")
    )
  }
}
