import Formats
import Model
import Testing

@Suite struct UBIImageTests {
  /// Two erase blocks of 4 KiB: the table with one volume, then that volume.
  private static func image(sequence: UInt32 = 1) -> [UInt8] {
    var image = ImageBytes(count: 8192)
    for (block, volume) in [(0, UInt32(0x7FFF_EFFF)), (4096, 0)] {
      image.put("UBI#", at: block)
      image.put([1], at: block + 4)
      image.put(big: UInt32(64), at: block + 16)
      image.put(big: UInt32(128), at: block + 20)
      image.put(big: sequence, at: block + 24)
      image.put("UBI!", at: block + 64)
      image.put(big: volume, at: block + 72)
    }
    image.put(big: UInt16(6), at: 128 + 14)
    image.put("rootfs", at: 128 + 16)
    image.put("data", at: 4096 + 128)
    return image.bytes
  }

  @Test func blocksAreNamedByTheirVolume() throws {
    let bytes = Self.image()
    let layout = try LayoutCheck.layout(bytes, is: "UBI")
    #expect(layout.groups.map(\.name) == ["", "volume table block 0", "volume rootfs block 0", "rootfs"])
    #expect(
      try LayoutCheck.differences(bytes, Self.image(sequence: 2)) == [
        "volume table block 0: erase image sequence number", "volume rootfs block 0: erase image sequence number",
      ])
    let roles = try LayoutCheck.roles(bytes, in: layout)
    #expect(roles["erase image sequence number"] == .identity)
  }

  @Test func whatUbinizeMakesIsNamed() throws {
    let script = """
      mkdir -p t; printf 'two' >t/b; touch -d @1000 t t/b; head -c 20000 /dev/zero >t/zero; touch -d @1000 t/zero t
      printf '[v]\\nmode=ubi\\nimage=fs\\nvol_id=0\\nvol_type=dynamic\\nvol_name=rootfs\\nvol_size=1MiB\\n' >c
      mkfs.ubifs -m 512 -e 15872 -c 100 -r t -o fs; ubinize -Q 1 -p 16KiB -m 512 -s 512 -O 512 -o one c 2>/dev/null ||
        ubinize -Q 1 -p 16KiB -m 512 -o one c
      touch -d @2000 t/b; mkfs.ubifs -m 512 -e 15872 -c 100 -r t -o fs2
      """
    guard let files = try ToolFixture.files(["one", "fs", "fs2"], needs: ["ubinize", "mkfs.ubifs"], by: script) else {
      return
    }
    let one = try #require(files["one"])
    let layout = try LayoutCheck.layout(one, is: "UBI")
    #expect(layout.groups.contains { $0.name == "volume rootfs block 0" })
    #expect(layout.regions.filter(\.isGap).map(\.name) == [])
    let (first, second) = (try #require(files["fs"]), try #require(files["fs2"]))
    try LayoutCheck.layout(first, is: "UBIFS")
    let differing = try LayoutCheck.differences(first, second)
    #expect(differing.contains { $0.hasSuffix("superblock UUID") })
    #expect(differing.contains { $0.hasSuffix(" mtime") })
  }
}
