public import Model
import Processes

/// A sandbox could not be made, or the machine failed it; what the command itself does is an outcome instead.
public struct SandboxError: ExplainedError {
  /// The closed list of what goes wrong.
  public enum Code: Sendable, Equatable {
    /// A confinement that is required cannot be had on this machine.
    case unavailable
    /// The request contradicts itself or names something that cannot be mounted or copied.
    case wrongRequest
    /// A step of making the sandbox failed.
    case failed
    /// What was to be collected could not be.
    case notCollected
    /// The caller's task was cancelled; nothing of the sandbox is left.
    case cancelled
  }

  /// Which of them.
  public let code: Code
  /// What was being done and what was found.
  public let message: String
  /// What the tools said.
  public let details: [String]
  /// How to get what is missing.
  public let advice: String?
  /// A sandbox that cannot be made is the machine's failure.
  public var inconclusive: InconclusiveReason.Kind? { .machineFailed }

  init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }

  init(_ error: ProcessError) {
    self.init(
      error.code == .cancelled ? .cancelled : error.code == .missingProgram ? .unavailable : .failed,
      error.message, details: error.details, advice: error.advice)
  }
}
