import COpenSSL
import Model

/// A certificate with what its key signed outside of any message.
@safe public final class SigningCertificate {
  /// How something was signed.
  public enum Scheme: Sendable {
    /// RSASSA-PSS of RFC 8017.
    case rsaPSS
    /// RSASSA-PKCS1-v1_5 of RFC 8017, or ECDSA.
    case usual
  }

  private let pointer: OpaquePointer

  /// Reads one certificate in DER and nothing else.
  public init(der: [UInt8]) throws(SignatureError) {
    defer { forgetOpenSSLErrors() }
    let (certificate, taken) = unsafe der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      let certificate = unsafe d2i_X509(nil, &place, buffer.count)
      let taken = unsafe place.flatMap { end in unsafe buffer.baseAddress.map { unsafe end - $0 } } ?? 0
      return unsafe (certificate, taken)
    }
    guard let certificate = unsafe certificate else { throw SignatureError("its certificate cannot be read") }
    unsafe pointer = certificate
    guard taken == der.count else { throw SignatureError("its certificate is followed by other bytes") }
  }

  deinit { unsafe X509_free(pointer) }

  /// The key with its algorithm, as X.509 encodes it.
  public var publicKey: [UInt8] {
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), &bytes)
    guard count > 0, let start = unsafe bytes else { return [] }
    defer { unsafe verbatim_free(start) }
    return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
  }

  /// Throws unless a signature by this key holds for a content; with SHA-256, or else with SHA-512.
  public func requireSignature(
    _ signature: [UInt8], of content: [UInt8], scheme: Scheme, isSHA256: Bool
  ) throws(SignatureError) {
    defer { forgetOpenSSLErrors() }
    guard let key = unsafe X509_get0_pubkey(pointer), let context = unsafe EVP_MD_CTX_new() else {
      throw SignatureError("its certificate has no key that can be used")
    }
    defer { unsafe EVP_MD_CTX_free(context) }
    var parameters: OpaquePointer?
    let method = unsafe isSHA256 ? EVP_sha256() : EVP_sha512()
    var holds = unsafe EVP_DigestVerifyInit(context, &parameters, method, nil, key) == 1
    if scheme == .rsaPSS {
      holds = unsafe holds && EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
    }
    guard unsafe holds && EVP_DigestVerify(context, signature, signature.count, content, content.count) == 1 else {
      throw SignatureError("it is not a signature of these bytes")
    }
  }

  /// Names the holder; throws unless this is a trusted certificate or leads up to one.
  public func signer(trusted: CertificateList) throws(SignatureError) -> Signer {
    defer { forgetOpenSSLErrors() }
    try unsafe trusted.requireTrusted(pointer, among: nil)
    return try unsafe Signer(pointer)
  }
}
