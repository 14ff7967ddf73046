import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

@Suite struct ArchiveComparisonTests {
  /// A small tar that a change is made to.
  private func tar(_ change: (inout TarBuilder.Header) -> Void = { _ in }, data: String = "data") -> [UInt8] {
    var tar = TarBuilder(.pax)
    tar.folder("d")
    var header = TarBuilder.Header("d/f")
    change(&header)
    tar.entry(header, Array(data.utf8))
    return tar.finished()
  }

  private func tar(_ names: [String]) -> [UInt8] {
    var tar = TarBuilder()
    for name in names { tar.file(name, "content of \(name)") }
    return tar.finished()
  }

  @Test func contentOfAMember() async throws {
    let found = try await ComparedBytes.differences(tar(data: "data\n"), tar(data: "dada\n"))
    #expect(ComparedBytes.lines(found) == ["d/f|line 1|text"])
    let binary = try await ComparedBytes.differences(tar(data: "\0\u{1}data"), tar(data: "\0\u{1}Data!"))
    #expect(
      ComparedBytes.lines(binary) == [
        "d/f|size|value", "d/f|header checksum|value", "d/f||bytes", "d/f|padding|missing",
      ])
  }

  @Test func missingAndExtra() async throws {
    let found = try await ComparedBytes.differences(tar(["a", "b"]), tar(["a", "c"]))
    #expect(ComparedBytes.lines(found) == ["b||missing", "c||extra"])
    #expect(found.first?.shipped?.hasPrefix("file, 12 bytes, sha256 ") == true)
  }

  @Test func orderOfMembers() async throws {
    let found = try await ComparedBytes.differences(tar(["a", "b", "c"]), tar(["a", "c", "b"]))
    #expect(ComparedBytes.lines(found) == ["|order of members|order"])
    #expect(found.first?.shipped == "2: b, c")
    #expect(found.first?.rebuilt == "2: c, b")
  }

  @Test func namesThatOccurTwice() async throws {
    var first = TarBuilder()
    first.file("x", "1")
    first.file("x", "2")
    var second = TarBuilder()
    second.file("x", "1")
    second.file("x", "3")
    second.file("x", "4")
    let found = try await ComparedBytes.differences(first.finished(), second.finished())
    #expect(ComparedBytes.roots(found) == ["x (2nd)|line 1|text", "x (3rd)||extra"])
  }

  @Test(arguments: [
    "mode", "mtime", "uid", "gid", "user name", "group name", "type", "link target", "device numbers",
    "extended attributes",
  ])
  func metadata(region: String) async throws {
    func made(_ second: Bool) -> [UInt8] {
      var tar = TarBuilder(.pax)
      var header = TarBuilder.Header("f")
      switch region {
      case "mode": header.mode = second ? 0o755 : 0o4755
      case "mtime": header.modified = second ? 1_000_000_000 : 1_000_000_001
      case "uid": header.owner = second ? 0 : 1000
      case "gid": header.group = second ? 0 : 1000
      case "user name": header.ownerName = second ? "root" : "builder"
      case "group name": header.groupName = second ? "root" : "builder"
      case "type": header.type = second ? "0" : "6"
      case "link target":
        header.type = "2"
        header.target = Array((second ? "here" : "there").utf8)
      case "device numbers":
        header.type = "3"
        header.device = (1, second ? 2 : 3)
      default: header.extended = [("SCHILY.xattr.user.note", [second ? 1 : 2])]
      }
      tar.entry(header)
      return tar.finished()
    }
    let found = try await ComparedBytes.differences(made(false), made(true))
    let name =
      switch region {
      case "device numbers": "device minor"
      case "extended attributes": "pax SCHILY.xattr.user.note"
      default: region
      }
    #expect(ComparedBytes.roots(found) == ["f|\(name)|value"])
    let difference = try #require(found.first { $0.region == name })
    if region == "mode" { #expect(difference.shipped == "04755" && difference.rebuilt == "0755") }
    if region == "mtime" { #expect(difference.shipped == "2001-09-09 01:46:41Z") }
  }

  @Test(arguments: ["gzip -n", "bzip2", "xz", "zstd -q", "lz4 -q"])
  func compressedArchive(command: String) async throws {
    let pack = { (bytes: [UInt8]) in try ComparedBytes.filtered(bytes, by: command) }
    let found = try await ComparedBytes.differences(try pack(tar(data: "a\n")), try pack(tar(data: "b\n")))
    #expect(ComparedBytes.roots(found) == ["d/f|line 1|text"])
  }

  @Test(arguments: ["gzip -n", "bzip2", "xz", "zstd -q", "lz4 -q"])
  func compressedFile(command: String) async throws {
    let pack = { (text: String) in try ComparedBytes.filtered(Array(text.utf8), by: command) }
    let found = try await ComparedBytes.differences(try pack("one\ntwo\n"), try pack("one\n2\n"))
    #expect(ComparedBytes.roots(found) == ["content|line 2|text"])
  }

  @Test func gzipHeaderAndPacking() async throws {
    let text = Array(String(repeating: "some text to compress\n", count: 500).utf8)
    let plain = try ComparedBytes.filtered(text, by: "gzip -n")
    var later = plain
    later.replaceSubrange(4..<8, with: [1, 2, 3, 4])
    let time = try await ComparedBytes.differences(plain, later)
    #expect(ComparedBytes.lines(time) == ["|gzip mtime|value"])
    #expect(time.first?.rebuilt == "1972-02-19 00:06:25Z")
    var both = try ComparedBytes.filtered(text, by: "gzip -n1")
    both.replaceSubrange(4..<8, with: [1, 2, 3, 4])
    let timeAndLevel = ComparedBytes.lines(try await ComparedBytes.differences(plain, both))
    #expect(timeAndLevel == ["|gzip mtime|value", "|gzip level|value", "|compressed data|bytes"])
    let levels = try await ComparedBytes.differences(
      try ComparedBytes.filtered(text, by: "xz -0"), try ComparedBytes.filtered(text, by: "xz -6 --check=crc32"))
    #expect(Set(ComparedBytes.roots(levels)).isSuperset(of: ["|xz dictionary size|value", "|xz check type|value"]))
  }

  @Test func otherCompression() async throws {
    let found = try await ComparedBytes.differences(
      try ComparedBytes.filtered(tar(), by: "gzip -n"), try ComparedBytes.filtered(tar(), by: "xz"))
    #expect(found.allSatisfy { $0.kind == .bytes || $0.kind == .missing || $0.kind == .extra })
    #expect(found.first?.shipped?.hasPrefix("gzip file: ") == true)
    #expect(found.first?.rebuilt?.hasPrefix("xz file: ") == true)
  }

  @Test func nestedAsInADebianPackage() async throws {
    func package(_ text: String, mode: Int) throws -> [UInt8] {
      var data = TarBuilder()
      data.folder("./usr")
      data.file("./usr/x", "\0\(text)", mode: mode)
      data.entry(TarBuilder.Header("./usr/doc.gz"), try ComparedBytes.filtered(Array(text.utf8), by: "gzip -n"))
      var package = ArBuilder()
      package.member("debian-binary", Array("2.0\n".utf8))
      package.member("data.tar.xz", try ComparedBytes.filtered(data.finished(), by: "xz"))
      return package.bytes
    }
    let found = try await ComparedBytes.differences(
      try package("first\n", mode: 0o755), try package("other\n", mode: 0o644))
    #expect(
      Set(ComparedBytes.roots(found)) == [
        "data.tar.xz > ./usr/doc.gz > doc|line 1|text", "data.tar.xz > ./usr/x|mode|value",
        "data.tar.xz > ./usr/x||bytes",
      ])
  }

  @Test func zipMembers() async throws {
    func zip(_ data: String) -> [UInt8] {
      var zip = ZipBuilder()
      zip.member("pkg/a.py", Array(data.utf8))
      return zip.finished()
    }
    let found = try await ComparedBytes.differences(zip("x = 1\n"), zip("x = 2\n"))
    #expect(ComparedBytes.roots(found) == ["pkg/a.py|line 1|text"])
  }

  @Test func membersTooLargeForMemory() async throws {
    var limits = ComparisonLimits()
    limits.memory = 100
    func made(_ letter: String) throws -> [UInt8] {
      var inner = TarBuilder()
      inner.file("small", "\0" + letter)
      inner.file("large", "\0" + String(repeating: letter, count: 5000))
      inner.file("larger", "\0" + String(repeating: letter, count: 9000))
      var outer = TarBuilder()
      outer.file("before", letter)
      outer.entry(TarBuilder.Header("inner.tar"), inner.finished())
      outer.entry(
        TarBuilder.Header("file.gz"), try ComparedBytes.filtered(inner.finished(), by: "gzip -n"))
      return outer.finished()
    }
    let found = try await ComparedBytes.differences(try made("a"), try made("b"), limits: limits)
    #expect(found.filter { $0.path.last == "larger" }.map(\.length) == [9000, 9000])
    #expect(found.filter { $0.path.last == "small" }.count == 2)
  }
}
