import COpenSSL

/// Owns an `EVP_PKEY`; only frees.
@safe struct OwnedKey: ~Copyable {
  let pointer: OpaquePointer

  init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe EVP_PKEY_free(pointer) }
}

/// Owns a context in which keys are made; only allocates and frees.
@safe struct OwnedKeyContext: ~Copyable {
  let pointer: OpaquePointer

  init?(_ kind: Int32) {
    guard let made = unsafe EVP_PKEY_CTX_new_id(kind, nil) else { return nil }
    unsafe pointer = made
  }

  deinit { unsafe EVP_PKEY_CTX_free(pointer) }
}

/// Owns a context in which bytes are signed or verified; only allocates and frees.
@safe struct OwnedSigningContext: ~Copyable {
  let pointer: OpaquePointer

  init?() {
    guard let made = unsafe EVP_MD_CTX_new() else { return nil }
    unsafe pointer = made
  }

  deinit { unsafe EVP_MD_CTX_free(pointer) }
}

/// Owns an unencrypted PKCS #8 structure; frees it, which also wipes it.
@safe struct OwnedPrivateInfo: ~Copyable {
  let pointer: OpaquePointer

  init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe PKCS8_PRIV_KEY_INFO_free(pointer) }
}

/// Owns an encrypted PKCS #8 structure; only frees.
@safe struct OwnedEncryptedInfo: ~Copyable {
  let pointer: OpaquePointer

  init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe X509_SIG_free(pointer) }
}

/// Copies what an `i2d` function of OpenSSL writes; nil when it fails.
func encoded(
  _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
) -> [UInt8]? {
  var start: UnsafeMutablePointer<UInt8>?
  let count = unsafe write(&start)
  guard count > 0, let start = unsafe start else { return nil }
  defer { unsafe CRYPTO_clear_free(start, Int(count), #fileID, #line) }
  return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
}
