public import Keys
public import Model

/// What a party of the policy signed on the artifact.
public struct Vote: Sendable, Equatable {
  /// Who.
  public let party: Policy.Party
  /// By which of its keys.
  public let key: PublicKey
  /// What it concluded.
  public let verdict: Verdict
  /// When, in seconds since 1970, by what it says.
  public let time: Int64
  /// Of the payload.
  public let statement: SHA256Digest
  /// Where it was read.
  public let file: String
}

/// What a party of the policy signed on how it built the artifact.
public struct BuildClaim: Sendable, Equatable {
  /// Who.
  public let party: Policy.Party
  /// By which of its keys.
  public let key: PublicKey
  /// What built it, by what it says.
  public let builder: String
  /// Of the payload.
  public let statement: SHA256Digest
  /// Where it was read.
  public let file: String
}
