public import Model
import SystemPackage

/// Why the store could not do what was asked.
public struct StoreError: ExplainedError {
  /// The closed list of failures.
  public enum Code: Sendable, Equatable {
    /// A file or folder of the store cannot be made, read or written.
    case unusable
    /// The bytes that arrived are not the expected ones.
    case mismatch
    /// There is no space left.
    case noSpace
  }

  /// Which of them.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?
  public var inconclusive: InconclusiveReason.Kind? { code == .mismatch ? .missingInput : .machineFailed }

  init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }

  /// An error of a system call, told in words.
  static func failed(_ doing: String, _ path: FilePath, _ errno: Errno) -> StoreError {
    switch errno {
    case .noSpace, .diskQuotaExceeded:
      StoreError(
        .noSpace, "\(doing) \(path): no space left on the disk",
        advice: "Free some space, or run `verbatim store prune`, or move the store with --store.")
    case .permissionDenied, .notPermitted, .readOnlyFileSystem:
      StoreError(
        .unusable, "\(doing) \(path): \(errno.description)",
        advice: "Use a folder that you may write, with --store or XDG_CACHE_HOME.")
    default: StoreError(.unusable, "\(doing) \(path): \(errno.description)")
    }
  }
}

/// Runs file operations and tells their failure in words.
func explaining<Value: ~Copyable>(
  _ doing: String, _ path: FilePath, _ body: () throws -> Value
) throws(StoreError) -> Value {
  do {
    return try body()
  } catch let error as StoreError {
    throw error
  } catch let error as Errno {
    throw .failed(doing, path, error)
  } catch {
    throw StoreError(.unusable, "\(doing) \(path): \(error)")
  }
}
