public import Model
import SystemPackage

/// Why a log could not be written, read or believed.
public struct LogError: ExplainedError {
  /// The closed list of failures.
  public enum Code: Sendable, Equatable {
    /// A file or folder of the log cannot be made, read or written.
    case unusable
    /// Another process is writing the log.
    case busy
    /// There is a log already, or none where one is needed.
    case wrongPlace
    /// Files of the log are missing or are not what its checkpoint says.
    case damaged
    /// A text is no note, checkpoint, proof or record.
    case malformed
    /// A signature does not hold, or one that is needed is missing.
    case untrusted
    /// What is to be proven is not so.
    case notProven
    /// An entry is too long, or an index is outside the log.
    case outOfRange
  }

  /// Which of them.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?
  public var inconclusive: InconclusiveReason.Kind? { code == .unusable ? .machineFailed : nil }

  /// Makes an error of its parts.
  public init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }

  /// An error of a system call, told in words.
  static func failed(_ doing: String, _ path: FilePath, _ error: any Error) -> LogError {
    error as? LogError ?? LogError(.unusable, "\(doing) \(path): \((error as? Errno)?.description ?? "\(error)")")
  }
}
