public import Model

/// Why a report could not be written as text or read back.
public struct ReportError: ExplainedError, Hashable {
  public let message: String
  public let advice: String?
  public var inconclusive: InconclusiveReason.Kind? { nil }

  init(_ message: String, advice: String? = nil) {
    self.message = message
    self.advice = advice
  }
}
