/// How a sandboxed command ended; a command that fails or runs into a limit is an outcome, not an error.
public struct SandboxOutcome: Sendable {
  /// The ways in which a command ends.
  public enum Termination: Hashable, Sendable {
    /// It returned this code.
    case exited(Int32)
    /// A signal ended it, or it returned 128 plus that signal's number as shells do.
    case signalled(Int32)
    /// All of it was killed because it went over a limit.
    case limit(Limit, detail: String)
  }

  /// The limits of `SandboxLimits`, and that of the log.
  public enum Limit: String, Hashable, Sendable, CaseIterable {
    case time, memory, processes, output, log
  }

  /// How it ended.
  public let termination: Termination
  /// From the start of the command to its end.
  public let seconds: Double
  /// What confined it, a line each, for the log.
  public let confinement: [String]
  /// The most bytes of memory that it was seen to use; nil when it ended too soon to look.
  public let peakMemory: Int64?
  /// Requested artifacts that were not there.
  public let missing: [String]

  /// Whether the command returned 0.
  public var succeeded: Bool { termination == .exited(0) }
}
