extension SigstoreBundle {
  /// Reads the envelope of a bundle that was signed with a key that somebody keeps himself.
  ///
  /// - Throws: `EvidenceError` when it is none, when it is of another version, or when it was signed with a certificate.
  public static func envelope(_ bytes: [UInt8], named name: String) throws(EvidenceError) -> Envelope {
    let limits = JSONReader.Limits(size: Envelope.sizeLimit, depth: 32, values: 10_000)
    let tree = try JSONReader.read(bytes, named: name, limits: limits)
    guard tree["mediaType"]?.text == mediaType else {
      throw EvidenceError(.wrongType, "reading \(name): it is no Sigstore bundle of version 0.3")
    }
    guard let hint = tree["verificationMaterial"]?["publicKey"]?["hint"]?.text else {
      throw EvidenceError(
        .wrongType, "reading \(name): it was not signed with a public key that somebody keeps himself",
        advice: "Certificates need Sigstore's services, and so a network; verify it with cosign.")
    }
    guard let inner = tree["dsseEnvelope"] else {
      throw EvidenceError(.malformed, "reading \(name): it has no envelope")
    }
    let envelope = try Envelope(inner, named: name)
    guard envelope.signatures.count == 1, envelope.signatures[0].keyID ?? hint == hint else {
      throw EvidenceError(.malformed, "reading \(name): its hint is not the key of its one signature")
    }
    return envelope
  }
}
