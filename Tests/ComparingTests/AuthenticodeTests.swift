import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Signatures of PE images, as osslsigncode makes them.
@Suite struct AuthenticodeTests {
  static let hasTool: Bool = {
    let isThere = (try? FixtureProcess.shell("command -v osslsigncode").status) == 0
    if !isThere { print("SKIP: osslsigncode is not installed, so signatures of PE images are not tested") }
    return isThere
  }()

  let signing: SigningFixture
  let exception: DeclaredException

  init() throws {
    signing = try SigningFixture()
    exception = .test(.authenticode, verify: .certificates(try signing.certificate("signer")))
  }

  /// An image of one section, with what lies behind it.
  private func image(overlay: [UInt8] = []) -> [UInt8] {
    func little(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var bytes = Array("MZ".utf8) + little(0, 58) + little(64, 4) + Array("PE\0\0".utf8)
    bytes += little(0x8664, 2) + little(1, 2) + little(0, 12) + little(240, 2) + little(0x22, 2)
    bytes += little(0x20B, 2) + little(0, 2) + little(512, 4) + little(0, 8) + little(0x1000, 4) + little(0x1000, 4)
    bytes += little(0x1_4000_0000, 8) + little(0x1000, 4) + little(512, 4) + little(6, 2) + little(0, 6) + little(6, 2)
    bytes += little(0, 6) + little(0x2000, 4) + little(512, 4) + little(0, 4) + little(10, 2) + little(0, 2)
    bytes += little(0, 36) + little(16, 4) + little(0, 128)
    bytes += Array(".text\0\0\0".utf8) + little(512, 4) + little(0x1000, 4) + little(512, 4) + little(512, 4)
    bytes += little(0, 12) + little(0x6000_0020, 4)
    return bytes + little(0, 512 - bytes.count) + Reconstructed.noise(512) + overlay
  }

  private func signed(_ image: [UInt8], by name: String = "signer") throws -> [UInt8] {
    try signing.folder.write("image.exe", image)
    try signing.run(
      """
      rm -f signed.exe
      osslsigncode sign -certs \(name).pem -key \(name).key -h sha256 -in image.exe -out signed.exe >made 2>&1 || {
        cat made >&2; exit 1; }
      """)
    return try signing.folder.read("signed.exe")
  }

  private func flaws(_ comparison: Comparison) -> [String] {
    comparison.differences.filter { $0.region == "verification of the signature" }.compactMap(\.shipped)
  }

  @Test(.enabled(if: hasTool), arguments: [0, 5, 8]) func signature(overlay: Int) async throws {
    let image = image(overlay: Reconstructed.noise(overlay))
    let shipped = try signed(image)
    let comparison = try await Reconstructed.compare(shipped, image, [exception])
    #expect(comparison.verdict == .equivalent, "\(comparison.reconstruction?.refusals ?? [])")
    #expect(Set(comparison.reconstruction?.counts.map(\.what) ?? []) == ["signature", "header"])
    #expect(comparison.reconstruction?.patches.compactMap(\.signer).first?.contains("CN=Test Signer") == true)
    // Ours may be signed by somebody else.
    let ours = try signed(image, by: "other")
    #expect(try await Reconstructed.compare(shipped, ours, [exception]).verdict == .equivalent)
    #expect(flaws(try await Reconstructed.compare(ours, shipped, [exception])).count == 1)
  }

  @Test(.enabled(if: hasTool)) func otherBytes() async throws {
    let image = image()
    let shipped = try signed(image)
    // The program, a header that no signature needs, the checksum, what the signature has, what follows it.
    for (index, isFlaw) in [(700, true), (70, true), (64 + 24 + 64, true), (shipped.count - 20, true)] {
      var changed = shipped
      changed[index] ^= 1
      let comparison = try await Reconstructed.compare(changed, image, [exception])
      #expect(comparison.verdict == .different, "\(index)")
      #expect(flaws(comparison).isEmpty != isFlaw, "\(index)")
    }
    var other = image
    other[700] ^= 1
    let comparison = try await Reconstructed.compare(shipped, other, [exception])
    #expect(comparison.verdict == .different)
    #expect(flaws(comparison).isEmpty)
    #expect(try await Reconstructed.compare(shipped + [0], image, [exception]).verdict == .different)
    #expect(try await Reconstructed.compare(image, shipped, [exception]).verdict == .different)
  }

  /// Bytes in the table of certificates that belong to no signature have hidden programs before.
  @Test(.enabled(if: hasTool)) func bytesHiddenInTheTable() async throws {
    let image = image()
    var shipped = try signed(image)
    let start = (0..<4).reduce(0) { $0 | Int(shipped[64 + 24 + 144 + $1]) << (8 * $1) }
    let size = shipped.count - start
    shipped += [UInt8](repeating: 0xCC, count: 16)
    for (place, value) in [(64 + 24 + 148, size + 16), (start, size + 16)] {
      for index in 0..<4 { shipped[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    // Without the checksum, lest that alone is what is refused.
    for index in 0..<4 { shipped[64 + 24 + 64 + index] = 0 }
    for verify in [exception.verify, .unverified] {
      let comparison = try await Reconstructed.compare(shipped, image, [.test(.authenticode, verify: verify)])
      #expect(comparison.verdict == .different)
    }
  }
}
