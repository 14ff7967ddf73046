import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Signatures of kernel modules, appended and detached ones.
@Suite struct SignatureExceptionTests {
  let signing: SigningFixture
  let signer: DeclaredException.Trust
  let other: DeclaredException.Trust

  init() throws {
    signing = try SigningFixture()
    signer = .certificates(try signing.certificate("signer"))
    other = .certificates(try signing.certificate("other"))
  }

  private func compare(
    _ shipped: [UInt8], _ rebuilt: [UInt8], _ exception: DeclaredException
  ) async throws -> Comparison {
    try await Reconstructed.compare(shipped, rebuilt, [exception])
  }

  /// The differences that say that a signature does not hold.
  private func flaws(_ comparison: Comparison) -> [String] {
    comparison.differences.filter { $0.region == "verification of the signature" }.compactMap(\.shipped)
  }

  @Test func moduleSignature() async throws {
    let module = KernelModule()
    let signed = try module.signed(by: signing)
    let comparison = try await compare(signed, module.bytes, .test(.moduleSignature, verify: signer))
    #expect(comparison.verdict == .equivalent)
    let patch = try #require(comparison.reconstruction?.patches.first)
    #expect(patch.offset == Int64(module.bytes.count) && patch.removed.isEmpty)
    #expect(patch.signer?.hasPrefix("verified: CN=Test Signer,O=Vendor") == true)
    #expect(comparison.reconstruction?.patches.count == 1)
    #expect(comparison.differences.allSatisfy { $0.exception?.contains("module-signature: a test") == true })
    // The kernel's messages have no certificates, so that of whoever leads up to it is not enough.
    let root = DeclaredException.Trust.certificates(try signing.certificate("root"))
    #expect(try await compare(signed, module.bytes, .test(.moduleSignature, verify: root)).verdict == .different)
    // Where nobody verifies it the report says so.
    let unverified = try await compare(signed, module.bytes, .test(.moduleSignature, verify: .unverified))
    #expect(unverified.reconstruction?.patches.first?.signer == "not verified, as declared")
  }

  @Test func wrongSigner() async throws {
    let module = KernelModule()
    let comparison = try await compare(
      try module.signed(by: signing), module.bytes, .test(.moduleSignature, verify: other))
    #expect(comparison.verdict == .different)
    #expect(flaws(comparison).count == 1)
    #expect(comparison.differences.last?.cause?.name == "content")
  }

  @Test func aSignatureOfOtherBytes() async throws {
    var module = KernelModule()
    let rebuilt = module.bytes
    var signed = try module.signed(by: signing)
    // The same change on both sides leaves only the signature, which no longer holds.
    signed[200] ^= 1
    var changed = rebuilt
    changed[200] ^= 1
    let both = try await compare(signed, changed, .test(.moduleSignature, verify: signer))
    #expect(both.verdict == .different)
    #expect(flaws(both).first?.contains("not a signature of these bytes") == true)
    // A signature that holds for a module that is not ours.
    module.body[100] ^= 1
    let one = try await compare(try module.signed(by: signing), rebuilt, .test(.moduleSignature, verify: signer))
    #expect(one.verdict == .different)
    #expect(flaws(one).isEmpty)
    #expect(one.reconstruction?.refusals.isEmpty == false)
  }

  @Test func bytesHiddenWithASignature() async throws {
    var module = KernelModule()
    let rebuilt = module.bytes
    let exception = DeclaredException.test(.moduleSignature, verify: signer)
    // Behind the message, within the length that its description gives.
    let stuffed = try module.signed(by: signing, stuffing: [1, 2, 3])
    #expect(try await compare(stuffed, rebuilt, exception).verdict == .different)
    // The ELF headers make the signature a part of the program.
    module.reach = 40
    let reaching = try module.signed(by: signing)
    module.reach = 40
    #expect(try await compare(reaching, module.bytes, exception).verdict == .different)
    // After all.
    #expect(try await compare(KernelModule().signed(by: signing) + [0], rebuilt, exception).verdict == .different)
  }

  @Test func appendedSignature() async throws {
    let body = Reconstructed.noise(3000)
    let signature = try signing.signature(of: body)
    let exception = DeclaredException.test(.appendedSignature, verify: signer)
    let comparison = try await compare(body + signature, body, exception)
    #expect(comparison.verdict == .equivalent)
    #expect(comparison.reconstruction?.counts.first?.bytes == Int64(signature.count))
    #expect(try await compare(body + signature + [0], body, exception).verdict == .different)
    #expect(
      try await compare(body + signature, body, .test(.appendedSignature, verify: other)).verdict == .different)
    var changed = body
    changed[7] ^= 1
    #expect(try await compare(changed + signature, body, exception).verdict == .different)
    #expect(flaws(try await compare(changed + signature, changed, exception)).count == 1)
    #expect(try await compare(body + Reconstructed.noise(800), body, exception).verdict == .different)
  }

  @Test func detachedSignatureInAFolder() async throws {
    let (shipped, rebuilt) = (try TemporaryFolder(), try TemporaryFolder())
    let body = Array("what was built\n".utf8)
    for folder in [shipped, rebuilt] {
      try folder.makeFolder("sub")
      try folder.write("sub/file", body)
    }
    try shipped.write("sub/file.p7s", try signing.signature(of: body))
    func verdict(_ exceptions: [DeclaredException]) async throws -> Comparison {
      try await Comparison.compare(shipped: shipped.path, rebuilt: rebuilt.path, exceptions: exceptions)
    }
    let good = try await verdict([.test(.detachedSignature, "sub/*.p7s", verify: signer)])
    #expect(good.verdict == .equivalent)
    #expect(good.reconstruction?.sha256 == good.shipped.sha256)
    #expect(good.differences.map { $0.exception != nil } == [true])
    #expect(try await verdict([.test(.detachedSignature, "sub/*.sig", verify: signer)]).verdict == .different)
    #expect(flaws(try await verdict([.test(.detachedSignature, "**", verify: other)])).count == 1)
    try shipped.write("sub/file.p7s", Array("no signature".utf8))
    #expect(try await verdict([.test(.detachedSignature, "**", verify: signer)]).verdict == .different)
    #expect(try await verdict([.test(.detachedSignature, "**", verify: .unverified)]).verdict == .different)
    try shipped.write("sub/file.p7s", try signing.signature(of: body))
    try rebuilt.write("more", [1])
    #expect(try await verdict([.test(.detachedSignature, "**", verify: signer)]).verdict == .different)
  }

  @Test func openPGPSignature() async throws {
    let folder = try TemporaryFolder()
    let body = Reconstructed.noise(500)
    try folder.write("body", body)
    let made = try FixtureProcess.shell(
      """
      command -v gpg >/dev/null || exit 77
      set -e; cd "$1"; mkdir -m 700 h; export GNUPGHOME="$1/h"
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Vendor <v@example.org>' ed25519 sign never
      gpg --batch --armor --export >keys; gpg --batch --quiet --output sig --detach-sign body; gpgconf --kill all || true
      """, [folder.path.string])
    guard made.status != 77 else {
      return print("SKIP: gpg is not installed, so no exception for its signatures is tested")
    }
    try #require(made.status == 0, "\(made.errors)")
    let keys = DeclaredException.Trust.certificates(String(decoding: try folder.read("keys"), as: UTF8.self))
    let shipped = body + (try folder.read("sig"))
    let good = try await compare(shipped, body, .test(.appendedSignature, verify: keys))
    #expect(good.verdict == .equivalent, "\(good.reconstruction?.refusals ?? [])")
    #expect(
      good.reconstruction?.patches.first?.signer?.hasPrefix("verified: Vendor <v@example.org>, OpenPGP key") == true)
    #expect(flaws(try await compare(shipped, body, .test(.appendedSignature, verify: signer))).count == 1)
    #expect(flaws(try await compare(shipped + [0], body, .test(.appendedSignature, verify: keys))).count == 1)
    #expect(try await compare(shipped, body, .test(.appendedSignature, verify: .unverified)).verdict == .equivalent)
  }

  @Test func detachedSignatureInAnArchive() async throws {
    func tar(_ signature: [UInt8]?, text: String = "built") -> [UInt8] {
      var tar = TarBuilder()
      tar.file("file", text)
      if let signature { tar.entry(TarBuilder.Header("file.sig"), signature) }
      tar.file("last", "end")
      return tar.finished()
    }
    let signature = try signing.signature(of: Array("built".utf8))
    let exception = DeclaredException.test(.detachedSignature, "*.sig", verify: signer)
    #expect(try await compare(tar(signature), tar(nil), exception).verdict == .equivalent)
    #expect(try await compare(tar(signature + [1]), tar(nil), exception).verdict == .different)
    #expect(try await compare(tar(signature, text: "other"), tar(nil, text: "other"), exception).verdict == .different)
    // Each side's own signature: ours is as good as theirs.
    let ours = try signing.signature(of: Array("built".utf8), by: "other")
    #expect(try await compare(tar(signature), tar(ours), exception).verdict == .equivalent)
    #expect(try await compare(tar(ours), tar(signature), exception).verdict == .different)
  }

  /// However a signed module is damaged, it is never equivalent unless all that changed is the signature and holds.
  @Test func survivesDamage() async throws {
    let module = KernelModule()
    let signed = try module.signed(by: signing)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      var damaged = signed
      let index = Int.random(in: damaged.indices, using: &random)
      damaged[index] ^= UInt8.random(in: 1...255, using: &random)
      let comparison = try await compare(damaged, module.bytes, .test(.moduleSignature, verify: signer))
      if index < module.bytes.count { #expect(comparison.verdict == .different, "\(index)") }
      let cut = Array(signed[..<index])
      guard cut != module.bytes, !cut.isEmpty else { continue }
      #expect(
        try await compare(cut, module.bytes, .test(.moduleSignature, verify: signer)).verdict == .different, "\(index)")
    }
  }
}

/// The least that is an ELF file with one segment.
struct KernelModule {
  var body = Reconstructed.noise(4000, seed: 9)
  /// How many bytes the segment reaches beyond the body.
  var reach = 0

  var bytes: [UInt8] {
    func little(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + little(0, 8)
    bytes += little(1, 2) + little(62, 2) + little(1, 4) + little(0, 8) + little(64, 8) + little(0, 8)
    bytes += little(0, 4) + little(64, 2) + little(56, 2) + little(1, 2) + little(0, 6)
    bytes += little(1, 4) + little(5, 4) + little(120, 8) + little(0, 16) + little(body.count + reach, 8)
    bytes += little(body.count, 8) + little(8, 8)
    return bytes + body
  }

  /// As the kernel's sign-file does it; what is stuffed is counted to the signature.
  func signed(by signing: SigningFixture, stuffing: [UInt8] = []) throws -> [UInt8] {
    let message = try signing.signature(of: bytes, options: "-noattr -nocerts") + stuffing
    let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) }
    return bytes + message + [0, 0, 2, 0, 0, 0, 0, 0] + length + Array("~Module signature appended~\n".utf8)
  }
}
