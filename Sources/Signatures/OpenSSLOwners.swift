import COpenSSL

/// Owns a BIO chain; only allocates and frees.
@safe struct OwnedBIO: ~Copyable {
  let pointer: OpaquePointer

  /// Bytes to read; they are copied.
  init?(reading bytes: [UInt8]) {
    guard bytes.count <= Int(Int32.max), let made = unsafe BIO_new(BIO_s_mem()) else { return nil }
    let written = unsafe bytes.isEmpty ? 0 : BIO_write(made, bytes, Int32(bytes.count))
    guard written == Int32(bytes.count) else {
      unsafe BIO_free(made)
      return nil
    }
    unsafe pointer = made
  }

  /// Takes what is written and makes its digest.
  init?(digesting method: OpaquePointer) {
    guard let digest = unsafe BIO_new(BIO_f_md()) else { return nil }
    guard let sink = unsafe BIO_new(BIO_s_null()), unsafe verbatim_bio_set_md(digest, method) == 1 else {
      unsafe BIO_free(digest)
      return nil
    }
    unsafe pointer = BIO_push(digest, sink)
  }

  deinit { unsafe BIO_free_all(pointer) }

  func write(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let piece = bytes[start..<min(bytes.count, start + (1 << 24))]
      let count = unsafe piece.withUnsafeBytes { unsafe BIO_write(pointer, $0.baseAddress, Int32($0.count)) }
      guard count > 0 else { return false }
      start += Int(count)
    }
    return true
  }

  /// The digest of what was written to one that makes it.
  var digest: [UInt8] {
    var bytes = [CChar](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let count = unsafe BIO_gets(pointer, &bytes, Int32(bytes.count))
    return bytes.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }
  }

  /// What was written to it.
  var text: String {
    var start: UnsafeMutablePointer<CChar>?
    let count = unsafe verbatim_bio_memory(pointer, &start)
    guard let start = unsafe start, count > 0 else { return "" }
    let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count))
    return unsafe String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Owns a certificate; only frees.
@safe struct OwnedCertificate: ~Copyable {
  let pointer: OpaquePointer

  init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe X509_free(pointer) }
}

/// Forgets what OpenSSL noted about failures, which otherwise stays with the thread.
func forgetOpenSSLErrors() { ERR_clear_error() }
