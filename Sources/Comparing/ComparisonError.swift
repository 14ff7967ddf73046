import Glibc
public import Model
import SystemPackage

/// Why two artifacts could not be compared; never that they differ.
public struct ComparisonError: ExplainedError, Hashable {
  /// What was being done.
  public enum Step: String, Sendable, CaseIterable {
    /// Opening one of the two files.
    case opening
    /// Reading one of the two files.
    case reading
    /// The file is not the one any more that was opened.
    case changed
    /// Keeping unpacked members aside in the temporary folder.
    case spooling
    /// The surrounding task was cancelled.
    case cancelled
  }

  /// What was being done.
  public let step: Step
  public let message: String
  public let advice: String?
  public let inconclusive: InconclusiveReason.Kind?

  init(_ step: Step, _ message: String, advice: String? = nil, inconclusive: InconclusiveReason.Kind? = nil) {
    self.step = step
    self.message = message
    self.advice = advice
    self.inconclusive = inconclusive
  }

  static let cancelled = ComparisonError(.cancelled, "comparing was cancelled")

  static func opening(_ path: FilePath, _ found: String, advice: String? = nil) -> Self {
    ComparisonError(
      .opening, "opening \(path) to compare it: \(found)", advice: advice, inconclusive: .missingInput)
  }

  static func reading(_ name: String, _ found: String) -> Self {
    ComparisonError(.reading, "reading \(name) to compare it: \(found)", inconclusive: .machineFailed)
  }

  static func changed(_ name: String, _ found: String) -> Self {
    ComparisonError(
      .changed, "reading \(name) to compare it: \(found)",
      advice: "compare a copy that no other program writes to", inconclusive: .machineFailed)
  }

  static func spooling(_ folder: FilePath, _ found: String) -> Self {
    ComparisonError(
      .spooling, "keeping unpacked members aside in \(folder): \(found)",
      advice: "set TMPDIR to a folder with more room", inconclusive: .machineFailed)
  }
}

/// The text of `errno` in words.
func systemMessage(_ number: Int32 = errno) -> String { unsafe String(cString: strerror(number)) }
