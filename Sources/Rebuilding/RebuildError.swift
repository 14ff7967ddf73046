public import Model

/// Why a rebuild could not be made or its result not be taken.
public struct RebuildError: ExplainedError {
  public let message: String
  public let details: [String]
  public let advice: String?
  public let inconclusive: InconclusiveReason.Kind?

  init(
    _ message: String, details: [String] = [], advice: String? = nil, inconclusive: InconclusiveReason.Kind?
  ) {
    self.message = message
    self.details = details
    self.advice = advice
    self.inconclusive = inconclusive
  }
}
