public import Model

/// The signature in a PE image: what it signs is the digest of the image.
///
/// Microsoft, Windows Authenticode Portable Executable Signature Format.
public struct AuthenticodeMessage {
  private static let sha256 = DER.identifier([2, 16, 840, 1, 101, 3, 4, 2, 1])

  private let message: SignedMessage
  private let signed: [UInt8]
  /// The SHA-256 that the image must have, without its checksum and what belongs to the signature.
  public let digest: SHA256Digest

  /// Reads DER that must be the signature and nothing else.
  public init(der: [UInt8]) throws(SignatureError) {
    message = try SignedMessage(der: der)
    guard let content = try message.otherContent() else { throw SignatureError("it does not sign a PE image") }
    signed = content.signed
    // SpcIndirectDataContent: what kind of data it is, and DigestInfo.
    let data = try DERElement(signed[...])
    let information = try DERElement(signed[data.end...])
    guard information.end == signed.count, information.tag == 0x30 else {
      throw SignatureError("it does not sign a digest")
    }
    let algorithm = try DERElement(signed[information.content])
    let kind = try DERElement(signed[algorithm.content])
    guard kind.tag == 6, Array(signed[kind.content]) == Self.sha256 else {
      throw SignatureError("the image's digest in it is not SHA-256")
    }
    let value = try DERElement(signed[algorithm.end..<information.content.upperBound])
    guard value.tag == 4, value.end == information.content.upperBound,
      let digest = SHA256Digest(bytes: Array(signed[value.content]))
    else { throw SignatureError("the image's digest in it is not SHA-256") }
    self.digest = digest
  }

  /// Who signed; throws unless the signature holds for the digest, and its signer is trusted.
  public func verify(trusted: CertificateList) throws -> [Signer] {
    try message.verify(trusted: trusted) {
      var rest: [UInt8]? = signed
      return { rest.take() }
    }
  }
}

/// Parts of DER.
enum DER {
  /// The content of an object identifier.
  static func identifier(_ parts: [Int]) -> [UInt8] {
    var bytes = [UInt8(parts[0] * 40 + parts[1])]
    for part in parts.dropFirst(2) {
      var groups = [UInt8(part & 0x7F)]
      var rest = part >> 7
      while rest > 0 {
        groups.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      bytes += groups.reversed()
    }
    return bytes
  }
}
