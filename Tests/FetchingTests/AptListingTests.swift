import Model
import RecipeFormat
import Testing

@testable import Fetching

@Suite struct AptListingTests {
  private static let digest = String(repeating: "ab", count: 32)

  @Test func printedAddressesGiveNamesVersionsAndDigests() throws {
    let line =
      "'http://a.example/pool/libc/libcap2/libcap2_2.66-4%2bdeb12u3_amd64.deb' libcap2_1%3a2.66-4+deb12u3_amd64.deb 27708 SHA256:\(Self.digest)"
    let package = try #require(AptDownload(line: line)?.package)
    #expect(package.name == "libcap2")
    #expect(package.version == "1:2.66-4+deb12u3")
    #expect(package.architecture == "amd64")
    #expect(package.file.name == "libcap2_2.66-4+deb12u3_amd64.deb")
    #expect(package.file.size == 27708)
    #expect(AptArchive.writtenName(package) == "libcap2_1%3a2.66-4+deb12u3_amd64.deb")
  }

  @Test(arguments: [
    "", "'", "''", "'http://a.example/a.deb' a.deb 1 MD5Sum:8e7e741807b1e1939df8f58323affdcb",
    "'http://a.example/a.deb' a.deb -1 SHA256:\(digest)", "'http://a.example/a.deb' a.deb x SHA256:\(digest)",
    "'http://a.example/%2fetc%2fpasswd' a.deb 1 SHA256:\(digest)",
    "'http://a.example/a%zz.deb' a.deb 1 SHA256:\(digest)",
    "'http://a.example/a.deb' ../a.deb 1 SHA256:\(digest)", "'http://a.example/a.deb' a.deb 1 SHA256:abc",
  ])
  func addressesWithoutASHA256OrWithOddNamesAreRefused(line: String) {
    #expect(AptDownload(line: line) == nil)
  }

  @Test func sourceStanzasGiveTheDescriptionFirst() throws {
    let text = """
      Package: catdoc
      Binary: catdoc
      Version: 1:0.95-6
      Files:
       9056f31a02a504f5f1a80b50c4a862b0 2001 catdoc_0.95-6.dsc
      Checksums-Sha256:
       \(Self.digest) 169084 catdoc_0.95.orig.tar.gz
       \(Self.digest) 2001 catdoc_0.95-6.dsc

      Package: other
      Version: 1
      Files:
       9056f31a02a504f5f1a80b50c4a862b0 2001 other_1.dsc
      """
    let stanzas = ControlStanza.parse(text)
    #expect(stanzas.count == 2)
    let source = try #require(IndexedSource(stanzas[0]))
    #expect(source.files.map(\.name) == ["catdoc_0.95-6.dsc", "catdoc_0.95.orig.tar.gz"])
    #expect(IndexedSource(stanzas[1]) == nil, "without SHA-256 digests it is refused")
  }

  @Test(arguments: ["a", "-rf", "foo-", "Foo", "foo bar", "foo\nbar", "../foo", "?essential", "~n.", "", "foo/sid"])
  func namesThatAptWouldReadOtherwiseAreRefused(name: String) {
    #expect(!DebianNames.isPackage(name))
  }

  @Test(arguments: ["g++", "libstdc++6", "0ad", "python3.11", "gcc-12-base"])
  func namesOfPackagesAreTaken(name: String) { #expect(DebianNames.isPackage(name)) }

  @Test func epochsMayBeLeftOut() {
    #expect(DebianNames.matches("1:0.95-6", asked: "0.95-6"))
    #expect(DebianNames.matches("1:0.95-6", asked: "1:0.95-6"))
    #expect(!DebianNames.matches("1:0.95-6", asked: "2:0.95-6"))
    #expect(!DebianNames.matches("0.95-6", asked: "1:0.95-6"))
    #expect(!DebianNames.isVersion("1 2") && !DebianNames.isVersion("-1") && DebianNames.isVersion("0.95-6~deb12u1"))
  }

  @Test func nearNamesAreThoseThatDifferLittle() {
    let names = ["catdoc", "catdvi", "xcatdoc", "debhelper", "cat", "catdoc-dbg"]
    #expect(NearNames.of("catdok", in: names) == ["catdoc", "catdvi", "xcatdoc"])
    #expect(NearNames.of("catdo", in: names).first == "catdoc")
    #expect(NearNames.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
  }
}
