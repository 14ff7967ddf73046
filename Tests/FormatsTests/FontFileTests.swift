import Formats
import Model
import Testing

@Suite struct FontFileTests {
  private static func big(_ number: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(number >> (8 * (count - 1 - $0)) & 255) }
  }

  /// A font of two tables.
  private static func font(modified: Int = 3_700_000_000, version: String = "1.0") -> [UInt8] {
    var head: [UInt8] = [0, 1, 0, 0] + big(65_536)
    head += big(0x1234)
    head += [0x5F, 0x0F, 0x3C, 0xF5, 0, 0] + big(1000, 2)
    head += big(3_600_000_000, 8)
    head += big(modified, 8)
    head += [UInt8](repeating: 0, count: 18)
    var text: [UInt8] = []
    for character in version.utf8 { text += [0, character] }
    var name: [UInt8] = [0, 0, 0, 1, 0, 18]
    for number in [3, 1, 0x409, 5, text.count, 0] { name += big(number, 2) }
    name += text
    var bytes: [UInt8] = [0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    for (tag, place, count) in [("head", 44, head.count), ("name", 100, name.count)] {
      bytes += Array(tag.utf8)
      for number in [1, place, count] { bytes += big(number) }
    }
    bytes += head + [0, 0]
    bytes += name
    return bytes + [UInt8](repeating: 0, count: (4 - name.count % 4) % 4)
  }

  static let bytes = font()

  @Test func tablesAreNamed() throws {
    #expect(
      try LayoutCheck.lines(of: Self.bytes) == [
        "flavor 4 00010000",
        "table count 2 2",
        "search parameters 6 000000000000",
        "head tag 4 head",
        "head checksum 4 0x1",
        "head offset 4 44",
        "head length 4 54",
        "name tag 4 name",
        "name checksum 4 0x1",
        "name offset 4 100",
        "name length 4 24",
        "head version 4 00010000",
        "head font revision 4 00010000",
        "head checksum adjustment 4 0x1234",
        "head magic 4 5f0f3cf5",
        "head flags 2 0x0",
        "head units per em 2 1000",
        "head created 8 2018-01-28 16:00:00Z",
        "head modified 8 2021-03-31 01:46:40Z",
        "head bounds 8 0000000000000000",
        "head style 2 0x0",
        "head smallest size 2 0",
        "head direction 2 0",
        "head index format 2 0",
        "head glyph format 2 0",
        "head padding 2 0000",
        "name header 6 000000010012",
        "name version of platform 3, language 1033 entry 12 000300010409000500060000",
        "name version of platform 3, language 1033 6 1.0",
      ])
    try LayoutCheck.layout(of: Self.bytes, name: "x.ttf", as: "font")
    try LayoutCheck.survives(Self.bytes)
  }

  @Test func whatVariesIsNamed() throws {
    #expect(try LayoutCheck.differences(Self.bytes, Self.font(modified: 3_700_000_001)) == ["head modified"])
    #expect(
      try LayoutCheck.differences(Self.bytes, Self.font(version: "1.1")) == [
        "name version of platform 3, language 1033"
      ])
  }

  @Test func fontsForTheWebAreLaidOut() throws {
    let table: [UInt8] = [0x78, 0x9C, 1, 2, 3]
    var bytes = Array("wOFF".utf8) + [0, 1, 0, 0]
    for (number, count) in [(72, 4), (1, 2), (0, 2), (40, 4), (1, 2), (0, 2)] { bytes += Self.big(number, count) }
    bytes += [UInt8](repeating: 0, count: 20)
    bytes += Array("glyf".utf8)
    for number in [64, 5, 20, 9] { bytes += Self.big(number) }
    bytes += table + [0, 0, 0]
    #expect(
      try LayoutCheck.lines(of: bytes).suffix(6) == [
        "glyf tag 4 glyf", "glyf offset 4 64", "glyf lengths 8 0000000500000014", "glyf checksum 4 0x9",
        "glyf 5 file zlib glyf", "glyf padding 3 000000",
      ])
    try LayoutCheck.layout(of: bytes, as: "WOFF")
    try LayoutCheck.survives(bytes)
    let second = Array("wOF2".utf8) + [UInt8](repeating: 0, count: 60)
    #expect(try LayoutCheck.layout(of: second, as: "WOFF").regions.last?.name == "tables")
    try LayoutCheck.survives(second)
  }
}
