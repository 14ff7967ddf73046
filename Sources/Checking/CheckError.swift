public import Model

/// Why a check was not made at all; what ends one with a verdict is an `InconclusiveReason`.
public struct CheckError: ExplainedError {
  public let message: String
  public let details: [String]
  public let advice: String?
  public let inconclusive: InconclusiveReason.Kind?

  init(
    _ message: String, details: [String] = [], advice: String? = nil, inconclusive: InconclusiveReason.Kind? = nil
  ) {
    self.message = message
    self.details = details
    self.advice = advice
    self.inconclusive = inconclusive
  }
}

extension InconclusiveReason {
  /// The reason that an error gives; nil when it is wrong usage or a cancellation, which is no verdict.
  init?(_ error: any Error) {
    guard let explained = error as? any ExplainedError, let kind = explained.inconclusive else { return nil }
    self.init(kind: kind, message: explained.message, details: explained.details, advice: explained.advice)
  }
}
