import Comparing
import Digests
import Model
import SystemPackage
import TestFixtures
import Testing

/// Signatures of Mach-O files and of Android packages.
@Suite struct CodeSignatureTests {
  private static func number(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A file for one processor whose last segment has a code signature.
  private func machO(signature: [UInt8], filled: Int = 0, code: [UInt8] = Reconstructed.noise(200)) -> [UInt8] {
    let number = Self.number
    let header = 32 + 72 + 16
    let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (signature.count + 8) >> $0) }
    let blob = [0xFA, 0xDE, 0x0C, 0xC0] + length + signature + [UInt8](repeating: 0, count: filled)
    var bytes: [UInt8] = [0xCF, 0xFA, 0xED, 0xFE] + number(0x0100_0007, 4) + number(3, 4) + number(2, 4)
    bytes += number(2, 4) + number(88, 4) + number(0, 8)
    bytes += number(0x19, 4) + number(72, 4) + Array("__LINKEDIT\0\0\0\0\0\0".utf8) + number(0x1000, 8)
    bytes += number((code.count + blob.count + 4095) / 4096 * 4096, 8) + number(header, 8)
    bytes += number(code.count + blob.count, 8) + number(1, 4) + number(1, 4) + number(0, 8)
    bytes += number(0x1D, 4) + number(16, 4) + number(header + code.count, 4) + number(blob.count, 4)
    return bytes + code + blob
  }

  @Test func machOSignature() async throws {
    let rebuilt = machO(signature: Reconstructed.noise(40, seed: 5))
    let shipped = machO(signature: Reconstructed.noise(400, seed: 6), filled: 16)
    let exception = DeclaredException.test(.machoSignature, verify: .unverified)
    let comparison = try await Reconstructed.compare(shipped, rebuilt, [exception])
    #expect(comparison.verdict == .equivalent, "\(comparison.reconstruction?.refusals ?? [])")
    #expect(comparison.reconstruction?.patches.compactMap(\.signer) == ["not verified, as declared"])
    var changed = shipped
    changed[32 + 72 + 16 + 100] ^= 1
    #expect(try await Reconstructed.compare(changed, rebuilt, [exception]).verdict == .different)
    changed = shipped
    changed[shipped.count - 1] = 1
    #expect(try await Reconstructed.compare(changed, rebuilt, [exception]).verdict == .different)
    #expect(try await Reconstructed.compare(shipped + [0], rebuilt, [exception]).verdict == .different)
    // Nobody signed it, so it cannot be verified.
    let verified = DeclaredException.test(
      .machoSignature, verify: .certificates(try SigningFixture().certificate("signer")))
    #expect(try await Reconstructed.compare(shipped, rebuilt, [verified]).verdict == .different)
  }

  /// A file with a signature that signs its pages, in a place of fixed size.
  private func signedMachO(
    by signing: SigningFixture, name: String = "signer", entitlements: [UInt8] = Array("plain".utf8),
    signedEntitlements: [UInt8]? = nil, code: [UInt8] = Reconstructed.noise(9000)
  ) throws -> [UInt8] {
    func big(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    func part(_ mark: Int, _ content: [UInt8]) -> [UInt8] { big(mark) + big(content.count + 8) + content }
    let place = 4096 - 8
    let file = machO(signature: [UInt8](repeating: 0, count: place), code: code)
    let signed = Array(file[..<(file.count - 4096)])
    let rights = part(0xFADE_7171, entitlements)
    var hashes: [UInt8] = []
    for kind in (1...5).reversed() {
      hashes +=
        kind == 5
        ? SHA256Digest.of(part(0xFADE_7171, signedEntitlements ?? entitlements)).bytes
        : [UInt8](repeating: 0, count: 32)
    }
    for start in stride(from: 0, to: signed.count, by: 4096) {
      hashes += SHA256Digest.of(Array(signed[start..<min(signed.count, start + 4096)])).bytes
    }
    let pages = (signed.count + 4095) / 4096
    let fields = big(0x20400) + big(0) + big(46 + 160) + big(44) + big(5) + big(pages) + big(signed.count)
    let directory = part(0xFADE_0C02, fields + [32, 2, 0, 12] + big(0) + Array("x\0".utf8) + hashes)
    let message = part(0xFADE_0B01, try signing.signature(of: directory, by: name))
    let first = 12 + 24
    var blob = big(3) + big(0) + big(first) + big(5) + big(first + directory.count)
    blob += big(0x10000) + big(first + directory.count + rights.count) + directory + rights + message
    blob = [0xFA, 0xDE, 0x0C, 0xC0] + big(blob.count + 8) + blob
    return signed + blob + [UInt8](repeating: 0, count: 4096 - blob.count)
  }

  @Test func verifiedMachOSignature() async throws {
    let signing = try SigningFixture()
    let exception = DeclaredException.test(
      .machoSignature, verify: .certificates(try signing.certificate("signer")))
    let code = Reconstructed.noise(9000)
    let rebuilt = machO(signature: Reconstructed.noise(40, seed: 5), code: code)
    func verdict(_ shipped: [UInt8]) async throws -> Comparison {
      try await Reconstructed.compare(shipped, rebuilt, [exception])
    }
    let shipped = try signedMachO(by: signing)
    let good = try await verdict(shipped)
    #expect(good.verdict == .equivalent, "\(good.reconstruction?.refusals ?? [])")
    #expect(good.reconstruction?.patches.compactMap(\.signer).first?.hasPrefix("verified: CN=Test Signer") == true)
    #expect(try await verdict(try signedMachO(by: signing, name: "other")).verdict == .different)
    #expect(
      try await verdict(try signedMachO(by: signing, signedEntitlements: Array("other".utf8))).verdict == .different)
    // The code, the first page's header, the list, the entitlements, what fills up.
    let start = shipped.count - 4096
    for index in [3000, 24, start + 100, start + 500, shipped.count - 1] {
      var changed = shipped
      changed[index] ^= 1
      #expect(try await verdict(changed).verdict == .different, "\(index)")
    }
    // A signature that holds for other code.
    let other = try await verdict(try signedMachO(by: signing, code: Reconstructed.noise(9000, seed: 77)))
    #expect(other.verdict == .different)
    #expect(!other.differences.contains { $0.region == "verification of the signature" })
  }

  private func package(_ text: String = "text\n") throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try folder.write("a.txt", text)
    try folder.write("b.txt", "more\n")
    let made = try FixtureProcess.shell(
      "cd \"$1\" && touch -t 202001010000 a.txt b.txt && zip -q -X -0 made.apk a.txt b.txt", [folder.path.string])
    try #require(made.status == 0, "\(made.errors)")
    return try folder.read("made.apk")
  }

  /// With a block of the later schemes before the central directory.
  private func signed(_ package: [UInt8], _ value: [UInt8]) -> [UInt8] {
    let number = Self.number
    let pair = number(value.count + 4, 8) + number(0x7109_871A, 4) + value
    let size = number(pair.count + 24, 8)
    let block = size + pair + size + Array("APK Sig Block 42".utf8)
    let end = package.count - 22
    let directory = (0..<4).reduce(0) { $0 | Int(package[end + 16 + $1]) << (8 * $1) }
    var signed = Array(package[..<directory]) + block + package[directory...]
    for (index, byte) in number(directory + block.count, 4).enumerated() {
      signed[end + block.count + 16 + index] = byte
    }
    return signed
  }

  /// The value of a block of scheme 2 for a package without one.
  private func value(
    _ package: [UInt8], by signing: SigningFixture, name: String = "signer", stuffing: [UInt8] = []
  ) throws -> [UInt8] {
    let number = Self.number
    func part(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count, 4) + bytes }
    let end = package.count - 22
    let directory = (0..<4).reduce(0) { $0 | Int(package[end + 16 + $1]) << (8 * $1) }
    // All of it is short, so that each part is one piece.
    let pieces = [package[..<directory], package[directory..<end], package[end...]].flatMap { piece in
      SHA256Digest.of([0xA5] + number(piece.count, 4) + Array(piece)).bytes
    }
    let digest = SHA256Digest.of([0x5A] + number(3, 4) + pieces).bytes
    try signing.run(
      """
      openssl x509 -in \(name).pem -outform DER -out certificate.der
      openssl x509 -in \(name).pem -pubkey -noout | openssl pkey -pubin -outform DER -out key.der
      """)
    let digests = part(part(number(0x0201, 4) + part(digest)))
    let signed = digests + part(part(try signing.folder.read("certificate.der"))) + part([])
    try signing.folder.write("signed", signed)
    try signing.run("openssl dgst -sha256 -sign \(name).key -out made signed")
    let signatures = part(part(number(0x0201, 4) + part(try signing.folder.read("made"))))
    let signer = part(signed) + signatures + part(try signing.folder.read("key.der"))
    return part(part(signer)) + stuffing
  }

  @Test func verifiedApkSignature() async throws {
    let signing = try SigningFixture()
    let rebuilt = try package()
    let exception = DeclaredException.test(
      .apkSignature, verify: .certificates(try signing.certificate("signer")))
    func compare(_ shipped: [UInt8]) async throws -> Comparison {
      try await Reconstructed.compare(shipped, rebuilt, [exception])
    }
    let shipped = signed(rebuilt, try value(rebuilt, by: signing))
    let good = try await compare(shipped)
    #expect(good.verdict == .equivalent, "\(good.reconstruction?.refusals ?? [])")
    #expect(good.reconstruction?.patches.compactMap(\.signer).first?.hasPrefix("verified: CN=Test Signer") == true)
    let other = try package("Text\n")
    for wrong in [
      try value(rebuilt, by: signing, name: "other"), try value(other, by: signing),
      try value(rebuilt, by: signing, stuffing: [0]), try value(rebuilt, by: signing).dropLast(),
    ] {
      let comparison = try await compare(signed(rebuilt, Array(wrong)))
      #expect(comparison.verdict == .different)
      #expect(comparison.differences.contains { $0.region == "verification of the signature" })
    }
    // A signature that holds for another package.
    #expect(try await compare(signed(other, try value(other, by: signing))).verdict == .different)
    for index in stride(from: 0, to: shipped.count, by: 41) {
      var changed = shipped
      changed[index] ^= 1
      #expect(try await compare(changed).verdict == .different, "\(index)")
    }
  }

  @Test func apkSignature() async throws {
    let rebuilt = try package()
    let shipped = signed(rebuilt, Reconstructed.noise(300))
    let exception = DeclaredException.test(.apkSignature, verify: .unverified)
    let comparison = try await Reconstructed.compare(shipped, rebuilt, [exception])
    #expect(comparison.verdict == .equivalent, "\(comparison.reconstruction?.refusals ?? [])")
    #expect(comparison.reconstruction?.counts.map(\.what) == ["signature", "end record central directory offset"])
    // Each side has its own.
    let ours = signed(rebuilt, Reconstructed.noise(200, seed: 8))
    #expect(try await Reconstructed.compare(shipped, ours, [exception]).verdict == .equivalent)
    let other = try package("Text\n")
    #expect(try await Reconstructed.compare(shipped, other, [exception]).verdict == .different)
    #expect(
      try await Reconstructed.compare(shipped, rebuilt, [.test(.jarSignature, verify: .unverified)]).verdict
        == .different)
    let verified = DeclaredException.test(
      .apkSignature, verify: .certificates(try SigningFixture().certificate("signer")))
    // What is in the block is no signature.
    let refused = try await Reconstructed.compare(shipped, rebuilt, [verified])
    #expect(refused.verdict == .different)
    #expect(refused.differences.contains { $0.region == "verification of the signature" })
  }
}
