import Formats
import TestFixtures
import Testing

@Suite struct ArArchiveTests {
  @Test func everyByteOfALayoutIsInOneRegion() throws {
    let header = "hello.txt/      0           0     0     100644  3         `\n"
    let bytes = Array(("!<arch>\n" + header + "abc\n").utf8)
    let layout = try LayoutCheck.layout(of: bytes, name: "x.a", as: "ar")
    #expect(layout.groups.map(\.name) == ["", "hello.txt"])
    try LayoutCheck.survives(bytes)
  }
}
