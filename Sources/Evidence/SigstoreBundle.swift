import Keys
import Model

/// Sigstore's bundle v0.3 of one envelope that a key of one's own signed, without a transparency log.
public enum SigstoreBundle {
  /// What every one says that it is.
  public static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"

  /// The bundle as a file.
  ///
  /// - Throws: `EvidenceError` when the envelope has other than one signature, which the format cannot hold.
  public static func bytes(_ envelope: Envelope) throws(EvidenceError) -> [UInt8] {
    guard envelope.signatures.count == 1, let signature = envelope.signatures.first else {
      throw EvidenceError(
        .malformed, "making a Sigstore bundle: the envelope has \(envelope.signatures.count) signatures",
        details: ["A bundle holds an envelope with exactly one."])
    }
    let hint = signature.keyID ?? ""
    return JSONTree.members([
      "mediaType": .text(mediaType),
      "verificationMaterial": .members([
        "publicKey": .members(["hint": .text(hint)]), "tlogEntries": .list([]),
      ]),
      "dsseEnvelope": .members([
        "payload": .text(Base64.string(envelope.payload)),
        "payloadType": .text(envelope.payloadType),
        "signatures": .list([
          .members(["sig": .text(Base64.string(signature.bytes)), "keyid": .text(hint)])
        ]),
      ]),
    ]).bytes + [0x0A]
  }
}
