public import Model

/// Why an environment could not be assembled.
public struct EnvironmentError: ExplainedError, Hashable {
  /// The closed list of failures.
  public enum Code: Sendable, Hashable {
    /// An input is missing, or it is not what the lock says or what its format allows.
    case input
    /// A limit on what an input may hold was reached.
    case limit
    /// The machine could not do what was asked, or a maintainer script failed.
    case machine
  }

  /// Which of them.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?

  init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }

  public var inconclusive: InconclusiveReason.Kind? {
    switch code {
    case .input: .missingInput
    case .limit: .limitHit
    case .machine: .machineFailed
    }
  }

  /// Tells an error of a lower room as part of assembling an environment.
  init(_ doing: String, cause: any Error) {
    switch cause {
    case let error as EnvironmentError: self = error
    case let error as any ExplainedError:
      let code: Code =
        switch error.inconclusive {
        case .missingInput?: .input
        case .limitHit?: .limit
        default: .machine
        }
      self.init(code, "\(doing): \(error.message)", details: error.details, advice: error.advice)
    case is CancellationError: self.init(.machine, "\(doing): stopped on request")
    default: self.init(.machine, "\(doing): \(cause)")
    }
  }
}

/// Runs the body and tells any error as part of assembling an environment.
func explaining<Value: ~Copyable>(_ doing: String, _ body: () throws -> Value) throws(EnvironmentError) -> Value {
  do { return try body() } catch { throw EnvironmentError(doing, cause: error) }
}
