public import Model

/// Why no recipe could be inferred.
public struct InferenceError: ExplainedError {
  public let message: String
  public let details: [String]
  public let advice: String?
  public let inconclusive: InconclusiveReason.Kind?

  /// Says what was being done, to which file, and what was found.
  init(
    _ message: String, details: [String] = [], advice: String? = nil, inconclusive: InconclusiveReason.Kind? = nil
  ) {
    self.message = message
    self.details = details
    self.advice = advice
    self.inconclusive = inconclusive
  }
}
