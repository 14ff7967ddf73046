/// The kinds of keys that sign.
public enum KeyAlgorithm: String, Sendable, CaseIterable {
  /// FIPS 186-5 on the curve P-256 with SHA-256; signatures are DER. What other people's verifiers expect of evidence.
  case ecdsaP256 = "ecdsa-p256"
  /// RFC 8032, pure; signatures are 64 bytes. What signed notes of transparency logs need.
  case ed25519

  /// How it is called in sentences.
  public var name: String {
    switch self {
    case .ecdsaP256: "ECDSA P-256"
    case .ed25519: "Ed25519"
    }
  }

  /// The bytes before the key itself in its SubjectPublicKeyInfo (RFC 5480 and RFC 8410), which are always the same.
  var publicPrefix: [UInt8] {
    switch self {
    case .ecdsaP256:
      [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
      ]
    case .ed25519: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    }
  }

  /// The count of bytes of a public key: an uncompressed point, or what RFC 8032 encodes.
  var publicSize: Int {
    switch self {
    case .ecdsaP256: 65
    case .ed25519: 32
    }
  }
}
