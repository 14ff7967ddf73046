import Formats
import Testing

@Suite struct OpenPGPFileTests {
  /// A signature of version 4 with made-up numbers.
  static func signature(time: UInt8 = 0, issuer: UInt8 = 5) -> [UInt8] {
    let hashed: [UInt8] = [5, 2, 0x65, 0, 0, time]
    let unhashed: [UInt8] = [9, 16] + [UInt8](repeating: issuer, count: 8)
    let body: [UInt8] =
      [4, 0, 1, 8, 0, UInt8(hashed.count)] + hashed + [0, UInt8(unhashed.count)] + unhashed + [0xAB, 0xCD]
      + [1, 0] + [UInt8](repeating: 0x77, count: 32)
    return [0x88, UInt8(body.count)] + body
  }

  @Test func aSignaturesPartsAreNamed() throws {
    let bytes = Self.signature()
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "signature: header 2 883c", "signature: version 1 4", "signature: type 1 0x0",
        "signature: key algorithm 1 RSA (1)", "signature: digest algorithm 1 SHA-256 (8)",
        "signature: hashed length 2 6", "signature: creation time 6 2023-09-12 06:06:56Z",
        "signature: unhashed length 2 10", "signature: issuer key ID 10 0505050505050505",
        "signature: digest start 2 abcd", "signature: signature 34 0100\(String(repeating: "77", count: 32))",
      ])
    try LayoutCheck.layout(of: bytes, name: "x.sig", as: "OpenPGP")
    try LayoutCheck.survives(bytes)
  }

  @Test func whatVariesIsNamed() throws {
    #expect(
      try LayoutCheck.differences(Self.signature(), Self.signature(time: 1)) == ["signature: creation time"])
    let (one, other) = (Self.armoured(), Self.armoured(time: 1))
    #expect(try LayoutCheck.differences(one, other) == ["PGP SIGNATURE: packets"])
    try LayoutCheck.layout(of: one, as: "OpenPGP")
    #expect(
      try LayoutCheck.lines(of: one).contains {
        $0.contains("signature, creation time 2023-09-12 06:06:56Z, issuer key ID")
      })
    try LayoutCheck.survives(one)
  }

  private static func armoured(time: UInt8 = 0) -> [UInt8] {
    CertificateTests.armoured(signature(time: time), "PGP SIGNATURE")
  }
}
