import Model

@testable import RecipeFormat
@testable import Signatures

/// What reads signatures, and what they are verified against.
enum SignatureTargets {
  static let all: [RefusingTarget] = [
    RefusingTarget(name: "der-element") { try walk($0[...], depth: 0) },
    RefusingTarget(name: "certificate-list") { _ = try CertificateList(pem: $0).count },
    RefusingTarget(name: "signing-certificate", read: certificate),
    RefusingTarget(name: "signed-message", read: message),
    RefusingTarget(name: "authenticode-message") { bytes in
      _ = try AuthenticodeMessage(der: bytes).verify(trusted: try trusted())
    },
    RefusingTarget(name: "openpgp-packets", read: packets),
    RefusingTarget(name: "openpgp-keyring", read: keyring),
    RefusingTarget(name: "exception-file", read: exceptions),
    RefusingTarget(name: "recipe") { _ = try RecipeParser.parse(bytes: $0, file: "recipe.yaml") },
    RefusingTarget(name: "lock") { _ = try LockFile.decode(bytes: $0, file: "recipe.lock") },
  ]

  /// The certificate that signed the messages of the corpus.
  static let signer = """
    -----BEGIN CERTIFICATE-----
    MIIBdTCCARugAwIBAgIUAXkIhdlj0T+SMvE96eWmkDCP7t8wCgYIKoZIzj0EAwIw
    DzENMAsGA1UEAwwERnV6ejAgFw0yNjExMjMxNTA2MTlaGA8yMTI2MTAzMDE1MDYx
    OVowDzENMAsGA1UEAwwERnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOjX
    /zQVGiyjQzonDnJk3IvFZ+jQTKmFB4ogtNJj48B181ew9gsASuVUqsHD4j6L6F7j
    LETy7Yhw/+ejvE01JU+jUzBRMB0GA1UdDgQWBBRNF55/OULiSdmhZ92U7QEUrT6L
    GTAfBgNVHSMEGDAWgBRNF55/OULiSdmhZ92U7QEUrT6LGTAPBgNVHRMBAf8EBTAD
    AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCSNgwPeCSAEHqKgh1AH0siTKGsMmGxFyv0
    Dcc9eCnCRQIgEg8dOEeuC5jiTZQfkVbnGHgWWYiZGea7BKYIklczg4I=
    -----END CERTIFICATE-----

    """

  static func trusted() throws -> CertificateList { try CertificateList(pem: Array(signer.utf8)) }

  /// What the signatures of the corpus are of.
  static func content() -> () -> [UInt8]? {
    var rest: [UInt8]? = Array("content".utf8)
    return { rest.take() }
  }

  /// Elements within elements: each must be within what it was read from.
  private static func walk(_ bytes: ArraySlice<UInt8>, depth: Int) throws {
    var rest = bytes
    while !rest.isEmpty {
      let element = try DERElement(rest)
      guard element.content.lowerBound >= rest.startIndex + 2, element.end <= rest.endIndex else {
        broken("an element's content is at \(element.content), and its bytes at \(rest.indices)")
      }
      if element.tag & 0x20 != 0, depth < 64 { try? walk(rest[element.content], depth: depth + 1) }
      rest = rest[element.end...]
    }
  }

  private static func certificate(_ bytes: [UInt8]) throws {
    let cut = CutBytes(bytes)
    let certificate = try SigningCertificate(der: cut.first)
    _ = certificate.publicKey
    _ = try certificate.signer(trusted: try trusted())
    for scheme in [SigningCertificate.Scheme.rsaPSS, .usual] {
      try? certificate.requireSignature(cut.second, of: [1, 2, 3], scheme: scheme, isSHA256: true)
    }
  }

  private static func message(_ bytes: [UInt8]) throws {
    let message = try SignedMessage(der: bytes)
    if let other = try message.otherContent(), other.signed.count > other.encoded.count {
      broken("what is signed is longer than what encodes it")
    }
    guard message.isDetached else { return }
    _ = try message.verify(trusted: try trusted(), content: content)
  }

  private static func packets(_ bytes: [UInt8]) throws {
    for kind in ["SIGNATURE", "PUBLIC KEY BLOCK"] {
      guard let packets = try? OpenPGPPackets.read(bytes, kind: kind) else { continue }
      guard packets.reduce(0, { $0 + $1.body.count }) < bytes.count else {
        broken("packets are longer than the message")
      }
    }
    for signature in try OpenPGPSignature.read(bytes) { _ = try signature.hash(content()) }
  }

  /// Keys in armour, which need not be there, and then a signature.
  private static func keyring(_ bytes: [UInt8]) throws {
    let cut = CutBytes(bytes)
    let isArmoured = cut.first.starts(with: Array(OpenPGPKeyring.mark.utf8))
    let end = "-----END PGP PUBLIC KEY BLOCK-----"
    let armour = isArmoured ? [] : Array("\(OpenPGPKeyring.mark)\n\n\(base64(cut.first))\n\(end)\n".utf8)
    let keyring = try OpenPGPKeyring(armoured: isArmoured ? cut.first : armour)
    _ = try keyring.verify(try OpenPGPSignature.read(cut.second), content: content)
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(bytes.count, start + 3)]
      let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0..<4 { text.append(index <= group.count ? digits[number >> (18 - 6 * index) & 63] : "=") }
    }
    return text
  }

  /// What is read is written so that the same is read again.
  private static func exceptions(_ bytes: [UInt8]) throws {
    let exceptions = try ExceptionFile.parse(bytes: bytes, file: "exceptions.yaml")
    let again = try ExceptionFile.parse(bytes: try ExceptionFile.encode(exceptions), file: "exceptions.json")
    guard again == exceptions else { broken("exceptions are not the same after they were written and read") }
  }
}
