public import Model

/// Why a policy, or evidence that somebody named, could not be used at all.
public struct PolicyError: ExplainedError, Equatable {
  public let message: String
  public let details: [String]
  public let advice: String?
  public var inconclusive: InconclusiveReason.Kind? { nil }

  /// Makes an error of its parts.
  public init(_ message: String, details: [String] = [], advice: String? = nil) {
    self.message = message
    self.details = details
    self.advice = advice
  }
}
