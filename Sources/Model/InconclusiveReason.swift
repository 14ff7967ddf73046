/// Why a check could not be made.
public struct InconclusiveReason: Codable, Hashable, Sendable {
  /// The closed list of reasons.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// An input is not to be had, or it is not what the recipe, the lock or the review says.
    case missingInput = "missing-input"
    /// The build ended with an error, or did not leave the artifact that the recipe names.
    case buildFailed = "build-failed"
    /// The build or an input exceeded a limit of time, memory, processes or bytes.
    case limitHit = "limit-hit"
    /// The machine could not do what was asked: no space, no permission, no confinement.
    case machineFailed = "machine-failed"
  }

  /// Which of them.
  public let kind: Kind
  /// One line for people: what was being done, to what, what was found.
  public let message: String
  /// More lines: both digests, where it was looked for, the last lines of the log.
  public let details: [String]
  /// What the reader can do about it, when there is something.
  public let advice: String?

  /// Makes a reason of its parts.
  public init(kind: Kind, message: String, details: [String] = [], advice: String? = nil) {
    self.kind = kind
    self.message = message
    self.details = details
    self.advice = advice
  }
}
