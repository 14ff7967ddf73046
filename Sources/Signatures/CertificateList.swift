import COpenSSL
import Model

/// Certificates that signatures are verified against.
@safe public final class CertificateList {
  private static let limit = 256
  /// In bytes of PEM.
  private static let sizeLimit = 1 << 20

  private let list: OpaquePointer

  /// Reads the certificates of PEM text; throws where there is none, or something that is none.
  public init(pem: [UInt8]) throws(SignatureError) {
    defer { forgetOpenSSLErrors() }
    guard pem.count <= Self.sizeLimit else { throw SignatureError("the certificates have more than 1 MiB") }
    guard let made = unsafe verbatim_x509_list() else { throw SignatureError("OpenSSL could not make a list") }
    unsafe list = made
    guard let text = OwnedBIO(reading: pem) else { throw SignatureError("OpenSSL could not read the certificates") }
    while count < Self.limit, let certificate = unsafe PEM_read_bio_X509(text.pointer, nil, nil, nil) {
      guard unsafe verbatim_x509_push(list, certificate) > 0 else {
        unsafe X509_free(certificate)
        throw SignatureError("OpenSSL could not keep a certificate")
      }
    }
    guard count > 0 else { throw SignatureError("there is no certificate in PEM form") }
    let markers = String(decoding: pem, as: UTF8.self).split(separator: "-----BEGIN ", omittingEmptySubsequences: false)
    guard markers.count - 1 == count else { throw SignatureError("not all of it is certificates in PEM form") }
  }

  deinit {
    for index in 0..<count { unsafe X509_free(verbatim_x509_at(list, Int32(index))) }
    unsafe verbatim_x509_list_free(list)
  }

  /// How many there are.
  public var count: Int { Int(unsafe verbatim_x509_count(list)) }

  /// Calls a closure with each, until it returns a value.
  func first<Value>(_ body: (OpaquePointer) throws(SignatureError) -> Value?) throws(SignatureError) -> Value? {
    for index in 0..<count {
      guard let certificate = unsafe verbatim_x509_at(list, Int32(index)) else { continue }
      if let value = try unsafe body(certificate) { return value }
    }
    return nil
  }

  /// Throws unless a certificate is one of these, or leads up to one of these.
  ///
  /// The time is not looked at: what was signed while a certificate was valid stays signed.
  func requireTrusted(_ certificate: OpaquePointer, among others: OpaquePointer?) throws(SignatureError) {
    guard let store = unsafe X509_STORE_new(), let context = unsafe X509_STORE_CTX_new() else {
      throw SignatureError("OpenSSL could not make a store of certificates")
    }
    defer {
      unsafe X509_STORE_CTX_free(context)
      unsafe X509_STORE_free(store)
    }
    for index in 0..<count {
      guard unsafe X509_STORE_add_cert(store, verbatim_x509_at(list, Int32(index))) == 1 else {
        throw SignatureError("OpenSSL could not use a certificate")
      }
    }
    let flags = UInt(X509_V_FLAG_PARTIAL_CHAIN) | UInt(X509_V_FLAG_NO_CHECK_TIME)
    guard unsafe X509_STORE_set_flags(store, flags) == 1,
      unsafe X509_STORE_CTX_init(context, store, certificate, others) == 1
    else { throw SignatureError("OpenSSL could not use the certificates") }
    guard unsafe X509_verify_cert(context) == 1 else {
      let code = unsafe X509_STORE_CTX_get_error(context)
      let reason = unsafe X509_verify_cert_error_string(Int(code)).map { unsafe String(cString: $0) } ?? "unknown"
      throw SignatureError("its certificate does not lead up to a declared one: \(reason)")
    }
  }
}

extension Signer {
  /// Names the holder of a certificate.
  init(_ certificate: OpaquePointer) throws(SignatureError) {
    guard let text = OwnedBIO(reading: []) else { throw SignatureError("OpenSSL could not name the signer") }
    _ = unsafe verbatim_print_subject(text.pointer, certificate)
    subject = ExactText.text(Array(text.text.utf8))
    guard let number = OwnedBIO(reading: []) else { throw SignatureError("OpenSSL could not name the signer") }
    _ = unsafe i2a_ASN1_INTEGER(number.pointer, X509_get0_serialNumber(certificate))
    serial = number.text.lowercased().filter(\.isHexDigit)
    var bytes = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    guard unsafe X509_digest(certificate, EVP_sha256(), &bytes, &count) == 1, count == 32,
      let digest = SHA256Digest(bytes: bytes)
    else { throw SignatureError("OpenSSL could not make a certificate's digest") }
    self.certificate = digest
  }
}
