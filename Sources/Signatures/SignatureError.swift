/// Why a signature does not hold.
public struct SignatureError: Error, Hashable, Sendable {
  /// What is wrong with it, as the end of a sentence.
  public let reason: String

  /// Makes an error of the reason.
  public init(_ reason: String) { self.reason = reason }
}
