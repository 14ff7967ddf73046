import Keys
import Model
import Policies

/// What evidence comes to, as JSON; `Documentation/Formats/Policy.md` describes it.
struct JudgementDocument: Encodable {
  struct Statement: Encodable {
    let party: String
    let role: Policy.Role
    let key: String
    let file: String
    /// Of the payload.
    let statement: SHA256Digest
    /// Nil for the provenance of a build.
    let verdict: Verdict?
    /// Nil for the provenance of a build.
    let time: String?
    /// Nil for a verdict.
    let builder: String?

    init(_ vote: Vote) {
      (party, role, key) = (vote.party.name, vote.party.role, vote.key.keyID)
      (file, statement, builder) = (vote.file, vote.statement, nil)
      (verdict, time) = (vote.verdict, TimeText.rfc3339(vote.time))
    }

    init(_ build: BuildClaim) {
      (party, role, key) = (build.party.name, build.party.role, build.key.keyID)
      (file, statement, builder) = (build.file, build.statement, build.builder)
      (verdict, time) = (nil, nil)
    }
  }

  struct Refused: Encodable {
    let file: String
    let reason: Refusal.Reason
    let message: String
  }

  let format = 1
  let verdict: Verdict
  let artifact: SHA256Digest
  let policy: SHA256Digest
  let time: String
  let counted: [Statement]
  let against: [Statement]
  let missing: [String]
  let builds: [Statement]
  let refused: [Refused]
  let others: Int
  let read: Int
  /// Nil where no full view was named.
  let full: FullViewFindings?

  init(_ judgement: PolicyJudgement, _ verdict: Verdict, _ full: FullViewFindings?) {
    self.verdict = verdict
    self.full = full
    artifact = judgement.artifact
    policy = judgement.policy.digest
    time = TimeText.rfc3339(judgement.time)
    counted = judgement.votes.map { Statement($0) }
    against = judgement.against.map { Statement($0) }
    missing = judgement.missing
    builds = judgement.builds.map { Statement($0) }
    refused = judgement.refusals.map { Refused(file: $0.file, reason: $0.reason, message: $0.message) }
    others = judgement.others
    read = judgement.read
  }
}
