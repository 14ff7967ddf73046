import COpenSSL

/// A key that signs; it stays with the task that read it.
public final class PrivateKey: Signing {
  public let publicKey: PublicKey
  private let owned: OwnedKey

  /// Makes a new key.
  public static func generate(_ algorithm: KeyAlgorithm) throws(KeyError) -> PrivateKey {
    let kind = algorithm == .ecdsaP256 ? EVP_PKEY_EC : EVP_PKEY_ED25519
    guard let context = OwnedKeyContext(kind), unsafe EVP_PKEY_keygen_init(context.pointer) == 1 else {
      throw .openSSL("making a key")
    }
    if algorithm == .ecdsaP256 {
      guard unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.pointer, NID_X9_62_prime256v1) == 1 else {
        throw .openSSL("making a key")
      }
    }
    var made: OpaquePointer?
    guard unsafe EVP_PKEY_keygen(context.pointer, &made) == 1, let made = unsafe made else {
      throw .openSSL("making a key")
    }
    return try unsafe PrivateKey(OwnedKey(adopting: made), named: "a new key")
  }

  /// Takes a key of OpenSSL.
  /// - Throws: `KeyError` when it is of another kind.
  init(_ owned: consuming OwnedKey, named name: String) throws(KeyError) {
    let spki = unsafe encoded { unsafe i2d_PUBKEY(owned.pointer, $0) }
    guard let spki, let key = PublicKey(der: spki) else {
      ERR_clear_error()
      throw KeyError(
        .malformed, "reading \(name): it is no private key of ECDSA P-256 or Ed25519",
        advice: "Make one with `verbatim key new`.")
    }
    publicKey = key
    self.owned = owned
  }

  /// The signature of the bytes: DER for ECDSA, 64 bytes for Ed25519.
  public func signature(of content: [UInt8]) throws(KeyError) -> [UInt8] {
    guard let context = OwnedSigningContext() else { throw .openSSL("signing") }
    let method = unsafe publicKey.algorithm == .ecdsaP256 ? EVP_sha256() : nil
    guard unsafe EVP_DigestSignInit(context.pointer, nil, method, nil, owned.pointer) == 1 else {
      throw .openSSL("signing")
    }
    var signature = [UInt8](repeating: 0, count: 128)
    var count = signature.count
    guard unsafe EVP_DigestSign(context.pointer, &signature, &count, content, content.count) == 1 else {
      throw .openSSL("signing")
    }
    return Array(signature.prefix(count))
  }

  public func sign(_ content: [UInt8]) async throws -> [UInt8] { try signature(of: content) }

  /// Hands the key to what encodes it.
  func withKey<Value>(_ body: (borrowing OwnedKey) throws(KeyError) -> Value) throws(KeyError) -> Value {
    try body(owned)
  }
}
