public import Model

/// What evidence comes to under a policy.
public struct PolicyJudgement: Sendable {
  /// The policy.
  public let policy: Policy
  /// The artifact.
  public let artifact: SHA256Digest
  /// As of when, in seconds since 1970.
  public let time: Int64
  /// `different` when a trusted party says so; `inconclusive` when too few agree; else the worst that counts.
  public let verdict: Verdict
  /// What counts, one for each party, in the order of the policy.
  public let votes: [Vote]
  /// Who found the artifact to be different.
  public let against: [Vote]
  /// By whom else somebody would have to be, a sentence each.
  public let missing: [String]
  /// What does not count, in the order in which it was read.
  public let refusals: [Refusal]
  /// Who built the artifact himself, in the order of the policy.
  public let builds: [BuildClaim]
  /// How many statements that hold say something else than a verdict or a build.
  public let others: Int
  /// How many envelopes there were.
  public let read: Int
}
