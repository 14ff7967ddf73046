public import Model

/// Why evidence could not be read, made or believed.
public struct EvidenceError: ExplainedError {
  /// The closed list of failures.
  public enum Code: Sendable, Equatable {
    /// The bytes are not of the form that they must have.
    case malformed
    /// There is more of something than is read.
    case tooMuch
    /// What is signed is not a statement of in-toto.
    case wrongType
    /// No signature, or one that does not hold.
    case unsigned
    /// It says what it says in another form than the one that is asked for.
    case rewritten
  }

  /// Which of them.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?
  public var inconclusive: InconclusiveReason.Kind? { nil }

  /// Makes an error of its parts.
  public init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }
}
