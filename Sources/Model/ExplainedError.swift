/// An error that can be shown to a person as it is.
///
/// Each room has one error struct of its own that conforms; `Commands` prints all of them the same way, and
/// `Checking` turns those with an `inconclusive` kind into a verdict.
public protocol ExplainedError: Error, Sendable, CustomStringConvertible {
  /// One line: what was being done, to which file, what was found.
  var message: String { get }
  /// Further lines, each a fact of its own.
  var details: [String] { get }
  /// What to do about it, when there is something.
  var advice: String? { get }
  /// The reason to give when this error ends a check; nil when it is wrong usage rather than a verdict.
  var inconclusive: InconclusiveReason.Kind? { get }
}

extension ExplainedError {
  /// None unless the error says otherwise.
  public var details: [String] { [] }
  /// None unless the error says otherwise.
  public var advice: String? { nil }
  /// The message and the details, a line each.
  public var description: String { ([message] + details + (advice.map { [$0] } ?? [])).joined(separator: "\n") }
}
