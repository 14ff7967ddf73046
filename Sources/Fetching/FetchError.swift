public import Model

/// Why an input could not be brought or pinned.
public struct FetchError: ExplainedError {
  /// The closed list of failures.
  public enum Code: Sendable, Equatable {
    /// Nowhere where it was looked for is there such an input, or it could not be brought from there.
    case missing
    /// There is one, with other bytes.
    case mismatch
    /// The index does not list it, or no longer.
    case notListed
    /// The packages that were asked for cannot be installed together.
    case unresolvable
    /// The index itself cannot be had or read.
    case indexUnusable
    /// The network would be needed, and its use was forbidden.
    case offline
    /// The recipe names something that no input can be.
    case wrongReference
    /// The store, a tool or the disk failed.
    case machine
  }

  /// Which of them.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?
  public let inconclusive: InconclusiveReason.Kind?

  init(
    _ code: Code, _ message: String, details: [String] = [], advice: String? = nil
  ) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
    inconclusive =
      switch code {
      case .wrongReference: nil
      case .machine: .machineFailed
      default: .missingInput
      }
  }

  /// The failure of a room below, told in its own words.
  init(_ error: any ExplainedError) {
    code = error.inconclusive == .missingInput ? .mismatch : .machine
    message = error.message
    details = error.details
    advice = error.advice
    inconclusive = error.inconclusive ?? .machineFailed
  }

  /// What a person does about a package that has left its index.
  static let lockAgain = "Run `verbatim lock --update` to pin what the index has now; it shows every change."
}

/// Runs what other rooms do and tells their failure as one of this room.
func fetching<Value: ~Copyable>(_ body: () async throws -> Value) async throws(FetchError) -> Value {
  do {
    return try await body()
  } catch let error as FetchError {
    throw error
  } catch let error as any ExplainedError {
    throw FetchError(error)
  } catch is CancellationError {
    throw FetchError(.machine, "fetching inputs: it was interrupted")
  } catch {
    throw FetchError(.machine, "fetching inputs: \(error)")
  }
}
