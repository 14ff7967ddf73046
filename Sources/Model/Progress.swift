/// What a long operation says while it runs.
public enum ProgressEvent: Sendable, Equatable {
  /// How an amount is counted.
  public enum Unit: String, Sendable {
    /// Shown with binary prefixes.
    case bytes
    /// Shown as a plain count.
    case items
  }

  /// A stage of a check begins; the name is the one in `report.json`.
  case stageStarted(String)
  /// A stage ended; the note says what came out of it in a few words.
  case stageEnded(String, seconds: Double, note: String)
  /// A stage ended without what it was for; the note is a word on why, the reason comes with the error.
  case stageFailed(String, seconds: Double, note: String)
  /// Part of the running stage is done; `total` is nil where it is unknown.
  case advanced(done: Int64, total: Int64?, unit: Unit, detail: String)
  /// A line of the build's own output.
  case logLine(String)
  /// A fact that the person should know, in one line.
  case notice(String)
}

/// Takes progress events from any thread; shows them or throws them away.
public protocol ProgressSink: Sendable {
  /// Takes one event; returns at once.
  func report(_ event: ProgressEvent)
}

/// Throws all events away.
public struct SilentProgress: ProgressSink {
  /// Makes a sink that throws all events away.
  public init() {}
  public func report(_ event: ProgressEvent) {}
}
