import Formats
import Testing

@Suite struct ChecksumListTests {
  private static func line(_ digit: String, _ path: String) -> String {
    String(repeating: digit, count: 32) + "  " + path + "\n"
  }

  private static let list = line("a", "usr/bin/x") + line("b", "usr/share/doc/x y")

  @Test func eachFileIsAGroup() throws {
    let bytes = Array(Self.list.utf8)
    #expect(
      try LayoutCheck.lines(of: bytes, name: "md5sums") == [
        "usr/bin/x: checksum 44 \(String(repeating: "a", count: 32))",
        "usr/share/doc/x y: checksum 52 \(String(repeating: "b", count: 32))",
      ])
    try LayoutCheck.layout(of: bytes, as: "checksums")
    try LayoutCheck.survives(bytes)
  }

  @Test func oneDigestDiffers() throws {
    let other = Self.line("a", "usr/bin/x") + Self.line("c", "usr/share/doc/x y")
    #expect(
      try LayoutCheck.differences(Array(Self.list.utf8), Array(other.utf8)) == ["usr/share/doc/x y: checksum"])
  }

  @Test func anotherOrderKeepsThePairs() throws {
    let other = Self.line("b", "usr/share/doc/x y") + Self.line("a", "usr/bin/x")
    #expect(try LayoutCheck.differences(Array(Self.list.utf8), Array(other.utf8)) == [])
  }

  @Test(arguments: ["", "deadbeef  x\n", list + "and more\n", "\n" + list])
  func otherTextIsNotTaken(text: String) throws {
    #expect(try LayoutCheck.format(of: Array(text.utf8))?.name != "checksums")
  }
}
