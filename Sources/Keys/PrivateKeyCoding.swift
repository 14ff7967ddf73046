import COpenSSL

extension PrivateKey {
  /// What scrypt spends on a passphrase; 16 MiB and some 50 ms, and within the bounds of what other programs read.
  private static let scryptCost: UInt64 = 1 << 14

  /// The key as PKCS #8, encrypted with AES-256 under the passphrase by PBES2 and scrypt (RFC 8018, RFC 7914), in PEM.
  public func encryptedPEM(_ passphrase: Passphrase) throws(KeyError) -> String {
    let doing = "encrypting a private key"
    let der = try withKey { (key) throws(KeyError) -> [UInt8] in
      guard let info = unsafe EVP_PKEY2PKCS8(key.pointer) else { throw .openSSL(doing) }
      let plain = unsafe OwnedPrivateInfo(adopting: info)
      // Without a salt of ours it makes one of 16 random bytes.
      let scheme = unsafe PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nil, 16, nil, Self.scryptCost, 8, 1)
      guard let scheme = unsafe scheme else { throw .openSSL(doing) }
      let sealed = unsafe passphrase.withCharacters { unsafe PKCS8_set0_pbe($0, $1, plain.pointer, scheme) }
      guard let sealed = unsafe sealed else {
        unsafe X509_ALGOR_free(scheme)
        throw .openSSL(doing)
      }
      let owned = unsafe OwnedEncryptedInfo(adopting: sealed)
      guard let der = unsafe encoded({ unsafe i2d_X509_SIG(owned.pointer, $0) }) else { throw .openSSL(doing) }
      return der
    }
    return PEMText(label: "ENCRYPTED PRIVATE KEY", bytes: der).text
  }

  /// Reads the one private key of a PEM text: PKCS #8, encrypted or not, or SEC 1.
  ///
  /// - Parameters:
  ///   - name: what the text is called in an error, its file say.
  ///   - mustBeEncrypted: whether a key without a passphrase is refused.
  ///   - passphrase: asked when the key is encrypted.
  /// - Throws: `KeyError`, and what the passphrase's source throws.
  public static func read(
    pem: String, named name: String, mustBeEncrypted: Bool = true, passphrase: () throws -> Passphrase
  ) throws -> PrivateKey {
    defer { ERR_clear_error() }
    let blocks = try PEMText.blocks(of: pem, named: name).filter { $0.label != "EC PARAMETERS" }
    guard blocks.count == 1, let block = blocks.first, block.label.hasSuffix("PRIVATE KEY") else {
      throw KeyError(
        .malformed, "reading \(name): it is not one private key in PEM",
        details: ["It has \(blocks.isEmpty ? "no block" : blocks.map(\.label).joined(separator: ", "))."])
    }
    if block.label == "ENCRYPTED PRIVATE KEY" { return try open(block.bytes, named: name, try passphrase()) }
    guard ["PRIVATE KEY", "EC PRIVATE KEY"].contains(block.label) else {
      throw KeyError(
        .malformed, "reading \(name): keys in the form \(block.label) are not read here",
        advice: "Convert it with `openssl pkcs8 -topk8`, or for a key of OpenSSH first with `ssh-keygen -p -m PKCS8`.")
    }
    guard !mustBeEncrypted else {
      throw KeyError(
        .unprotected, "reading \(name): the private key is not encrypted",
        advice: "Encrypt it with `verbatim key import \(name) NEW`, and destroy the old file.")
    }
    return block.label == "PRIVATE KEY"
      ? try unwrapped(block.bytes, named: name) : try sec1(block.bytes, named: name)
  }

  private static func open(_ der: [UInt8], named name: String, _ passphrase: Passphrase) throws(KeyError) -> PrivateKey
  {
    let sealed = unsafe der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      let sealed = unsafe d2i_X509_SIG(nil, &place, buffer.count)
      return unsafe sealed
    }
    guard let sealed = unsafe sealed else { throw KeyError(.malformed, "reading \(name): it is no encrypted PKCS #8") }
    let owned = unsafe OwnedEncryptedInfo(adopting: sealed)
    let plain = unsafe passphrase.withCharacters { unsafe PKCS8_decrypt(owned.pointer, $0, $1) }
    guard let plain = unsafe plain else {
      // A wrong passphrase shows as nonsense, at one place or another; what else there is, OpenSSL says.
      throw KeyError(
        .wrongPassphrase, "opening \(name): the passphrase does not open it", details: drainOpenSSLErrors())
    }
    return try unsafe key(of: OwnedPrivateInfo(adopting: plain), named: name)
  }

  private static func unwrapped(_ der: [UInt8], named name: String) throws(KeyError) -> PrivateKey {
    let plain = unsafe der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      return unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &place, buffer.count)
    }
    guard let plain = unsafe plain else { throw KeyError(.malformed, "reading \(name): it is no PKCS #8") }
    return try unsafe key(of: OwnedPrivateInfo(adopting: plain), named: name)
  }

  private static func key(of info: consuming OwnedPrivateInfo, named name: String) throws(KeyError) -> PrivateKey {
    guard let key = unsafe EVP_PKCS82PKEY(info.pointer) else {
      throw KeyError(.malformed, "reading \(name): OpenSSL knows no such key", details: drainOpenSSLErrors())
    }
    return try unsafe PrivateKey(OwnedKey(adopting: key), named: name)
  }

  private static func sec1(_ der: [UInt8], named name: String) throws(KeyError) -> PrivateKey {
    let key = unsafe der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      return unsafe d2i_PrivateKey(EVP_PKEY_EC, nil, &place, buffer.count)
    }
    guard let key = unsafe key else {
      throw KeyError(.malformed, "reading \(name): it is no EC private key", details: drainOpenSSLErrors())
    }
    return try unsafe PrivateKey(OwnedKey(adopting: key), named: name)
  }
}
