import Evidence
import Keys
public import Model
import TransparencyLog

/// Judges evidence on an artifact by a policy; reads no file and asks nobody.
public struct PolicyVerification: Sendable {
  private let judge: EnvelopeJudgement
  private let policy: Policy

  /// Makes a verification of its parts.
  ///
  /// - Parameters:
  ///   - time: as of when, in seconds since 1970.
  ///   - foreign: whether envelopes may be written otherwise than this program writes them.
  public init(policy: Policy, artifact: SHA256Digest, time: Int64, foreign: Bool = false) {
    self.policy = policy
    judge = EnvelopeJudgement(policy: policy, artifact: artifact, time: time, foreign: foreign)
  }

  /// Judges all evidence, on all processors.
  /// - Throws: `CancellationError`.
  public func judge(_ evidence: EvidenceSet) async throws -> PolicyJudgement {
    let outcomes = try await outcomes(evidence.parts)
    var refusals = evidence.refusals
    var votes: [Vote] = []
    var builds: [BuildClaim] = []
    var others = 0
    for outcome in outcomes {
      switch outcome {
      case .vote(let vote): votes.append(vote)
      case .build(let build): builds.append(build)
      case .refused(let refusal): refusals.append(refusal)
      case .other: others += 1
      }
    }
    let against = counted(votes.filter { $0.verdict == .different }, refusals: &refusals) { _ in nil }
    var proofs = LogProofs(policy.log, evidence.proofs, artifact: judge.artifact)
    let agreeing = counted(votes.filter { $0.verdict != .different }, refusals: &refusals) { proofs.refusal(of: $0) }
    let missing = PolicyRule.missing(agreeing.map(\.party), policy)
    let verdict: Verdict =
      !against.isEmpty ? .different : missing.isEmpty ? .worst(of: agreeing.map(\.verdict)) : .inconclusive
    let places = Dictionary(evidence.parts.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    return PolicyJudgement(
      policy: policy, artifact: judge.artifact, time: judge.time, verdict: verdict, votes: agreeing, against: against,
      missing: missing,
      refusals: refusals.enumerated().sorted {
        (places[$0.element.file] ?? -1, $0.offset) < (places[$1.element.file] ?? -1, $1.offset)
      }.map(\.element), builds: builds, others: others, read: evidence.parts.count + evidence.refusals.count)
  }

  /// What comes of each part by itself, in their order.
  @concurrent
  private func outcomes(_ parts: [EvidenceText.Part]) async throws -> [EnvelopeJudgement.Outcome] {
    let stretch = 64
    return try await withThrowingTaskGroup(of: (Int, [EnvelopeJudgement.Outcome]).self) { group in
      var found: [Int: [EnvelopeJudgement.Outcome]] = [:]
      for start in stride(from: 0, to: parts.count, by: stretch) {
        group.addTask { [judge] in
          try Task.checkCancellation()
          return (start, parts[start..<min(parts.count, start + stretch)].flatMap { judge.outcomes($0) })
        }
      }
      for try await (start, outcomes) in group { found[start] = outcomes }
      return found.sorted { $0.key < $1.key }.flatMap(\.value)
    }
  }

  /// One vote of each party, the newest that nothing speaks against; of two at one time the worse.
  private func counted(
    _ votes: [Vote], refusals: inout [Refusal], refusal: (Vote) -> (Refusal.Reason, String)?
  ) -> [Vote] {
    var counted: [String: Vote] = [:]
    let newestFirst = votes.enumerated().sorted {
      ($1.element.time, $1.element.verdict, $0.offset) < ($0.element.time, $0.element.verdict, $1.offset)
    }
    for (_, vote) in newestFirst {
      if let first = counted[vote.party.name] {
        let how =
          first.statement == vote.statement && first.key == vote.key
          ? Refusal.copy
          : "by another statement that \(first.key == vote.key ? "the same key" : "another of its keys") signed"
        refusals.append(Refusal(vote.file, .duplicate, "\(vote.party.name) counts already, \(how)"))
      } else if let (reason, message) = refusal(vote) {
        refusals.append(Refusal(vote.file, reason, message))
      } else {
        counted[vote.party.name] = vote
      }
    }
    return policy.parties.compactMap { counted[$0.name] }
  }
}

/// Whether enough agree.
enum PolicyRule {
  /// Whom the policy asks for besides these, a sentence for each role.
  static func missing(_ parties: [Policy.Party], _ policy: Policy) -> [String] {
    policy.requirements.compactMap { requirement in
      let there = parties.count { $0.role == requirement.role }
      guard there < requirement.count else { return nil }
      return "\(requirement.role.rawValue): \(there) of \(requirement.count) that the policy asks for"
    }
  }
}
