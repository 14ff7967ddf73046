import Formats
import Testing

@Suite struct DebianControlTests {
  private static let control = """
    Package: bioawk
    Version: 1.0-4
    Installed-Size: 120
    Maintainer: Debian Med <med@lists.debian.org>
    Description: extension of awk
     .
     Adds support for several formats.

    """

  private static let buildinfo = """
    Format: 1.0
    Source: bioawk
    Version: 1.0-4
    Architecture: amd64
    Checksums-Sha256:
     \(String(repeating: "ab", count: 32)) 1234 bioawk_1.0-4_amd64.deb
    Build-Date: Mon, 01 Jan 2024 10:00:00 +0000
    Build-Path: /build/bioawk-1.0
    Installed-Build-Depends:
     gcc (= 12.2.0-3),
     make (= 4.3-4.1)
    Environment:
     DEB_BUILD_OPTIONS="parallel=2"
     LANG="C.UTF-8"

    """

  @Test func eachFieldIsARegion() throws {
    let bytes = Array(Self.control.utf8)
    #expect(
      try LayoutCheck.lines(of: bytes, name: "control") == [
        "Package 16 bioawk", "Version 15 1.0-4", "Installed-Size 20 120",
        "Maintainer 46 Debian Med <med@lists.debian.org>",
        "Description 68 extension of awk\n .\n Adds support for several formats.",
      ])
    try LayoutCheck.layout(of: bytes, name: "control", as: "Debian control")
    try LayoutCheck.survives(bytes, name: "control")
  }

  @Test(arguments: [
    ("1.0-4\nArch", "1.0-5\nArch", ["Version"]), ("10:00:00", "10:00:01", ["Build-Date"]),
    ("12.2.0", "12.2.1", ["Installed-Build-Depends gcc"]),
    ("parallel=2", "parallel=4", ["Environment DEB_BUILD_OPTIONS"]),
    ("abab", "acab", ["Checksums-Sha256 bioawk_1.0-4_amd64.deb"]), ("/build/b", "/tmp/b", ["Build-Path"]),
    (" LANG", " LC_ALL=C\n LANG", ["Environment LC_ALL"]),
  ])
  func whatVariesIsNamed(from: String, to: String, names: [String]) throws {
    let one = Array(Self.buildinfo.utf8)
    let other = Array(Self.buildinfo.replacing(from, with: to, maxReplacements: 1).utf8)
    #expect(try LayoutCheck.differences(one, other, name: "x.buildinfo") == names)
    // Its shape is enough to know it by.
    try LayoutCheck.layout(of: other, as: "Debian control")
  }

  @Test func stanzasAreKnownByTheirPackage() throws {
    let lists = Array(
      "Source: a\nSection: x\n\nPackage: b\nArchitecture: any\n\n# c\nPackage: c\nArchitecture: all\n".utf8)
    #expect(
      try LayoutCheck.lines(of: lists, name: "control") == [
        "Source 10 a", "Section 11 x", "empty line 1 0a", "b: Package 11 b", "b: Architecture 18 any",
        "empty line #2 1 0a", "b: comment 4 # c", "c: Package 11 c", "c: Architecture 18 all",
      ])
  }

  @Test func aSignatureIsToldFromWhatItSigns() throws {
    let signed =
      "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + Self.buildinfo
      + "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n"
    let other = signed.replacing("iQIzBAEB", with: "iQIzBAEC")
    #expect(
      try LayoutCheck.differences(Array(signed.utf8), Array(other.utf8), name: "x.changes") == ["signature"])
    try LayoutCheck.layout(of: Array(signed.utf8), name: "x.changes", as: "Debian control")
    try LayoutCheck.survives(Array(signed.utf8), name: "x.changes")
  }

  @Test(arguments: [
    "", "hello world\n", "<html>", "{}", "Package of things: many\n", "Format: https://x/\nSource: y\n",
  ])
  func otherTextIsNotTaken(text: String) throws {
    #expect(try LayoutCheck.format(of: Array(text.utf8))?.name != "Debian control")
  }
}
