import Archives
import Digests
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Environments

@Suite struct CanonicalTarTests {
  /// One root, told in two orders and two dialects, with all that must not matter.
  private func archive(_ dialect: TarBuilder.Dialect, reversed: Bool) -> [UInt8] {
    var entries: [TarBuilder.Header] = []
    for (name, type, target) in [
      ("./", "5", ""), ("./usr/", "5", ""), ("./usr/bin/", "5", ""), ("./usr/bin/tool", "0", ""),
      ("./usr-local", "0", ""), ("./bin", "2", "usr/bin"), ("./usr/pipe", "6", ""),
    ] {
      var header = TarBuilder.Header(name)
      header.type = Character(type)
      header.target = Array(target.utf8)
      header.mode = type == "5" ? 0o755 : 0o644
      header.owner = 12
      header.group = 34
      header.ownerName = reversed ? "somebody" : ""
      if reversed, dialect == .pax { header.extended = [("atime", Array("1700000000.5".utf8))] }
      entries.append(header)
    }
    var builder = TarBuilder(dialect)
    // Files may come in any order; a folder after what is in it, too.
    for header in reversed ? entries.reversed() : entries {
      builder.entry(
        header, header.type == "0" ? Array("content of \(String(decoding: header.name, as: UTF8.self))".utf8) : [])
    }
    return builder.finished()
  }

  @Test func orderDialectNamesAndOtherTimesDoNotMatter() throws {
    let fixture = try LayerFixture()
    let one = try fixture.canonical(try fixture.tree(archive(.pax, reversed: true)))
    let other = try fixture.canonical(try fixture.tree(archive(.ustar, reversed: false)))
    #expect(one.bytes == other.bytes)
    #expect(one.identity == FileIdentity(sha256: .of(one.bytes), size: Int64(one.bytes.count)))
  }

  @Test func isAFixedPoint() throws {
    let fixture = try LayerFixture()
    let first = try fixture.canonical(try fixture.tree(archive(.gnu, reversed: false)))
    let second = try fixture.canonical(try fixture.tree(first.bytes))
    #expect(first.bytes == second.bytes)
  }

  @Test func isThisExactFormat() throws {
    let fixture = try LayerFixture()
    let bytes = try fixture.canonical(
      try fixture.tree(
        TarBuilder.archive {
          $0.folder("a/"); $0.file("a/b", "text")
        })
    ).bytes
    // The root, `a/`, `a/b`, its data, two zero blocks.
    #expect(bytes.count == 512 * 6)
    #expect(Array(bytes[512..<517]) == Array("a/\0\0\0".utf8))
    #expect(Array(bytes[512 + 257..<512 + 265]) == Array("ustar\u{0}00".utf8))
    #expect(Array(bytes[1024 + 108..<1024 + 124]) == Array("0000000\u{0}0000000\u{0}".utf8))
    #expect(SHA256Digest.of(bytes).hex == "606f7b1046876607476efda398af31652171df4a8af5d9753a567182f867dea8")
  }

  @Test(arguments: [98, 99, 100, 101, 155, 255])
  func namesOfAnyLengthSurvive(length: Int) throws {
    let fixture = try LayerFixture()
    let name = String(repeating: "n", count: length)
    let archive = TarBuilder.archive {
      $0.file(name, "x")
      $0.link("l", to: String(repeating: "t/", count: 100) + name)
      $0.folder("d/" + name + "/")
    }
    let tree = try fixture.tree(archive)
    let again = try fixture.tree(try fixture.canonical(tree).bytes)
    #expect(try fixture.listing(again) == fixture.listing(tree))
    #expect(tree[try #require(LayerPath(archiveName: Array(name.utf8)))] != nil)
  }

  @Test func namesThatAreNotUTF8Survive() throws {
    let fixture = try LayerFixture()
    var header = TarBuilder.Header("x")
    header.name = [0x66, 0xFF, 0x80]
    var long = header
    long.name = [UInt8](repeating: 0xFF, count: 120)
    var builder = TarBuilder(.gnu)
    builder.entry(header)
    builder.entry(long)
    let tree = try fixture.tree(builder.finished())
    let again = try fixture.tree(try fixture.canonical(tree).bytes)
    #expect(Set(again.sortedPaths) == Set(tree.sortedPaths))
    #expect(again[try #require(LayerPath(archiveName: header.name))] != nil)
    #expect(again[try #require(LayerPath(archiveName: long.name))] != nil)
  }

  @Test func attributesAreSortedAndThoseOfAHostDropped() throws {
    let fixture = try LayerFixture()
    var header = TarBuilder.Header("f")
    header.extended = [
      ("SCHILY.xattr.user.b", [2, 0, 10, 61]), ("SCHILY.xattr.trusted.overlay.opaque", [121]),
      ("SCHILY.xattr.security.selinux", [1]), ("SCHILY.xattr.user.overlay.whiteout", [121]),
      ("SCHILY.xattr.security.capability", [1, 0, 0, 2]), ("SCHILY.xattr.user.a", []),
    ]
    let tree = try fixture.tree(TarBuilder.archive { $0.entry(header) })
    let again = try fixture.tree(try fixture.canonical(tree).bytes)
    let names = again["f"]?.attributes.map { String(decoding: $0.name, as: UTF8.self) }
    #expect(names == ["security.capability", "user.a", "user.b"])
    #expect(again["f"]?.attributes.last?.value == [2, 0, 10, 61])
  }

  @Test func hardLinksNameTheFirstPath() throws {
    let fixture = try LayerFixture()
    let tree = try fixture.tree(
      TarBuilder.archive {
        $0.file("z", "same")
        $0.link("a", to: "z", type: "1")
        $0.link("m", to: "./a", type: "1")
      })
    let again = try fixture.tree(try fixture.canonical(tree).bytes)
    #expect(again.places["a"] == again.places["z"] && again.places["a"] == again.places["m"])
    #expect(again.linkGroups.values.map { $0 } == [["a", "m", "z"]])
  }

  @Test func gnuTarReadsIt() throws {
    let fixture = try LayerFixture()
    let tree = try fixture.tree(archive(.gnu, reversed: false))
    let path = fixture.folder.path.appending("canonical.tar")
    _ = try CanonicalTar.write(tree, spool: fixture.spool, to: path)
    let listing = try FixtureProcess.shell("tar -tf \"$1\"", [path.string])
    #expect(listing.status == 0 && listing.errors.isEmpty)
    #expect(
      listing.output == "./\nbin\nusr/\nusr-local\nusr/bin/\nusr/bin/tool\nusr/pipe\n")
  }
}
