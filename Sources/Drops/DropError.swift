public import Model

/// Why a drop could not be written or read.
public struct DropError: ExplainedError {
  /// What kind of thing went wrong.
  public enum Code: Sendable, Equatable {
    /// An input is not to be had, or a pattern means none.
    case missing
    /// The file is not exactly what is written as a drop.
    case malformed
    /// The file ends before it is whole.
    case cut
    /// A blob has other bytes than its name says.
    case otherBytes
    /// The disk failed.
    case machine
  }

  /// What kind of thing went wrong.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?
  /// A drop that cannot be used is no verdict.
  public var inconclusive: InconclusiveReason.Kind? { nil }

  init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }
}
