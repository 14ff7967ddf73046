import Causes
import Model
import Testing

/// What follows from what, and that roots stay roots.
@Suite struct PropagationTests {
  private static func difference(
    _ id: String, _ path: [String], _ region: String?, _ format: String, _ role: Difference.Role?,
    _ kind: Difference.Kind = .value, _ shipped: String? = "1", _ rebuilt: String? = "2"
  ) -> Difference {
    Difference(
      id: id, path: path, region: region, format: format, role: role, kind: kind, shipped: shipped, rebuilt: rebuilt)
  }

  private static func follows(_ differences: [Difference]) -> [String: String] {
    var found: [String: String] = [:]
    for difference in CauseList.explain(differences) { found[difference.id] = difference.cause?.follows }
    return found
  }

  private static let clock = ("2024-05-01 12:00:00Z", "2024-05-03 07:31:09Z")

  @Test func wheel() {
    let found = Self.follows([
      Self.difference("d1", ["pkg/a.py"], "compressed size", "zip", .size),
      Self.difference("d2", ["pkg/a.py"], "crc", "zip", .checksum),
      Self.difference("d3", ["pkg/a.py"], "line 3", "text", .text, .text, "a = 1\n", "a = 2\n"),
      Self.difference(
        "d4", ["p.dist-info/RECORD"], "line 1", "text", .text, .text, "pkg/a.py,sha256=abc,6\n",
        "pkg/a.py,sha256=def,6\n"),
      Self.difference("d5", ["p.dist-info/RECORD"], "crc", "zip", .checksum),
      Self.difference("d6", ["p.dist-info/METADATA"], "offset of local header", "zip", .offset),
    ])
    #expect(found == ["d1": "d3", "d2": "d3", "d4": "d3", "d5": "d3", "d6": "d3"])
  }

  @Test func aBuildIdInACompressedArchive() {
    let found = Self.follows([
      Self.difference("d1", ["data.tar.xz"], "size", "ar", .size, .value, "55648", "55632"),
      Self.difference(
        "d2", ["data.tar.xz", "./usr/bin/x"], ".note.gnu.build-id", "ELF", .identity, .value, "aa", "bb"),
      Self.difference(
        "d3", ["data.tar.xz", "./usr/bin/x"], ".gnu_debuglink file name", "ELF", .checksum, .value, "aa.debug",
        "bb.debug"),
      Self.difference("d4", ["data.tar.xz"], "xz block sizes", "xz", .size, .bytes, "ba", "aa"),
    ])
    #expect(found == ["d1": "d2", "d3": "d2", "d4": "d2"])
  }

  @Test func recordOfAnUnchangedMemberStaysContent() throws {
    let explained = CauseList.explain([
      Self.difference("d1", ["pkg/a.py"], "line 3", "text", .text, .text, "a = 1\n", "a = 2\n"),
      Self.difference(
        "d2", ["p.dist-info/RECORD"], "lines -1,2 +1,2", "text", .text, .text,
        "pkg/a.py,sha256=abc,6\npkg/b.py,sha256=abc,6\n", "pkg/a.py,sha256=def,6\npkg/b.py,sha256=xyz,6\n"),
    ])
    #expect(explained[1].cause?.follows == nil && explained[1].cause?.name == "content")
  }

  @Test func md5sumsAcrossArchives() {
    let found = Self.follows([
      Self.difference(
        "d1", ["control.tar.xz", "./md5sums"], "line 1", "text", .text, .text, "aaaa  usr/bin/x\n", "bbbb  usr/bin/x\n"),
      Self.difference(
        "d2", ["control.tar.xz", "./control"], "line 7", "text", .text, .text, "Installed-Size: 10\n",
        "Installed-Size: 11\n"),
      Self.difference("d3", ["data.tar.xz", "./usr/bin/x"], ".text", "ELF", .code, .bytes, "90  |.|", "91  |.|"),
      Self.difference("d4", ["data.tar.xz", "./usr/bin/x"], "size", "tar", .size),
      Self.difference("d5", ["data.tar.xz", "./usr/bin/x"], "header checksum", "tar", .checksum),
      Self.difference("d6", ["data.tar.xz"], "size", "ar", .size),
      Self.difference(
        "d7", ["data.tar.xz", "./usr/bin/x"], ".note.gnu.build-id", "ELF", .identity, .value, "aa", "bb"),
    ])
    #expect(found["d1"] == "d3" && found["d2"] == "d3" && found["d4"] == "d3" && found["d6"] == "d3")
    #expect(found["d7"] == "d3" && found["d3"] == nil)
  }

  @Test func headerChecksumFollowsTheHeader() {
    let found = Self.follows([
      Self.difference("d1", ["a"], "mtime", "tar", .time, .value, Self.clock.0, Self.clock.1),
      Self.difference("d2", ["a"], "header checksum", "tar", .checksum),
    ])
    #expect(found == ["d2": "d1"])
  }

  @Test func buildIdAloneIsTheToolchain() throws {
    let explained = CauseList.explain([
      Self.difference("d1", ["x"], "mtime", "tar", .time, .value, Self.clock.0, Self.clock.1),
      Self.difference("d2", ["x"], ".note.gnu.build-id", "ELF", .identity, .value, "aa", "bb"),
      Self.difference("d3", ["x"], ".gnu_debuglink crc", "ELF", .checksum),
    ])
    #expect(explained[1].cause?.name == "toolchain" && explained[1].cause?.follows == nil)
    #expect(explained[1].cause?.evidence.contains("equal") == true)
    #expect(explained[2].cause?.follows == "d2")
  }

  @Test func compressedStreams() {
    let stream = (
      "the same contents, compressed differently: 9 bytes", "the same contents, compressed differently: 8 bytes"
    )
    let found = Self.follows([
      Self.difference("d1", [], "gzip level", "gzip", .compression, .value, "usual", "best"),
      Self.difference("d2", [], "compressed data", "gzip", .compression, .bytes, stream.0, stream.1),
    ])
    #expect(found == ["d2": "d1"])
  }

  @Test func codeFollowsTheCompilerThatTheFileNames() throws {
    let code = Self.difference("d1", ["x"], ".text", "ELF", .code, .bytes, "90  |.|", "91  |.|")
    let producer = Self.difference(
      "d2", ["x"], "producer", "ELF", .generator, .value, "GNU C17 12.2.0", "GNU C17 13.1.0")
    #expect(Self.follows([code, producer]) == ["d1": "d2"])
    let elsewhere = Self.difference(
      "d2", ["y"], "producer", "ELF", .generator, .value, "GNU C17 12.2.0", "GNU C17 13.1.0")
    #expect(Self.follows([code, elsewhere]).isEmpty)
    #expect(CauseList.explain([code, elsewhere])[0].cause?.name == "content")
  }

  @Test func tablesOfPlacesFollowTheirOwnFileOnly() {
    let frame = Self.difference("d1", ["x"], ".eh_frame_hdr", "ELF", .data, .bytes, "91  |.|", "92  |.|")
    let code = Self.difference("d2", ["x"], ".text main", "ELF", .code, .bytes, "90  |.|", "91  |.|")
    #expect(Self.follows([frame, code]) == ["d1": "d2"])
    let elsewhere = Self.difference("d2", ["y"], ".text main", "ELF", .code, .bytes, "90  |.|", "91  |.|")
    #expect(Self.follows([frame, elsewhere]).isEmpty)
    let names = Self.difference("d1", [], "symbol names", "ar", .name, .bytes, "61  |a|", "62  |b|")
    let member = Self.difference("d2", ["a.o"], nil, "ar", nil, .extra, nil, "file, 3 bytes")
    #expect(Self.follows([names, member]) == ["d1": "d2"])
    #expect(Self.follows([names]).isEmpty)
  }

  @Test func fillingFollowsWhatIsLonger() {
    let fill = Self.difference(
      "d1", ["x"], ".text padding after main", "ELF", .padding, .extra, nil, "66 90  |f.|")
    let code = Self.difference("d2", ["x"], ".text main", "ELF", .code, .bytes, "90  |.|", "91  |.|")
    #expect(Self.follows([fill, code]) == ["d1": "d2"])
    let jump = Self.difference(
      "d1", ["x"], ".text padding after main", "ELF", .padding, .extra, nil, "0f 84 00 00 00 00  |......|")
    #expect(Self.follows([jump, code]).isEmpty)
  }

  @Test func entriesOfTablesFollowAStripOnly() {
    let entry = Self.difference("d1", ["x"], "section header .debug_info", "ELF", nil, .missing, "header", nil)
    let section = Self.difference("d2", ["x"], ".debug_info", "ELF", .debug, .missing, "123 bytes", nil)
    #expect(Self.follows([entry, section]) == ["d1": "d2"])
    let code = Self.difference("d2", ["x"], ".text", "ELF", .code, .bytes, "90  |.|", "91  |.|")
    #expect(Self.follows([entry, code]).isEmpty)
  }

  @Test func debugInformationFollowsTheCompilerAndItsFolderDoesNot() {
    let producer = Self.difference("d1", ["x"], "producer", "ELF", .generator, .value, "GNU C17 12", "clang version 15")
    let section = Self.difference("d2", ["x"], ".debug_aranges", "ELF", .debug, .missing, "2c 00  |,.|", nil)
    let written = Self.difference(
      "d3", ["x"], ".debug_line file a.c", "ELF", .path, .value, "a.c", "/build/project/src/a.c")
    let folder = Self.difference(
      "d4", ["x"], ".debug_info a.c directory", "ELF", .path, .value, "/build/one", "/build/two")
    #expect(Self.follows([producer, section, written, folder]) == ["d2": "d1", "d3": "d1"])
    #expect(Self.follows([section, written, folder]).isEmpty)
  }

  @Test func numbersOfFilesFollowAFileThatOnlyOneSideHas() {
    let number = Self.difference("d1", ["etc/b"], "inode", "cpio", .platform, .value, "2", "3")
    let file = Self.difference("d2", ["etc/a"], nil, "cpio", nil, .extra, nil, "file, 3 bytes")
    #expect(Self.follows([number, file]) == ["d1": "d2"])
    let explained = CauseList.explain([number])
    #expect(explained[0].cause?.name == "file-order" && explained[0].cause?.follows == nil)
  }

  @Test func dataAtAnotherPlaceFollowsWhatIsLonger() {
    let ours = Self.difference("d1", ["x"], ".rodata data after \"a\"", "ELF", .data, .missing, "00 41  |.A|", nil)
    let theirs = Self.difference(
      "d2", ["x"], ".rodata data after \"b\"", "ELF", .data, .extra, nil, "00 00 00 41  |...A|")
    let text = Self.difference(
      "d3", ["x"], ".rodata \"c\"", "ELF", .data, .value, "Build-Host: one", "Build-Host: other")
    #expect(Self.follows([ours, theirs, text]) == ["d1": "d3", "d2": "d3"])
    var other = theirs
    other.rebuilt = "00 00 00 42  |...B|"
    #expect(Self.follows([ours, other, text]).isEmpty)
    // Nothing outside its file explains it.
    var elsewhere = text
    elsewhere.path = ["y"]
    #expect(Self.follows([ours, theirs, elsewhere]).isEmpty)
  }

  @Test func aPathInAnotherSectionIsOfTheBuild() throws {
    let differences = [
      Self.difference(
        "d1", ["x.o"], ".rodata.str1.1 \"…/main.c\"", "ELF", .path, .missing, "/build/one/src/main.c", nil),
      Self.difference(
        "d2", ["x.o"], ".rodata.str1.8", "ELF", .text, .extra, nil,
        "2f 74 6d 70 2f 74 77 6f 2f 6d 61 69 6e 2e 63 00  |/tmp/two/main.c.|"),
      Self.difference("d3", ["x.o"], "section header .rodata.str1.8 flags", "ELF", .flags, .extra, nil, "allocate"),
      Self.difference(
        "d4", ["x.o"], ".shstrtab \".rodata.str#.#\"", "ELF", .name, .value, ".rodata.str1.1", ".rodata.str1.8"),
    ]
    let explained = CauseList.explain(differences)
    #expect(explained[0].cause?.name == "build-path" && explained[1].cause?.name == "build-path")
    #expect(Self.follows(differences) == ["d3": "d2", "d4": "d2"])
    // A section of another text is content, and so is what names it.
    var other = differences
    other[1].rebuilt = "65 76 69 6c 00  |evil.|"
    #expect(CauseList.explain(other)[1].cause?.name == "content")
    #expect(CauseList.explain(other)[2].cause?.name == "content")
  }

  @Test func certainEvidenceStaysARoot() {
    let found = Self.follows([
      Self.difference("d1", ["x"], ".text", "ELF", .code, .bytes, "90  |.|", "91  |.|"),
      Self.difference("d2", ["x"], "signature", "ELF", .signature, .bytes, "90  |.|", "91  |.|"),
      Self.difference("d3", ["x"], "mtime", "tar", .time, .value, Self.clock.0, Self.clock.1),
    ])
    #expect(found.isEmpty)
  }

  @Test func everyDifferenceGetsACauseAndAFix() {
    for role in Difference.Role.allCases {
      for kind in Difference.Kind.allCases {
        let explained = CauseList.explain([Self.difference("d1", ["a"], "r", "ELF", role, kind)])
        #expect(explained[0].cause != nil && explained[0].fix?.isEmpty == false)
        #expect(explained[0].cause?.follows == nil)
      }
    }
    #expect(CauseList.explain([]).isEmpty)
  }
}
