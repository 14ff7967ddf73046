import Evidence
import Formats
import Policies
import RecipeFormat
import Signatures
import TransparencyLog

@testable import Comparing
@testable import Inference

/// A parser that refuses what is wrong by an error of its room; whatever else it throws is a finding.
struct RefusingTarget: FuzzTarget {
  let name: String
  let read: @Sendable ([UInt8]) throws -> Void

  func run(_ bytes: [UInt8]) throws {
    do {
      try read(bytes)
    } catch is SignatureError {
    } catch is RecipeError {
    } catch is EvidenceError {
    } catch is PolicyError {
    } catch is LogError {
    } catch is InferenceError {
    } catch is Refused {
    } catch let error as FormatError {
      if case .unreadable(let cause) = error { throw cause }
    }
  }
}
