public import Model

/// A recipe or a lock that cannot be used, with every reason that was found.
public struct RecipeError: ExplainedError, Equatable {
  /// The first reason, beginning with the file, the line and the column where there are such.
  public let message: String
  /// The other reasons, each as the first.
  public let details: [String]
  /// What to do about it.
  public let advice: String?

  /// Makes an error of its parts.
  public init(_ message: String, details: [String] = [], advice: String? = nil) {
    self.message = message
    self.details = details
    self.advice = advice
  }

  /// None: a wrong recipe or lock is wrong usage, not a verdict.
  public var inconclusive: InconclusiveReason.Kind? { nil }
}
