public import Keys
import Model

/// Signed bytes: DSSE, version 1.0.2.
public struct Envelope: Hashable, Sendable {
  /// One signature.
  public struct Signature: Hashable, Sendable {
    /// By which key, by what it says: a hint that nothing may rest on.
    public let keyID: String?
    /// Of the form that the key's algorithm has.
    public let bytes: [UInt8]
  }

  /// What a statement of in-toto is sent as, and the only type that other people's verifiers take.
  public static let inTotoType = "application/vnd.in-toto+json"
  /// In bytes, of an envelope.
  public static let sizeLimit = 64 << 20
  /// How many signatures are looked at.
  public static let signatureLimit = 32

  /// What is signed, byte for byte; not to be read before a signature was found to hold.
  public let payload: [UInt8]
  /// What the payload is.
  public let payloadType: String
  /// At least one.
  public let signatures: [Signature]

  /// Reads an envelope: JSON with unknown names left out, and base64 of either alphabet.
  ///
  /// - Parameter name: what it is called in an error.
  /// - Throws: `EvidenceError` when the bytes are none.
  public init(bytes: [UInt8], named name: String) throws(EvidenceError) {
    let limits = JSONReader.Limits(size: Self.sizeLimit, depth: 16, values: 10_000)
    try self.init(try JSONReader.read(bytes, named: name, limits: limits), named: name)
  }

  init(_ tree: JSONTree, named name: String) throws(EvidenceError) {
    func malformed(_ reason: String) -> EvidenceError {
      EvidenceError(.malformed, "reading \(name): it is no envelope: \(reason)")
    }
    guard tree.members != nil else { throw malformed("it is no object") }
    guard let payload = tree["payload"]?.text.flatMap(Self.base64) else { throw malformed("its payload is not base64") }
    guard let type = tree["payloadType"]?.text, !type.isEmpty else { throw malformed("it has no payloadType") }
    guard let list = tree["signatures"]?.list, !list.isEmpty else {
      throw EvidenceError(.unsigned, "reading \(name): nobody signed it")
    }
    guard list.count <= Self.signatureLimit else {
      throw EvidenceError(
        .tooMuch, "reading \(name): it has \(list.count) signatures, and at most \(Self.signatureLimit) are read")
    }
    var signatures: [Signature] = []
    for entry in list {
      guard let bytes = entry["sig"]?.text.flatMap(Self.base64) else { throw malformed("a signature is not base64") }
      let keyID = entry["keyid"]
      guard keyID == nil || keyID == .null || keyID?.text != nil else { throw malformed("a keyid is no text") }
      signatures.append(Signature(keyID: keyID?.text, bytes: bytes))
    }
    self.payload = payload
    payloadType = type
    self.signatures = signatures
  }

  private init(payload: [UInt8], type: String, signatures: [Signature]) {
    self.payload = payload
    payloadType = type
    self.signatures = signatures
  }

  /// Signs bytes.
  ///
  /// - Parameter signers: each gives one signature; at least one.
  /// - Throws: `EvidenceError` without a signer or with one key twice, and what the signers throw.
  public static func sign(
    _ payload: [UInt8], type: String = inTotoType, with signers: [any Signing]
  ) async throws -> Envelope {
    guard !signers.isEmpty, Set(signers.map(\.publicKey)).count == signers.count else {
      throw EvidenceError(.unsigned, "signing: there must be at least one signer, and none twice")
    }
    let content = preAuthenticationEncoding(type, payload)
    var signatures: [Signature] = []
    for signer in signers {
      signatures.append(Signature(keyID: signer.publicKey.keyID, bytes: try await signer.sign(content)))
    }
    return Envelope(payload: payload, type: type, signatures: signatures)
  }

  /// The envelope as one line of JSON, without the line's end.
  public var bytes: [UInt8] { tree.bytes }

  var tree: JSONTree {
    .members([
      "payload": .text(Base64.string(payload)), "payloadType": .text(payloadType),
      "signatures": .list(
        signatures.map {
          .members(["keyid": $0.keyID.map(JSONTree.text), "sig": .text(Base64.string($0.bytes))])
        }),
    ])
  }

  /// What is signed: type and payload, each after its length, so that no other pair gives the same bytes.
  public static func preAuthenticationEncoding(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
  }

  /// Base64 of either alphabet, of which that for URLs may lack what fills it up; of both at once is of none.
  private static func base64(_ text: String) -> [UInt8]? {
    var digits = Array(text.utf8)
    guard digits.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) || digits.count % 4 != 0 else {
      return Base64.bytes(text)
    }
    guard !digits.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }) else { return nil }
    for place in digits.indices {
      if digits[place] == UInt8(ascii: "-") { digits[place] = UInt8(ascii: "+") }
      if digits[place] == UInt8(ascii: "_") { digits[place] = UInt8(ascii: "/") }
    }
    if digits.last != UInt8(ascii: "=") {
      digits += repeatElement(UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
    }
    return Base64.bytes(String(decoding: digits, as: UTF8.self))
  }
}
