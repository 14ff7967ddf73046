public import Keys

/// A checkpoint whose signatures hold.
public struct VerifiedCheckpoint: Hashable, Sendable {
  /// What a witness said.
  public struct Cosignature: Hashable, Sendable {
    /// Whose key.
    public let key: NoteKey
    /// When he saw the checkpoint to be consistent with all that he saw before, in seconds since 1970.
    public let time: UInt64
  }

  /// What is signed.
  public let checkpoint: Checkpoint
  /// The note with all of its signatures, those of others included.
  public let note: SignedNote
  /// One for each witness who was asked for and who signed.
  public let cosignatures: [Cosignature]

  /// Reads a checkpoint that the log's key signed under the log's name.
  ///
  /// Signatures of others are left out; one of a key that is named here must hold.
  /// - Parameters:
  ///   - witnesses: who may have cosigned.
  ///   - quorum: how many of them must have.
  ///   - what: what it is called in an error.
  /// - Throws: `LogError`.
  public init(
    bytes: [UInt8], by key: NoteKey, witnesses: [NoteKey] = [], quorum: Int = 0, named what: String
  ) throws(LogError) {
    note = try SignedNote(bytes: bytes, named: what)
    checkpoint = try Checkpoint(text: note.text, named: what)
    guard checkpoint.origin == key.name else {
      throw LogError(.untrusted, "reading \(what): it is of the log \(checkpoint.origin), not of \(key.name)")
    }
    guard try note.isSigned(by: key, named: what) else {
      throw LogError(.untrusted, "reading \(what): the key of \(key.name) did not sign it")
    }
    var cosignatures: [Cosignature] = []
    // Nobody counts twice: not by two signatures, by two names for one key, or by being the log.
    var seen: Set = [key.publicKey]
    for witness in witnesses {
      guard let time = try note.cosignatureTime(of: witness, named: what) else { continue }
      if seen.insert(witness.publicKey).inserted { cosignatures.append(Cosignature(key: witness, time: time)) }
    }
    self.cosignatures = cosignatures
    guard cosignatures.count >= quorum else {
      throw LogError(
        .untrusted,
        "reading \(what): \(cosignatures.count) of \(witnesses.count) witnesses cosigned it, and \(quorum) must have")
    }
  }
}

extension SignedNote {
  /// When the witness cosigned; nil when he did not.
  func cosignatureTime(of witness: NoteKey, named what: String) throws(LogError) -> UInt64? {
    var latest: UInt64?
    for signature in signatures where signature.name == witness.name && signature.id == witness.id {
      guard witness.kind == .cosignature, signature.bytes.count == 72 else {
        throw LogError(.untrusted, "reading \(what): the signature by \(witness.name) is no cosignature")
      }
      let time = signature.bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let content = Self.cosigned(text, time)
      guard witness.publicKey.verifies(Array(signature.bytes[8...]), of: content) else {
        throw LogError(.untrusted, "reading \(what): the cosignature by \(witness.name) does not hold")
      }
      latest = max(latest ?? 0, time)
    }
    return latest
  }

  /// The note with the cosignature of a witness: C2SP tlog-cosignature, `cosignature/v1`.
  ///
  /// Whoever calls this has seen that the checkpoint is consistent with all that the witness cosigned before.
  /// - Parameter time: seconds since 1970.
  /// - Throws: `LogError` for another kind of key, and what the signer throws.
  public func cosigned(as witness: NoteKey, with signer: any Signing, time: UInt64) async throws -> SignedNote {
    guard witness.kind == .cosignature, witness.publicKey == signer.publicKey else {
      throw LogError(.untrusted, "cosigning as \(witness.name): the signer has another key")
    }
    let bytes = try await signer.sign(Self.cosigned(text, time))
    let stamp = stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: time >> $0) }
    return adding(Signature(name: witness.name, id: witness.id, bytes: stamp + bytes))
  }

  private static func cosigned(_ text: String, _ time: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }
}
