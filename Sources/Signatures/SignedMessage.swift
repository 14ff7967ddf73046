import COpenSSL

/// A PKCS #7 or CMS message of the kind that signs.
@safe public final class SignedMessage {
  /// In bytes; the longest that are met with have some ten thousand.
  public static let sizeLimit = 4 << 20
  private static let signerLimit = 16

  private let pointer: UnsafeMutablePointer<PKCS7>

  /// Reads DER that must be the message and nothing else.
  public init(der: [UInt8]) throws(SignatureError) {
    defer { forgetOpenSSLErrors() }
    guard der.count <= Self.sizeLimit else {
      throw SignatureError("it has \(der.count) bytes, and a signature at most \(Self.sizeLimit)")
    }
    let (message, taken) = unsafe der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      let message = unsafe d2i_PKCS7(nil, &place, buffer.count)
      let taken = unsafe place.flatMap { end in unsafe buffer.baseAddress.map { unsafe end - $0 } } ?? 0
      return unsafe (message, taken)
    }
    guard let message = unsafe message else { throw SignatureError("it is no PKCS #7 message") }
    unsafe pointer = message
    guard taken == der.count else {
      throw SignatureError("it is followed by \(der.count - taken) bytes that are no part of it")
    }
    guard unsafe verbatim_pkcs7_content_type(message) != nil else { throw SignatureError("it signs nothing") }
  }

  deinit { unsafe PKCS7_free(pointer) }

  /// Whether what is signed is elsewhere.
  public var isDetached: Bool { unsafe verbatim_pkcs7_has_content(pointer) == 0 }

  /// The content of a type that only the application knows, without its outermost tag and length, which are not signed.
  func otherContent() throws(SignatureError) -> (encoded: [UInt8], signed: [UInt8])? {
    guard let encoded = other else { return nil }
    let header = try DERElement(encoded[...])
    guard header.end == encoded.count else { throw SignatureError("its content is no single value") }
    return (encoded, Array(encoded[header.content]))
  }

  private var other: [UInt8]? {
    guard let content = unsafe verbatim_pkcs7_other_content(pointer) else { return nil }
    guard let start = unsafe ASN1_STRING_get0_data(content) else { return nil }
    return unsafe Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(content))))
  }

  /// Who signed, after each signature was found to hold for the content and to be of somebody who is trusted.
  ///
  /// - Parameters:
  ///   - trusted: what each signer must be or lead up to; it may also have certificates that the message lacks.
  ///   - pull: what was signed, piece by piece; nil at its end. Called from the start for each signer.
  public func verify(
    trusted: CertificateList, content pull: () throws -> (() throws -> [UInt8]?)
  ) throws -> [Signer] {
    defer { forgetOpenSSLErrors() }
    guard let list = unsafe PKCS7_get_signer_info(pointer) else { throw SignatureError("nobody signed it") }
    let count = unsafe verbatim_signer_count(list)
    guard (1...Int32(Self.signerLimit)).contains(count) else {
      throw SignatureError(count < 1 ? "nobody signed it" : "more than \(Self.signerLimit) signed it")
    }
    var signers: [Signer] = []
    for index in 0..<count {
      guard let info = unsafe verbatim_signer_at(list, index) else { throw SignatureError("a signer is missing") }
      signers.append(try unsafe verify(info, trusted, try pull()))
    }
    return signers
  }

  private func verify(
    _ info: UnsafeMutablePointer<PKCS7_SIGNER_INFO>, _ trusted: CertificateList, _ pull: () throws -> [UInt8]?
  ) throws -> Signer {
    let embedded = unsafe verbatim_pkcs7_certificates(pointer)
    let found = unsafe try certificate(of: info, embedded, trusted)
    guard let certificate = unsafe found else {
      throw SignatureError("neither it nor the exception has the certificate of its signer")
    }
    let method = unsafe try Self.method(info)
    guard let chain = unsafe OwnedBIO(digesting: method) else {
      throw SignatureError("OpenSSL could not make a digest")
    }
    while let piece = try pull() {
      guard chain.write(piece) else { throw SignatureError("OpenSSL could not make a digest") }
    }
    guard unsafe PKCS7_signatureVerify(chain.pointer, pointer, info, certificate) == 1 else {
      throw SignatureError("it is not a signature of these bytes")
    }
    try unsafe trusted.requireTrusted(certificate, among: embedded)
    return try unsafe Signer(certificate)
  }

  /// SHA-2 only: of weaker digests somebody may have made two contents with the same signature.
  private static func method(
    _ info: UnsafeMutablePointer<PKCS7_SIGNER_INFO>
  ) throws(SignatureError) -> OpaquePointer {
    let kind = unsafe OBJ_obj2nid(verbatim_signer_digest(info))
    let found: OpaquePointer? =
      switch kind {
      case NID_sha256: unsafe EVP_sha256()
      case NID_sha384: unsafe EVP_sha384()
      case NID_sha512: unsafe EVP_sha512()
      default: nil
      }
    guard let method = unsafe found else { throw SignatureError("its digest is none of SHA-256, SHA-384 and SHA-512") }
    return unsafe method
  }

  /// The signer's certificate, from the message or from the declared ones.
  private func certificate(
    of info: UnsafeMutablePointer<PKCS7_SIGNER_INFO>, _ embedded: OpaquePointer?, _ trusted: CertificateList
  ) throws(SignatureError) -> OpaquePointer? {
    guard let issuer = unsafe verbatim_signer_issuer(info), let serial = unsafe verbatim_signer_serial(info) else {
      throw SignatureError("it does not name its signer")
    }
    func fits(_ certificate: OpaquePointer) -> Bool {
      unsafe X509_NAME_cmp(X509_get_issuer_name(certificate), issuer) == 0
        && ASN1_INTEGER_cmp(X509_get0_serialNumber(certificate), serial) == 0
    }
    if let found = try unsafe trusted.first({ unsafe fits($0) ? $0 : nil }) { return unsafe found }
    guard let embedded = unsafe embedded else { return nil }
    for index in 0..<max(0, min(256, unsafe verbatim_x509_count(embedded))) {
      if let candidate = unsafe verbatim_x509_at(embedded, index), unsafe fits(candidate) { return unsafe candidate }
    }
    return nil
  }
}
