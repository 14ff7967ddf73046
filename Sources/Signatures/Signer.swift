public import Model

/// Who made a signature that holds.
public struct Signer: Hashable, Sendable {
  /// The certificate's subject, as RFC 2253 writes it.
  public let subject: String
  /// The certificate's serial number, hexadecimal.
  public let serial: String
  /// The SHA-256 of the certificate.
  public let certificate: SHA256Digest

  /// For people.
  public var text: String { "\(subject), serial number \(serial), certificate sha256 \(certificate.hex)" }
}
