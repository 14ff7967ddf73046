import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Exceptions within containers, which are made anew around what was patched.
@Suite struct ContainerExceptionTests {
  let signing: SigningFixture
  let exceptions: [DeclaredException]

  init() throws {
    signing = try SigningFixture()
    exceptions = [
      .test(
        .moduleSignature, "data.tar*/lib/**/*.ko", verify: .certificates(try signing.certificate("signer")))
    ]
  }

  /// A package of a file and a module as dpkg-deb makes it; nil where that is not there.
  private func package(_ module: [UInt8], options: String, text: String = "text\n") throws -> [UInt8]? {
    let folder = try TemporaryFolder()
    for name in ["tree/DEBIAN", "tree/lib/modules"] { try folder.makeFolder(name) }
    try folder.write(
      "tree/DEBIAN/control", "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: a\n")
    try folder.write("tree/lib/modules/a.txt", text)
    try folder.write("tree/lib/modules/b.ko", module)
    // More than a block of a compressor.
    try folder.write("tree/lib/modules/c.bin", [UInt8](repeating: 7, count: 3 << 20) + Reconstructed.noise(300_000))
    let made = try FixtureProcess.shell(
      """
      command -v dpkg-deb >/dev/null || exit 77
      cd "$1" && chmod -R u=rwX,go=rX tree && find tree -exec touch -h -d @1700000000 {} +
      SOURCE_DATE_EPOCH=1700000000 dpkg-deb --root-owner-group \(options) -b tree made.deb
      """, [folder.path.string])
    guard made.status != 77 else { return nil }
    try #require(made.status == 0, "\(made.errors)")
    return try folder.read("made.deb")
  }

  @Test(arguments: [
    "-Zxz", "-Zxz -z9", "-Zxz -z0", "-Zgzip", "-Zgzip -z1", "-Znone", "--uniform-compression -Zxz",
  ])
  func debianPackage(options: String) async throws {
    let module = KernelModule()
    guard let shipped = try package(try module.signed(by: signing), options: options),
      let rebuilt = try package(module.bytes, options: options)
    else { return print("SKIP: dpkg-deb is not there, so that no packages are reconstructed") }
    let comparison = try await Reconstructed.compare(shipped, rebuilt, exceptions)
    #expect(comparison.verdict == .equivalent, "\(comparison.reconstruction?.refusals ?? [])")
    #expect(comparison.reconstruction?.decodedOnly == [])
    #expect(comparison.reconstruction?.counts.first?.what == "signature")
    #expect(comparison.reconstruction?.counts.dropFirst().allSatisfy(\.follows) == true)
    guard let other = try package(module.bytes, options: options, text: "Text\n") else { return }
    let changed = try await Reconstructed.compare(shipped, other, exceptions)
    #expect(changed.verdict == .different)
    #expect(changed.reconstruction?.refusals.contains { $0.path.last == "./lib/modules/a.txt" } == true)
  }

  /// Settings that nobody would guess.
  @Test func ofDecodedContents() async throws {
    var tar = TarBuilder()
    let module = KernelModule()
    tar.entry(TarBuilder.Header("lib/b.ko"), module.bytes)
    var signed = TarBuilder()
    signed.entry(TarBuilder.Header("lib/b.ko"), try module.signed(by: signing))
    let exceptions = [
      DeclaredException.test(
        .moduleSignature, "**/*.ko", verify: .certificates(try signing.certificate("signer")))
    ]
    let rebuilt = try ComparedBytes.filtered(tar.finished(), by: "xz")
    let usual = try await Reconstructed.compare(
      try ComparedBytes.filtered(signed.finished(), by: "xz -T1"), rebuilt, exceptions)
    #expect(usual.verdict == .equivalent)
    #expect(usual.reconstruction?.ofDecodedContents == false)
    for command in ["xz --lzma2=preset=6,nice=11,mf=hc4", "xz --x86 --lzma2=preset=6"] {
      let odd = try await Reconstructed.compare(
        try ComparedBytes.filtered(signed.finished(), by: command), rebuilt, exceptions)
      #expect(odd.verdict == .equivalent)
      #expect(odd.reconstruction?.ofDecodedContents == true)
      #expect(odd.reconstruction?.sha256 == nil)
      #expect(odd.reconstruction?.decodedOnly.count == 1)
    }
    // Another level beside the declared signature is not declared, so that not all bytes are accounted for.
    let better = try await Reconstructed.compare(
      try ComparedBytes.filtered(signed.finished(), by: "xz -T1 -2"), rebuilt, exceptions)
    #expect(better.verdict == .equivalent)
    #expect(better.reconstruction?.ofDecodedContents == true)
    // Where only the compression is another one, nothing that was declared differs.
    for command in ["xz -9", "xz -0"] {
      let packed = try await Reconstructed.compare(
        try ComparedBytes.filtered(tar.finished(), by: command), rebuilt, exceptions)
      #expect(packed.verdict == .different)
    }
  }

  @Test(arguments: [true, false]) func zipMember(isStored: Bool) async throws {
    let module = KernelModule()
    func zip(_ module: [UInt8], time: String = "202001010000") throws -> [UInt8] {
      let folder = try TemporaryFolder()
      try folder.write("a.txt", String(repeating: "text\n", count: 100))
      try folder.write("b.ko", module)
      let made = try FixtureProcess.shell(
        "cd \"$1\" && touch -t \(time) a.txt b.ko && zip -X \(isStored ? "-0" : "-6") made.zip a.txt b.ko",
        [folder.path.string])
      try #require(made.status == 0, "\(made.errors)")
      return try folder.read("made.zip")
    }
    let (shipped, rebuilt) = (try zip(try module.signed(by: signing)), try zip(module.bytes))
    let verify = exceptions[0].verify
    let exception = DeclaredException.test(.moduleSignature, "b.ko", verify: verify)
    let comparison = try await Reconstructed.compare(shipped, rebuilt, [exception])
    #expect(comparison.verdict == .equivalent, "\(comparison.reconstruction?.refusals ?? [])")
    let later = try zip(module.bytes, time: "202101010000")
    #expect(try await Reconstructed.compare(shipped, later, [exception]).verdict == .different)
    let times = ["modification time", "central modification time"].map {
      DeclaredException.test(.field, "*", field: $0)
    }
    let timed = try await Reconstructed.compare(shipped, later, [exception] + times)
    #expect(
      timed.verdict == .equivalent, "\(timed.differences.map(\.lineForTests)) \(timed.reconstruction?.refusals ?? [])")
  }

  /// Each refusal in a container is told, not only the first one.
  @Test func tellsEveryRefusal() async throws {
    let module = KernelModule()
    func tar(_ modules: [[UInt8]]) -> [UInt8] {
      var tar = TarBuilder()
      for (index, module) in modules.enumerated() { tar.entry(TarBuilder.Header("\(index).ko"), module) }
      return tar.finished()
    }
    let signed = try module.signed(by: signing)
    var broken = signed
    broken[signed.count - 60] ^= 1
    let comparison = try await Reconstructed.compare(
      tar([broken, signed, broken]), tar([module.bytes, module.bytes, module.bytes]),
      [.test(.moduleSignature, "*.ko", verify: exceptions[0].verify)])
    #expect(comparison.reconstruction?.refusals.map(\.path) == [["0.ko"], ["2.ko"]])
    #expect(comparison.differences.count { $0.region == "verification of the signature" } == 2)
  }
}
