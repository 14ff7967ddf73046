import Formats
import Model
import Testing

@Suite struct MessageCatalogTests {
  /// A catalog of one message and its header.
  private static func catalog(date: String = "2024-01-01 10:00+0000", text: String = "Hallo") -> [UInt8] {
    let header = "Project-Id-Version: x\nPOT-Creation-Date: \(date)\n"
    let texts: [[UInt8]] = ["", "Hello", header, text].map { Array($0.utf8) }
    func little(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(number >> (8 * $0) & 255) } }
    var bytes: [UInt8] = [0xDE, 0x12, 0x04, 0x95] + [0, 2, 28, 44, 3, 60].flatMap(little)
    var place = 72
    for text in texts {
      bytes += little(text.count) + little(place)
      place += text.count + 1
    }
    bytes += [UInt8](repeating: 5, count: 12)
    for text in texts { bytes += text + [0] }
    return bytes
  }

  @Test func messagesAreGroups() throws {
    let bytes = Self.catalog()
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "magic 4 0x950412de", "revision 4 0x0", "message count 4 2", "offset of originals 4 28",
        "offset of translations 4 44", "hash table size 4 3", "hash table offset 4 60", "table of originals 16 opaque",
        "table of translations 16 opaque", "hash table 12 opaque", "header key 1 ",
        "message \"Hello\": original 6 Hello", "Project-Id-Version 22 x", "POT-Creation-Date 41 2024-01-01 10:00+0000",
        "header end 1 00", "message \"Hello\": translation 6 Hallo",
      ])
    try LayoutCheck.layout(of: bytes, name: "x.mo", as: "gettext catalog")
    try LayoutCheck.survives(bytes)
  }

  @Test func whatVariesIsNamed() throws {
    let other = Self.catalog(date: "2024-01-01 10:01+0000")
    #expect(try LayoutCheck.differences(Self.catalog(), other) == ["POT-Creation-Date"])
    #expect(
      try LayoutCheck.differences(Self.catalog(), Self.catalog(text: "Holla")) == ["message \"Hello\": translation"])
    let layout = try LayoutCheck.layout(of: other, as: "gettext catalog")
    #expect(layout.regions.first { $0.name == "POT-Creation-Date" }?.role == .time)
  }

  @Test func entriesThatAllPointAtOneTextAreBounded() throws {
    func little(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(number >> (8 * $0) & 255) } }
    let count = 20_000
    var bytes: [UInt8] = [0xDE, 0x12, 0x04, 0x95] + [0, count, 28, 28, 0, 0].flatMap(little)
    for _ in 0..<count { bytes += little(160_000) + little(28) }
    var source = ByteSource(bytes)
    let format = try #require(try LayoutCheck.format(of: bytes))
    #expect(try format.layout(of: &source).note?.contains("overlap") == true)
  }
}
