public import Model

/// Why a source could not be identified.
public struct SourceTreeError: ExplainedError, Hashable {
  /// One line: what was being done, to which file, what was found.
  public let message: String
  /// What to do about it, when there is something.
  public let advice: String?
  /// What it means for a check that it ends.
  public let inconclusive: InconclusiveReason.Kind?

  init(_ message: String, advice: String? = nil, inconclusive: InconclusiveReason.Kind = .missingInput) {
    self.message = message
    self.advice = advice
    self.inconclusive = inconclusive
  }
}
