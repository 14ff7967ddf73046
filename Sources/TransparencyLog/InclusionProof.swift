public import Keys
public import Model

/// That an entry is in a log, as one text: C2SP tlog-proof.
public struct InclusionProof: Hashable, Sendable {
  static let header = "c2sp.org/tlog-proof@v1"
  /// In bytes.
  public static let sizeLimit = SignedNote.sizeLimit + (64 << 10)

  /// Where the entry is.
  public let index: UInt64
  /// The hashes from the leaf to the root.
  public let hashes: [SHA256Digest]
  /// The signed checkpoint.
  public let checkpoint: [UInt8]
  /// What whoever made it added, which no signature covers.
  public let extra: [UInt8]?

  /// Makes a proof of its parts.
  public init(index: UInt64, hashes: [SHA256Digest], checkpoint: [UInt8], extra: [UInt8]? = nil) {
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
    self.extra = extra
  }

  /// Reads a proof, of which there is only one way to write it.
  /// - Throws: `LogError` when the bytes are none.
  public init(bytes: [UInt8], named what: String) throws(LogError) {
    func malformed(_ reason: String) -> LogError { LogError(.malformed, "reading \(what): \(reason)") }
    guard bytes.count <= Self.sizeLimit else { throw malformed("it has more than \(Self.sizeLimit) bytes") }
    let end = bytes.indices.dropLast().first { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
    guard let end, let text = String(validating: bytes[..<end], as: UTF8.self) else {
      throw malformed("it has no empty line before a checkpoint")
    }
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String($0) ?? "" }[...]
    guard lines.popFirst() == Self.header else { throw malformed("its first line is not \(Self.header)") }
    if lines.first?.hasPrefix("extra ") == true {
      guard let extra = lines.popFirst().flatMap({ Base64.bytes($0.dropFirst(6)) }) else {
        throw malformed("what is extra is not base64")
      }
      self.extra = extra
    } else {
      extra = nil
    }
    let digits = lines.popFirst().map { $0.hasPrefix("index ") ? String($0.dropFirst(6)) : "" } ?? ""
    guard let index = UInt64(digits), String(index) == digits else { throw malformed("it has no index") }
    guard lines.count <= 64 else { throw malformed("it has \(lines.count) hashes, and no tree needs more than 64") }
    self.index = index
    var hashes: [SHA256Digest] = []
    for line in lines {
      guard let hash = Base64.bytes(line).flatMap({ SHA256Digest(bytes: $0) }) else {
        throw malformed("it has a line where a hash belongs that is none")
      }
      hashes.append(hash)
    }
    self.hashes = hashes
    checkpoint = Array(bytes[(end + 2)...])
  }

  /// The proof as it is written.
  public var bytes: [UInt8] {
    var lines = [Self.header]
    if let extra { lines.append("extra \(Base64.string(extra))") }
    lines.append("index \(index)")
    lines += hashes.map { Base64.string($0.bytes) }
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + checkpoint
  }

  /// Finds that the entry is in the log.
  ///
  /// - Parameters:
  ///   - key: the log's.
  ///   - witnesses: who may have cosigned the checkpoint.
  ///   - quorum: how many of them must have.
  ///   - what: what the proof is called in an error.
  /// - Returns: the checkpoint that it is in.
  /// - Throws: `LogError` when anything of it does not hold.
  @discardableResult
  public func verify(
    _ entry: [UInt8], by key: NoteKey, witnesses: [NoteKey] = [], quorum: Int = 0, named what: String
  ) throws(LogError) -> VerifiedCheckpoint {
    let verified = try VerifiedCheckpoint(
      bytes: checkpoint, by: key, witnesses: witnesses, quorum: quorum, named: "the checkpoint in \(what)")
    let holds = TreeProof.includes(
      leaf: TreeHash.leaf(entry), index: index, size: verified.checkpoint.size, proof: hashes,
      root: verified.checkpoint.root)
    guard holds else {
      throw LogError(
        .notProven, "verifying \(what): it does not prove that this entry is at index \(index) of \(key.name)")
    }
    return verified
  }
}
