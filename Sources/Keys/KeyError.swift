import COpenSSL
public import Model
import SystemPackage

/// Why a key could not be made, read, written or used.
public struct KeyError: ExplainedError {
  /// The closed list of failures.
  public enum Code: Sendable, Equatable {
    /// The file cannot be read or written, or is there already.
    case unusable
    /// Others than its owner may read the private key.
    case exposed
    /// The bytes are no key of a kind that is known here.
    case malformed
    /// A private key is not encrypted, or is so in a way that is not read here.
    case unprotected
    /// The passphrase does not open the key.
    case wrongPassphrase
    /// There is no passphrase, or it cannot be one.
    case noPassphrase
    /// The signer gave no signature that holds.
    case notSigned
    /// OpenSSL failed at what cannot fail.
    case machine
  }

  /// Which of them.
  public let code: Code
  public let message: String
  public let details: [String]
  public let advice: String?
  public var inconclusive: InconclusiveReason.Kind? { code == .machine ? .machineFailed : nil }

  /// Makes an error of its parts.
  public init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }

  /// A failed call to OpenSSL, with all that it noted about it.
  static func openSSL(_ doing: String) -> KeyError {
    KeyError(.machine, "\(doing): OpenSSL failed", details: drainOpenSSLErrors())
  }

  /// An error of a system call, told in words.
  static func failed(_ doing: String, _ path: FilePath, _ errno: Errno) -> KeyError {
    KeyError(
      .unusable, "\(doing) \(path): \(errno.description)",
      advice: errno == .fileExists ? "Keys are never overwritten; choose another name, or move the old key away." : nil)
  }
}

/// Takes what OpenSSL noted about failures, which otherwise stays with the thread, a line each.
func drainOpenSSLErrors() -> [String] {
  var lines: [String] = []
  var text = [CChar](repeating: 0, count: 256)
  while case let code = ERR_get_error(), code != 0 {
    unsafe ERR_error_string_n(code, &text, text.count)
    let end = text.firstIndex(of: 0) ?? text.endIndex
    lines.append(String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
  return lines
}
