import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Comparing

@Suite struct ComparisonTests {
  @Test func bytesWithoutFormat() async throws {
    let found = try await ComparedBytes.differences([0, 1, 2, 3, 255], [0, 1, 9, 3, 254])
    let difference = try #require(found.first)
    #expect(found.count == 1)
    #expect(difference.id == "d1" && difference.kind == .bytes && difference.region == nil)
    #expect(difference.offset == 2 && difference.length == 3)
    #expect(difference.shipped == "02 03 ff  |...|" && difference.rebuilt == "09 03 fe  |...|")
    #expect(difference.cause?.name == "content")
  }

  @Test func anEmptyFile() async throws {
    let found = try await ComparedBytes.differences([], Array("text\n".utf8))
    #expect(found.count == 1)
    #expect(found.first?.kind == .extra)
    #expect(found.first?.rebuilt?.hasPrefix("text: ") == true)
    #expect(found.first?.length == 5)
  }

  @Test func textNamesTheLine() async throws {
    let found = try await ComparedBytes.differences(
      Array("one\ntwo äß\tx\nthree\n".utf8), Array("one\ntwo äö\tx\nthree\n".utf8))
    #expect(ComparedBytes.lines(found) == ["|line 2|text"])
    #expect(found.first?.shipped == "two äß\tx\n")
    #expect(found.first?.rebuilt == "two äö\tx\n")
  }

  @Test func textThatEndsEarlier() async throws {
    let found = try await ComparedBytes.differences(Array("one\ntwo\n".utf8), Array("one\n".utf8))
    #expect(ComparedBytes.lines(found) == ["|lines -2 +1,0|missing"])
    #expect(found.first?.shipped == "two\n")
  }

  @Test func linesThatWereInsertedAndTakenOut() async throws {
    let found = try await ComparedBytes.differences(
      Array("a\nb\nc\nd\ne\n".utf8), Array("new\na\nb\nd\nE\n".utf8))
    #expect(ComparedBytes.lines(found) == ["|lines -0,0 +1|extra", "|lines -3 +3,0|missing", "|line 5|text"])
  }

  @Test(arguments: [
    ("one\ntwo\n", "one\r\ntwo\r\n", "line endings"), ("one\ntwo\n", "one \ntwo\t\n", "spaces at line ends"),
    ("one\n", "\u{FEFF}one\n", "byte order mark"),
  ])
  func oneDifferenceForAllLines(shipped: String, rebuilt: String, region: String) async throws {
    let found = try await ComparedBytes.differences(Array(shipped.utf8), Array(rebuilt.utf8))
    #expect(ComparedBytes.lines(found) == ["|\(region)|text"])
  }

  @Test func otherKindsAreNamed() async throws {
    var tar = TarBuilder()
    tar.file("a", "a")
    let found = try await ComparedBytes.differences(tar.finished(), Array("text".utf8))
    #expect(found.count == 1)
    #expect(found.first?.shipped?.hasPrefix("tar file: ") == true)
    #expect(found.first?.rebuilt?.hasPrefix("text: ") == true)
  }

  @Test(
    arguments: [
      (0, "1970-01-01 00:00:00Z"), (951_782_400, "2000-02-29 00:00:00Z"),
      (-1, "1969-12-31 23:59:59Z"), (-62_167_219_200, "0000-01-01 00:00:00Z"),
      (253_402_300_799, "9999-12-31 23:59:59Z"), (253_402_300_800, "253402300800 s"), (Int64.min, "\(Int64.min) s"),
    ] as [(Int64, String)])
  func times(seconds: Int64, expected: String) { #expect(TimeText.text(seconds) == expected) }

  @Test func timesWithFractions() {
    #expect(TimeText.text(1, nanoseconds: 500_000_000) == "1970-01-01 00:00:01.5Z")
    #expect(TimeText.text(1, nanoseconds: 1) == "1970-01-01 00:00:01.000000001Z")
  }

  @Test func timesAgreeWithDate() throws {
    let seconds = stride(from: Int64(-60_000_000_000), to: 250_000_000_000, by: 3_333_333_331).map { $0 }
    let script = "for s in \"$@\"; do date -u -d @$s +'%Y-%m-%d %H:%M:%SZ'; done"
    let dates = try FixtureProcess.shell(script, seconds.map(String.init)).output.split(separator: "\n")
    #expect(dates.map(String.init) == seconds.map { TimeText.text($0) })
  }

  @Test func namesThatAreNotUTF8StayApart() {
    #expect(ExactText.text(Array("ü".utf8)) == "ü")
    #expect(ExactText.text([0x61, 0xFF, 0x62]) == "a\\xffb")
    #expect(ExactText.text([0xC3, 0xBC, 0xC3]) == "ü\\xc3")
  }

  @Test func innerNames() {
    #expect(CompressedName.inner("usr/share/man/man1/x.1.gz") == "x.1")
    #expect(CompressedName.inner(nil) == "content")
    #expect(CompressedName.inner(".gz") == "content")
  }
}
