import Formats
import Testing

@Suite struct HexRecordTests {
  private typealias Row = LayoutCheck.Row

  private static let hex =
    ":020000040800F2\r\n:0400000001020304F2\r\n:02000400AABB95\r\n:040000050800000AE5\r\n:00000001FF\r\n"

  @Test func recordsOfIntelHexAreKnownByTheirAddress() throws {
    let bytes = Array(Self.hex.utf8)
    let layout = try LayoutCheck.layout(bytes, is: "Intel HEX")
    #expect(
      LayoutCheck.rows(layout, bytes) == [
        Row("extended linear address", 17), Row("data at 0x08000000", 21), Row("data at 0x08000004", 17),
        Row("start linear address", 21), Row("end of file", 13),
      ])
    #expect(
      try LayoutCheck.inner("data at 0x08000004", of: layout, bytes) == [
        Row("data at 0x08000004 mark", 1, ":"), Row("data at 0x08000004 length", 2, "02"),
        Row("data at 0x08000004 address", 4, "0004"), Row("data at 0x08000004 type", 2, "00"),
        Row("data at 0x08000004 bytes", 4, "AABB"), Row("data at 0x08000004 checksum", 2, "95"),
        Row("data at 0x08000004 line end", 2, "CRLF"),
      ])
  }

  @Test func bytesAndTheirChecksumDiffer() throws {
    let other = Self.hex.replacing(":02000400AABB95", with: ":02000400AABC94")
    #expect(
      try LayoutCheck.differences(Array(Self.hex.utf8), Array(other.utf8))
        == ["data at 0x08000004 bytes", "data at 0x08000004 checksum"])
  }

  @Test func aWrongChecksumEndsTheLayout() throws {
    let bytes = Array(Self.hex.replacing("AABB95", with: "AABB96").utf8)
    try LayoutCheck.layout(
      bytes, is: "Intel HEX", note: "a line is no record, or its checksum is wrong (at offset 38)")
  }

  @Test(arguments: ["ihex", "srec"]) func whatObjcopyMakesIsNamed(target: String) throws {
    let script =
      "head -c 5000 /dev/zero | tr '\\0' x >b; objcopy -I binary -O \(target) --change-addresses 0x8000000 b o"
    guard let files = try ToolFixture.files(["o"], needs: ["objcopy"], by: script) else { return }
    let bytes = try #require(files["o"])
    let layout = try LayoutCheck.layout(bytes, is: target == "ihex" ? "Intel HEX" : "S-record")
    #expect(layout.regions.contains { $0.name == "data at 0x08000000" })
    #expect(layout.regions.filter { $0.name.hasPrefix("data at ") }.count > 100)
  }

  @Test func recordsOfMotorolaAreKnownByTheirAddress() throws {
    let text = "S00600004844521B\nS1130000285F245F2212226A000424290008237C2A\nS5030001FB\nS9030000FC\n"
    let bytes = Array(text.utf8)
    let layout = try LayoutCheck.layout(bytes, is: "S-record")
    #expect(
      LayoutCheck.rows(layout, bytes) == [
        Row("header", 17), Row("data at 0x00000000", 43), Row("record count", 11), Row("start address", 11),
      ])
    #expect(try LayoutCheck.value("header bytes", of: bytes) == "HDR")
    let other = text.replacing("S00600004844521B", with: "S00600004844531A")
    #expect(
      try LayoutCheck.differences(bytes, Array(other.utf8)) == ["header bytes", "header checksum"])
  }

  @Test func otherTextIsNotTakenForRecords() throws {
    #expect(try LayoutCheck.format(of: Array(":100 of them\n".utf8)) == nil)
    #expect(try LayoutCheck.format(of: Array("S1 is a text\n".utf8)) == nil)
  }
}
