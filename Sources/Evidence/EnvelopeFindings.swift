public import Keys

extension Envelope {
  /// What came of one signature.
  public enum Finding: Hashable, Sendable {
    /// It holds for this key.
    case holds(PublicKey)
    /// It names this key and does not hold.
    case broken(PublicKey)
    /// None of the keys made it; what it says about its key follows.
    case unknown(String?)
  }

  /// What comes of each signature with these keys, in the order of the signatures.
  ///
  /// A signature that names a key is tried with that one only, as by other people's verifiers; one that names none, with all.
  /// - Parameter keys: at most a thousand are tried.
  public func findings(among keys: [PublicKey]) -> [Finding] {
    let content = Self.preAuthenticationEncoding(payloadType, payload)
    var named: [String: PublicKey] = [:]
    for key in keys { named[key.keyID] = key }
    return signatures.map { signature in
      if let keyID = signature.keyID, !keyID.isEmpty {
        guard let key = named[keyID] else { return .unknown(keyID) }
        return key.verifies(signature.bytes, of: content) ? .holds(key) : .broken(key)
      }
      let found = keys.prefix(1000).first { $0.verifies(signature.bytes, of: content) }
      return found.map { .holds($0) } ?? .unknown(signature.keyID)
    }
  }

  /// Which of the keys signed it, each once however often it did.
  ///
  /// - Throws: `EvidenceError` when none did, or when a signature that names one of them does not hold.
  public func signers(among keys: [PublicKey], named name: String) throws(EvidenceError) -> [PublicKey] {
    var signers: [PublicKey] = []
    for finding in findings(among: keys) {
      switch finding {
      case .holds(let key): if !signers.contains(key) { signers.append(key) }
      case .broken(let key):
        throw EvidenceError(.unsigned, "verifying \(name): the signature by \(key.keyID) does not hold")
      case .unknown: break
      }
    }
    guard !signers.isEmpty else {
      throw EvidenceError(
        .unsigned, "verifying \(name): no key that is trusted signed it",
        details: signatures.map {
          "It has a signature by \($0.keyID.map { "\($0.prefix(100))" } ?? "a key without a name")."
        })
    }
    return signers
  }
}
