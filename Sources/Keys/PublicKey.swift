import COpenSSL
import Model

/// A key that verifies, as a value.
public struct PublicKey: Hashable, Sendable {
  /// Its kind.
  public let algorithm: KeyAlgorithm
  /// An uncompressed point of 65 bytes, or the 32 bytes of RFC 8032.
  public let bytes: [UInt8]

  /// Makes a key of the bytes that its kind has; nil when they are no point of the curve.
  public init?(_ algorithm: KeyAlgorithm, bytes: [UInt8]) {
    guard bytes.count == algorithm.publicSize else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
    guard owned() != nil else { return nil }
  }

  /// Reads a SubjectPublicKeyInfo in DER; nil for other kinds of keys and for compressed points.
  public init?(der: [UInt8]) {
    let fitting = KeyAlgorithm.allCases.first {
      der.count == $0.publicPrefix.count + $0.publicSize && der.starts(with: $0.publicPrefix)
    }
    guard let fitting else { return nil }
    self.init(fitting, bytes: Array(der.dropFirst(fitting.publicPrefix.count)))
  }

  /// Reads the one public key of a PEM text.
  ///
  /// - Parameter name: what the text is called in an error, its file say.
  /// - Throws: `KeyError` when there is none, more than one, or one of another kind.
  public init(pem: String, named name: String) throws(KeyError) {
    let blocks = try PEMText.blocks(of: pem, named: name)
    if blocks.contains(where: { $0.label.hasSuffix("PRIVATE KEY") }) {
      throw KeyError(.malformed, "reading \(name): it holds a private key where a public one belongs")
    }
    guard blocks.count == 1, blocks[0].label == "PUBLIC KEY" else {
      throw KeyError(
        .malformed, "reading \(name): it is not one public key in PEM",
        details: ["It has \(blocks.isEmpty ? "no block" : blocks.map(\.label).joined(separator: ", "))."],
        advice: "Write one with `openssl pkey -in KEY -pubout`, or take the .pub file beside a key of verbatim.")
    }
    guard let key = PublicKey(der: blocks[0].bytes) else {
      throw KeyError(.malformed, "reading \(name): it is no public key of ECDSA P-256 or Ed25519")
    }
    self = key
  }

  /// The SubjectPublicKeyInfo.
  public var der: [UInt8] { algorithm.publicPrefix + bytes }

  /// The SubjectPublicKeyInfo as PEM.
  public var pem: String { PEMText(label: "PUBLIC KEY", bytes: der).text }

  /// Whether a signature of this key's kind holds for the bytes.
  public func verifies(_ signature: [UInt8], of content: [UInt8]) -> Bool {
    defer { ERR_clear_error() }
    guard let key = owned(), let context = OwnedSigningContext() else { return false }
    let method = unsafe algorithm == .ecdsaP256 ? EVP_sha256() : nil
    guard unsafe EVP_DigestVerifyInit(context.pointer, nil, method, nil, key.pointer) == 1 else { return false }
    return unsafe EVP_DigestVerify(context.pointer, signature, signature.count, content, content.count) == 1
  }

  private func owned() -> OwnedKey? {
    defer { ERR_clear_error() }
    let der = der
    let key = unsafe der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      return unsafe d2i_PUBKEY(nil, &place, buffer.count)
    }
    guard let key = unsafe key else { return nil }
    return unsafe OwnedKey(adopting: key)
  }
}
