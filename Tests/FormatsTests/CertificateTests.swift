import Formats
import Testing

@Suite struct CertificateTests {
  /// A certificate with made-up numbers.
  static func certificate(serial: UInt8 = 7, year: String = "24", signature: UInt8 = 1) -> [UInt8] {
    let name = DER.sequence([
      DER.set([DER.sequence([DER.object([0x55, 4, 3]), DER.value(12, Array("Example CA".utf8))])])
    ])
    let algorithm = DER.sequence([DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11]), DER.value(5, [])])
    let validity = DER.sequence([
      DER.value(23, Array("\(year)0101000000Z".utf8)), DER.value(23, Array("340101000000Z".utf8)),
    ])
    let key = DER.sequence([algorithm, DER.value(3, [0] + [UInt8](repeating: 9, count: 40))])
    let identifier = DER.sequence([DER.object([0x55, 29, 14]), DER.value(4, [4, 2, 1, 2])])
    let content = DER.sequence([
      DER.value(0xA0, DER.value(2, [2])), DER.value(2, [serial]), algorithm, name, validity, name, key,
      DER.value(0xA3, DER.sequence([identifier])),
    ])
    return DER.sequence([content, algorithm, DER.value(3, [0] + [UInt8](repeating: signature, count: 200))])
  }

  static func signedData(time: String = "240101000000Z") -> [UInt8] {
    let digest = DER.sequence([DER.object([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1])])
    let attribute = DER.sequence([
      DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 5]), DER.set([DER.value(23, Array(time.utf8))]),
    ])
    let signer = DER.sequence([
      DER.value(2, [1]), DER.sequence([DER.sequence([]), DER.value(2, [7])]), digest, DER.value(0xA0, attribute),
      digest, DER.value(4, [UInt8](repeating: 3, count: 64)),
    ])
    let content = DER.sequence([DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1])])
    let signed = DER.sequence([
      DER.value(2, [1]), DER.set([digest]), content, DER.value(0xA0, certificate()), DER.set([signer]),
    ])
    return DER.sequence([DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2]), DER.value(0xA0, signed)])
  }

  @Test func aCertificatesFieldsAreNamed() throws {
    let bytes = Self.certificate()
    #expect(
      try LayoutCheck.lines(of: bytes).filter { !$0.contains("length") } == [
        "certificate version 5 02", "serial number 3 07", "signature algorithm 15 SHA-256 with RSA",
        "issuer 23 CN=Example CA", "not before 15 2024-01-01 00:00:00Z", "not after 15 2034-01-01 00:00:00Z",
        "subject 23 CN=Example CA",
        "public key 60 SHA-256 with RSA, 00\(String(repeating: "09", count: 40))",
        "extension subjectKeyIdentifier 13 subjectKeyIdentifier=04020102", "signature algorithm #2 15 SHA-256 with RSA",
        "signature 205 00\(String(repeating: "01", count: 200))",
      ])
    try LayoutCheck.layout(of: bytes, name: "x.crt", as: "DER")
    try LayoutCheck.survives(bytes)
  }

  @Test func whatVariesIsNamed() throws {
    let one = Self.certificate()
    #expect(try LayoutCheck.differences(one, Self.certificate(serial: 8)) == ["serial number"])
    #expect(try LayoutCheck.differences(one, Self.certificate(year: "23")) == ["not before"])
    #expect(try LayoutCheck.differences(one, Self.certificate(signature: 2)) == ["signature"])
    #expect(
      try LayoutCheck.differences(Self.signedData(), Self.signedData(time: "240101000001Z")) == [
        "signer: signed attribute signingTime"
      ])
  }

  @Test func signedDataHasGroupsForCertificatesAndSigners() throws {
    let layout = try LayoutCheck.layout(of: Self.signedData(), as: "DER")
    #expect(layout.groups.map(\.name) == ["", "certificate of CN=Example CA", "signer"])
    try LayoutCheck.survives(Self.signedData())
  }

  @Test func armourIsReadAsWell() throws {
    let text = Self.armoured(Self.certificate(), "CERTIFICATE")
    let layout = try LayoutCheck.layout(of: text, as: "PEM")
    #expect(layout.groups.map(\.name) == ["", "CERTIFICATE of CN=Example CA"])
    #expect(
      try LayoutCheck.differences(text, Self.armoured(Self.certificate(serial: 8), "CERTIFICATE")) == [
        "CERTIFICATE of CN=Example CA: content"
      ])
    let content = try #require(try LayoutCheck.lines(of: text).first { $0.contains("content") })
    #expect(content.contains("serial number: 07; ") && content.contains("not before: 2024-01-01 00:00:00Z"))
    try LayoutCheck.survives(text)
  }

  @Test(arguments: [[0x30, 0x03, 0x02, 0x01], [0x30, 0x82, 0xFF, 0xFF, 0, 0, 0, 0, 0], Array("0\u{8}hello wo".utf8)])
  func otherBytesAreNotTaken(bytes: [UInt8]) throws {
    #expect(try LayoutCheck.format(of: bytes) == nil)
  }

  static func armoured(_ bytes: [UInt8], _ label: String) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let number = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for index in 0..<4 {
        text.append(index <= part.count ? alphabet[number >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
      }
      if text.count % 65 == 64 { text.append(0x0A) }
    }
    return Array("-----BEGIN \(label)-----\n".utf8) + text + Array("\n-----END \(label)-----\n".utf8)
  }
}

/// Writes ASN.1's distinguished encoding.
enum DER {
  static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    content.count < 128
      ? [tag, UInt8(content.count)] + content
      : [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
  }

  static func sequence(_ parts: [[UInt8]]) -> [UInt8] { value(0x30, parts.flatMap { $0 }) }
  static func set(_ parts: [[UInt8]]) -> [UInt8] { value(0x31, parts.flatMap { $0 }) }
  static func object(_ encoded: [UInt8]) -> [UInt8] { value(6, encoded) }
}
