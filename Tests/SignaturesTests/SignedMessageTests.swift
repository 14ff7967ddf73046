import Model
import Signatures
import TestFixtures
import Testing

/// Signatures as the openssl command makes them.
@Suite struct SignedMessageTests {
  static let content = Array("what was signed".utf8)

  /// Who signed, when the signature holds.
  static func signers(_ der: [UInt8], _ trusted: String, of content: [UInt8] = content) throws -> [Signer] {
    try SignedMessage(der: der).verify(trusted: CertificateList(pem: Array(trusted.utf8))) {
      var rest: [UInt8]? = content
      return { rest.take() }
    }
  }

  let fixture: SigningFixture

  init() throws { fixture = try SigningFixture() }

  @Test(arguments: ["", "-noattr", "-noattr -nocerts", "-nosmimecap", "-md sha512"])
  func holdsForItsBytesAndItsSigner(options: String) throws {
    let der = try fixture.signature(of: Self.content, options: options)
    let signer = try #require(try Self.signers(der, fixture.certificate("signer")).first)
    #expect(signer.subject == "CN=Test Signer,O=Vendor")
    #expect(signer.serial == "2a")
    #expect(try SignedMessage(der: der).isDetached)
    #expect(throws: SignatureError.self) {
      try Self.signers(der, fixture.certificate("signer"), of: Self.content + [0])
    }
  }

  @Test func trustsWhatLeadsUpToADeclaredCertificate() throws {
    let der = try fixture.signature(of: Self.content)
    #expect(try Self.signers(der, fixture.certificate("root")).first?.subject == "CN=Test Signer,O=Vendor")
    #expect(try Self.signers(der, fixture.certificate("other") + fixture.certificate("root")).count == 1)
    #expect(throws: SignatureError.self) { try Self.signers(der, fixture.certificate("other")) }
  }

  /// The signer's certificate is neither in the message nor declared, though its issuer is.
  @Test func needsTheSignersCertificate() throws {
    let der = try fixture.signature(of: Self.content, options: "-nocerts")
    #expect(throws: SignatureError.self) { try Self.signers(der, fixture.certificate("root")) }
  }

  @Test func refusesWeakDigests() throws {
    let der = try fixture.signature(of: Self.content, options: "-md sha1")
    #expect(throws: SignatureError.self) { try Self.signers(der, fixture.certificate("signer")) }
  }

  /// Every one of several signers has to be trusted.
  @Test func refusesASecondSignerWhoIsNotTrusted() throws {
    let der = try fixture.signature(of: Self.content, options: "-signer other.pem -inkey other.key")
    #expect(throws: SignatureError.self) { try Self.signers(der, fixture.certificate("signer")) }
    #expect(try Self.signers(der, fixture.certificate("signer") + fixture.certificate("other")).count == 2)
  }

  /// A message that signs another message has a content, which is none of those that only the application knows.
  @Test(arguments: [UInt8(2), 3, 4, 5, 6]) func aMessageWithinAMessageIsAContent(kind: UInt8) throws {
    func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
    func type(_ kind: UInt8) -> [UInt8] { element(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, kind]) }
    func signed(_ content: [UInt8]) -> [UInt8] {
      element(0x30, element(2, [1]) + element(0x31, []) + element(0x30, content) + element(0x31, []))
    }
    func message(_ content: [UInt8]) -> [UInt8] { element(0x30, type(2) + element(0xA0, signed(content))) }
    let inner = kind == 2 ? signed(type(1)) : element(0x30, element(2, [1]) + type(1))
    if let message = try? SignedMessage(der: message(type(kind) + element(0xA0, inner))) {
      #expect(!message.isDetached)
    } else {
      #expect(kind != 2)
    }
    #expect(try SignedMessage(der: message(type(kind))).isDetached)
  }

  @Test func refusesWhatFollowsTheMessage() throws {
    let der = try fixture.signature(of: Self.content)
    #expect(throws: SignatureError.self) { try SignedMessage(der: der + [0]) }
    #expect(throws: SignatureError.self) { try SignedMessage(der: Array(der.dropLast())) }
    #expect(throws: SignatureError.self) { try SignedMessage(der: []) }
  }

  @Test func saysWhetherTheContentIsInside() throws {
    #expect(try !SignedMessage(der: fixture.signature(of: Self.content, options: "-nodetach")).isDetached)
  }

  /// However a signature is damaged, it does not hold for other bytes, and nothing traps.
  @Test func survivesDamage() throws {
    let der = try fixture.signature(of: Self.content)
    let trusted = try fixture.certificate("signer")
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var damaged = der
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      #expect(throws: (any Error).self) { try Self.signers(damaged, trusted, of: [1, 2, 3]) }
    }
    for length in stride(from: 0, to: der.count, by: 7) {
      #expect(throws: (any Error).self) { try SignedMessage(der: Array(der[..<length])) }
    }
  }

  @Test(arguments: ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
  func refusesWhatIsNoCertificate(text: String) {
    #expect(throws: SignatureError.self) { try CertificateList(pem: Array(text.utf8)) }
  }

  /// A private key beside the certificate was certainly not meant to be there.
  @Test func refusesOtherThingsAmongCertificates() throws {
    let text = try fixture.certificate("signer") + String(decoding: fixture.folder.read("signer.key"), as: UTF8.self)
    #expect(throws: SignatureError.self) { try CertificateList(pem: Array(text.utf8)) }
  }
}
