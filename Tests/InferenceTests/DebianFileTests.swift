import Fetching
import Model
import RecipeFormat
import SystemPackage
import TestFixtures
import Testing

@testable import Inference

/// Packages made in code, whole and damaged.
@Suite struct DebianFileTests {
  private static let control = """
    Package: libx-perl
    Source: libx (1:1.0-2)
    Version: 1:1.0-2+b3
    Architecture: amd64
    Depends: libc6 (>= 2.14), perl (>= 5.36.0-7+deb12u3), perlapi-5.36.0
    Built-Using: other (= 3.1)

    """
  private static let script = "#!/bin/sh\n# Automatically added by dh_installdeb/13.11.4\ntrue\n"

  private static func package(control: String = control) -> [UInt8] {
    var first = TarBuilder()
    first.file("./control", control)
    first.file("./postinst", script, mode: 0o755)
    var second = TarBuilder()
    second.folder("./usr/")
    second.file("./usr/bin/x", "\u{7F}ELF", mode: 0o755)
    var archive = ArBuilder()
    archive.member("debian-binary", Array("2.0\n".utf8))
    archive.member("control.tar", first.finished())
    archive.member("data.tar", second.finished())
    return archive.bytes
  }

  private static func read(_ bytes: [UInt8]) throws -> DebianFile {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("x.deb")
    let file = try FileDescriptor.open(path, .writeOnly, options: [.create], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(bytes) }
    return try DebianFile(path, label: "x.deb")
  }

  @Test func whatAPackageSaysIsRead() throws {
    let file = try Self.read(Self.package())
    #expect(file.name == "libx-perl" && file.version == "1:1.0-2+b3" && file.architecture == "amd64")
    #expect(file.source == "libx" && file.sourceVersion == "1:1.0-2")
    #expect(file.debhelper == ["13.11.4"] && file.builtUsing == ["other (= 3.1)"] && file.hasPrograms)
    #expect(file.dependencies.count == 3)
  }

  @Test func everyCutOfAPackageIsRefused() throws {
    let bytes = Self.package()
    for count in stride(from: 0, to: bytes.count - 1600, by: 173) {
      #expect(throws: InferenceError.self) { try Self.read(Array(bytes[..<count])) }
    }
  }

  @Test(arguments: [
    "Package: ../x\nVersion: 1\nArchitecture: all\n", "Package: x\nVersion: 1 2\nArchitecture: all\n",
    "Package: x\nVersion: 1\n", "", "Package: x\nVersion: 1\nArchitecture: all\nSource: $(x)\n",
    "Package: x\nVersion: 1\nArchitecture: all\nSource: x (1;2)\n",
  ])
  func hostileNamesAreRefused(control: String) {
    #expect(throws: InferenceError.self) { try Self.read(Self.package(control: control)) }
  }

  @Test(arguments: [("1.0-1+b2", "1.0-1"), ("1.0-1+b", "1.0-1+b"), ("1+b1-1", "1+b1-1"), ("1+b12", "1")])
  func rebuildsAreOfTheirSource(version: String, source: String) {
    #expect(DebianFile.withoutRebuild(version) == source)
  }
}

/// What follows from what a package says.
@Suite struct DebianRuleTests {
  private static func apply(
    _ rule: DebianRule, _ file: DebianFile, installed: [String: String] = [:], listed: [String: [String]] = [:],
    info: BuildInfo? = nil
  ) -> (DebianPlan, [Inference]) {
    var plan = DebianPlan(suite: "bookworm", mirrors: [], packages: ["fakeroot", "perl"], path: "/build/x/y")
    let found = rule.apply(
      DebianFacts(file: file, buildInfo: info, installed: installed, listed: listed), &plan)
    return (plan, found)
  }

  private static func file(
    version: String = "1", dependencies: [String] = [], debhelper: [String] = [], podMan: [String] = [],
    rebuildEntry: [String] = []
  ) -> DebianFile {
    DebianFile(
      name: "x", version: version, architecture: "amd64", source: "x", sourceVersion: "1", dependencies: dependencies,
      builtUsing: ["gcc-12 (= 12.2.0-14)"], debhelper: debhelper, podMan: podMan, rebuildEntry: rebuildEntry,
      distribution: nil, hasPrograms: true)
  }

  @Test func theEntryOfARebuildIsRestored() {
    let (plan, found) = Self.apply(
      .rebuildEntry, Self.file(version: "1+b1", rebuildEntry: ["x (1+b1) sid; binary-only=yes", "", "  * It's so."]))
    #expect(plan.run.count == 2 && plan.run[1].hasSuffix("-B") && plan.epoch == .unset && found.count == 2)
    #expect(plan.run[0].contains(#"'x (1+b1) sid; binary-only=yes' '' '  * It'\''s so.'"#))
    let (without, none) = Self.apply(.rebuildEntry, Self.file(version: "1+b1"))
    #expect(without.run.count == 1 && without.questions.count == 1 && none.isEmpty)
    #expect(Self.apply(.rebuildEntry, Self.file()).1.isEmpty)
  }

  @Test func perlIsPinnedWhereTheIndexHasIt() {
    let file = Self.file(dependencies: ["perl (>= 5-3)", "perlapi-5.36.0"])
    let installed = ["perl": "5-4", "perl-base": "5-4"]
    let (plan, _) = Self.apply(
      .perl, file, installed: installed, listed: ["perl": ["5-4", "5-3"], "perl-base": ["5-4", "5-3"]])
    #expect(plan.packages == ["fakeroot", "perl=5-3", "perl-base=5-3"])
    let (gone, found) = Self.apply(.perl, file, installed: installed, listed: ["perl": ["5-4"], "perl-base": ["5-4"]])
    #expect(gone.packages == ["fakeroot", "perl"] && found.isEmpty)
    #expect(gone.questions.first?.hasPrefix("It needs perl 5-3 ") == true)
    #expect(gone.questions.first?.hasSuffix("the index has 5-4.") == true)
    #expect(Self.apply(.perl, Self.file(dependencies: ["perl (>= 5-3)"]), installed: installed).1.isEmpty)
  }

  @Test func versionsOfToolsAreNamed() {
    let (plan, found) = Self.apply(.debhelper, Self.file(debhelper: ["13.9"]), installed: ["debhelper": "13.11"])
    #expect(found.isEmpty && plan.questions.first?.contains("debhelper 13.9") == true)
    #expect(Self.apply(.debhelper, Self.file(debhelper: ["13.11"]), installed: ["debhelper": "13.11"]).1.count == 1)
    let (other, _) = Self.apply(.podMan, Self.file(podMan: ["4.11 (Pod::Simple 3.35)"]))
    #expect(other.questions.count == 1)
    let (using, _) = Self.apply(
      .builtUsing, Self.file(), installed: ["gcc-12": "12.2.0-14+deb12u1"],
      listed: ["gcc-12": ["12.2.0-14+deb12u1"]])
    #expect(
      using.questions == [
        "It needs gcc-12 12.2.0-14 (its field Built-Using names gcc-12 (= 12.2.0-14)); the index has 12.2.0-14+deb12u1."
      ])
  }

  @Test(arguments: [false, true]) func aBuildInfoSaysMost(signed: Bool) throws {
    let text = """
      Format: 1.0
      Source: x
      Version: 1
      Build-Path: /build/x-1
      Installed-Build-Depends:
       gcc-12 (= 12.2.0-14),
       make (= 4.3-4.1)
      Environment:
       DEB_BUILD_OPTIONS="parallel=4"
       SOURCE_DATE_EPOCH="1"

      """
    let whole =
      signed
      ? "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n\(text)-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
      : text
    let info = try BuildInfo(text: whole, label: "x.buildinfo")
    #expect(info.installed.map(\.name) == ["gcc-12", "make"] && info.source == "x")
    let (plan, _) = Self.apply(
      .buildInfo, Self.file(), installed: ["gcc-12": "12.2.0-14+deb12u1", "make": "4.4"],
      listed: ["gcc-12": ["12.2.0-14+deb12u1"], "make": ["4.4", "4.3-4.1"]], info: info)
    #expect(plan.path == "/build/x-1" && plan.variables == ["DEB_BUILD_OPTIONS": "parallel=4"])
    #expect(plan.packages.contains("make=4.3-4.1") && plan.questions.count == 1)
    for count in 0..<text.utf8.count where !text.prefix(count).contains("Installed-Build-Depends:") {
      #expect(throws: InferenceError.self) { try BuildInfo(text: String(text.prefix(count)), label: "x") }
    }
  }

  @Test(arguments: [
    ("a (>= 1) [linux-any] <!nocheck>", ["a"]), ("a [!amd64]", []), ("a [arm64] | b", ["b"]), ("a <nodoc>", []),
    ("a:any (= 1.0)", ["a"]), ("a <!nocheck !nodoc> <cross>", ["a"]), ("$(x) | -b", []), ("", []), ("[[[", []),
  ])
  func relationsHoldForAnArchitecture(text: String, names: [String]) {
    #expect(DebianRelation(text, architecture: "amd64").alternatives.map(\.name) == names)
  }
}
