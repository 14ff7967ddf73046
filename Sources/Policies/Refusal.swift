import Evidence
import Model

/// Evidence that counts for nothing, and why.
public struct Refusal: Sendable, Equatable {
  /// The closed list of reasons.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// It is no envelope, or what is signed is no statement.
    case malformed
    /// It is written otherwise than this program writes evidence.
    case rewritten
    /// What is signed is of another type than statements.
    case payloadType = "payload-type"
    /// A signature that names a key of the policy does not hold.
    case brokenSignature = "broken-signature"
    /// No key of the policy signed it.
    case unknownSigner = "unknown-signer"
    /// The key counts no longer.
    case revokedKey = "revoked-key"
    /// The statement calls its maker otherwise than the policy does.
    case anotherParty = "another-party"
    /// It is about another artifact.
    case anotherArtifact = "another-artifact"
    /// Other source was reviewed.
    case anotherSource = "another-source"
    /// Another recipe was followed.
    case anotherRecipe = "another-recipe"
    /// The party could not make its check.
    case inconclusive
    /// The verdict is worse than the policy takes.
    case gradeTooLow = "grade-too-low"
    /// It is older than the policy takes.
    case expired
    /// It is of a time that is still to come.
    case future
    /// The party counts already.
    case duplicate
    /// No proof shows it to be in the log.
    case notLogged = "not-logged"
  }

  /// The file, with the line where there are several.
  public let file: String
  /// Which of them.
  public let reason: Reason
  /// What was found, for people.
  public let message: String

  /// What the message on a copy of a statement that counts ends with.
  static let copy = "by this very statement"

  /// Whether it is a copy of a statement that counts, as there are several in the evidence of one check.
  public var isCopy: Bool { reason == .duplicate && message.hasSuffix(Self.copy) }

  init(_ file: String, _ reason: Reason, _ message: String) {
    self.file = file
    self.reason = reason
    self.message = message
  }

  /// What reading it threw.
  init(_ file: String, _ error: EvidenceError) {
    self.file = file
    reason = error.code == .rewritten ? .rewritten : .malformed
    let start = "reading \(file): "
    let message = error.message.hasPrefix(start) ? String(error.message.dropFirst(start.count)) : error.message
    self.message = error.code == .rewritten ? message + "; --foreign takes what another one wrote" : message
  }
}
