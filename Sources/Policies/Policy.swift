public import Keys
public import Model

/// Whose verdicts count, for what, and how many of them must agree.
public struct Policy: Sendable {
  /// As what somebody speaks.
  public enum Role: String, Codable, Sendable, CaseIterable {
    /// Who makes the artifact.
    case vendor
    /// Who was asked to check it.
    case evaluator
    /// Who decides on its use.
    case regulator
  }

  /// A key that counts no longer.
  public struct Revocation: Hashable, Sendable {
    /// Which.
    public let key: PublicKey
    /// From when on, in seconds since 1970; nil for all that it ever signed.
    public let since: Int64?
  }

  /// Somebody who is trusted.
  public struct Party: Hashable, Sendable {
    /// As the policy calls it.
    public let name: String
    /// As what it speaks.
    public let role: Role
    /// What its statements must call it; nil where that does not matter, for its keys tell who it is.
    public let id: String?
    /// At least one, and none of another party.
    public let keys: [PublicKey]
    /// None of which is among the keys.
    public let revoked: [Revocation]
  }

  /// How many parties of a role must agree.
  public struct Requirement: Hashable, Sendable {
    /// Which role.
    public let role: Role
    /// At least one, and not more than there are.
    public let count: Int
  }

  /// Where verdicts must be on record.
  public struct LogRule: Hashable, Sendable {
    /// The log's key.
    public let key: NoteKey
    /// Who may cosign its checkpoints.
    public let witnesses: [NoteKey]
    /// How many of them must have.
    public let quorum: Int
  }

  /// Of the policy's file.
  public let digest: SHA256Digest
  /// None of one name twice.
  public let parties: [Party]
  /// At least one, and none of one role twice.
  public let requirements: [Requirement]
  /// The least that counts: `reproduced` or `equivalent`.
  public let grade: Verdict
  /// What must have been reviewed, and nothing else; empty where that does not matter.
  public let sources: [SWHID]
  /// The digest of the recipe that must have been followed.
  public let recipe: SHA256Digest?
  /// In seconds.
  public let maximumAge: Int64?
  /// Nil where verdicts need not be in a log.
  public let log: LogRule?
}
