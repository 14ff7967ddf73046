import Testing

@testable import Rebuilding

@Suite struct ChangelogDateTests {
  /// The expected values are those of `date -d`.
  @Test(arguments: [
    (" -- A B <a@b.c>  Thu, 01 Jan 1970 00:00:00 +0000", 0 as Int64?),
    (" -- A B <a@b.c>  Sat, 29 Feb 2020 23:30:00 -0130", 1_583_024_400),
    (" -- A <x> B <a@b.c>  Mon, 23 Nov 2026 05:16:14 +0100", 1_795_407_374),
    (" -- A B <a@b.c>  02 Jan 2006 15:04:05 +0000", 1_136_214_245),
    (" -- A B <a@b.c>  Thu, 01 Foo 1970 00:00:00 +0000", nil), (" -- A B <a@b.c>", nil),
    (" -- A B <a@b.c>  Thu, 01 Jan 1970 25:00:00 +0000", nil), (" -- ", nil),
    (" -- A <a>  Thu, 01 Jan 99999999999999999999 00:00:00 +0000", nil),
  ])
  func trailer(line: String, expected: Int64?) {
    #expect(ChangelogDate.first(in: "pkg (1) unstable; urgency=low\n\n  * x\n\n\(line)\n") == expected)
  }

  @Test func insideADiff() {
    let diff = """
      --- a/other
      +++ a-1/debian/rules
      + -- A <a>  Thu, 01 Jan 1970 00:00:01 +0000
      +++ a-1/debian/changelog
      +a (1) x
      + -- A <a>  Thu, 01 Jan 1970 00:00:02 +0000
      """
    #expect(ChangelogDate.first(inDiff: diff) == 2)
  }
}
