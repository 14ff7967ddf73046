import Formats
import Testing

@Suite struct UBootImageTests {
  private typealias Row = LayoutCheck.Row

  private static func image(time: UInt32 = 1_700_000_000, type: UInt8 = 2, payload: [UInt8]) -> [UInt8] {
    var image = ImageBytes(count: 64)
    image.put(big: UInt32(0x2705_1956), at: 0)
    image.put(big: UInt32(0x1234_5678), at: 4)
    image.put(big: time, at: 8)
    image.put(big: UInt32(payload.count), at: 12)
    image.put(big: UInt32(0x8000), at: 16)
    image.put(big: UInt32(0x8040), at: 20)
    image.put(big: UInt32(0xCAFE), at: 24)
    image.put([5, 2, type, 0], at: 28)
    image.put("Linux-6.1", at: 32)
    return image.bytes + payload
  }

  @Test func eachFieldOfTheHeaderIsNamed() throws {
    let bytes = Self.image(payload: Array("kernel".utf8))
    let layout = try LayoutCheck.layout(bytes, is: "uImage")
    #expect(
      LayoutCheck.rows(layout, bytes) == [
        Row("magic", 4, "27051956"), Row("header checksum", 4, "0x12345678"), Row("time", 4, "2023-11-14 22:13:20Z"),
        Row("data size", 4, "6"), Row("load address", 4, "0x8000"), Row("entry point", 4, "0x8040"),
        Row("data checksum", 4, "0xcafe"), Row("operating system", 1, "Linux (5)"), Row("architecture", 1, "ARM (2)"),
        Row("type", 1, "kernel (2)"), Row("compression", 1, "none (0)"), Row("image name", 32, "Linux-6.1"),
        Row("kernel", 6),
      ])
  }

  @Test func onlyTheTimeDiffersBetweenTwoBuilds() throws {
    let payload = Array("kernel".utf8)
    let names = try LayoutCheck.differences(
      Self.image(payload: payload), Self.image(time: 1_700_000_001, payload: payload))
    #expect(names == ["time"])
  }

  @Test func imagesOfAListAndWhatFollowsAreFiles() throws {
    let list = ImageBytes.big(UInt32(5)) + ImageBytes.big(UInt32(4)) + [0, 0, 0, 0]
    let bytes =
      Self.image(type: 4, payload: list + Array("first".utf8) + [0, 0, 0] + Array("next".utf8))
      + [0xFF, 0xFF] + Array("hsqs".utf8)
    let layout = try LayoutCheck.layout(bytes, is: "uImage")
    #expect(
      LayoutCheck.rows(layout, bytes).dropFirst(12) == [
        Row("image sizes", 12, "000000050000000400000000"), Row("image 1", 5), Row("image 1 padding", 3),
        Row("image 2", 4), Row("trailer padding", 2), Row("trailer", 4),
      ])
  }

  @Test func aListWithoutEndIsNamedAsFarAsItGoes() throws {
    let bytes = Self.image(type: 4, payload: [UInt8](repeating: 1, count: 64))
    try LayoutCheck.layout(bytes, is: "uImage", note: "it ends within what begins before offset 128")
  }

  @Test func whatMkimageMakesIsNamed() throws {
    let script = """
      printf 'kernel' >k; gzip -n9 k; printf 'ramdisk' >r
      SOURCE_DATE_EPOCH=1000 mkimage -A arm64 -O linux -T kernel -C gzip -a 0x8000 -e 0x8000 -n demo -d k.gz one
      SOURCE_DATE_EPOCH=2000 mkimage -A arm64 -O linux -T kernel -C gzip -a 0x8000 -e 0x8000 -n demo -d k.gz two
      SOURCE_DATE_EPOCH=1000 mkimage -A arm64 -O linux -T multi -C none -n demo -d k.gz:r multi
      """
    guard let files = try ToolFixture.files(["one", "two", "multi"], needs: ["mkimage"], by: script) else { return }
    let (one, two) = (try #require(files["one"]), try #require(files["two"]))
    try LayoutCheck.layout(one, is: "uImage")
    #expect(try LayoutCheck.value("time", of: one) == "1970-01-01 00:16:40Z")
    #expect(try LayoutCheck.differences(one, two) == ["header checksum", "time"])
    let multi = try #require(files["multi"])
    let rows = LayoutCheck.rows(try LayoutCheck.layout(multi, is: "uImage"), multi)
    #expect(rows.suffix(3).map(\.name) == ["image 1", "image 1 padding", "image 2"])
  }
}
