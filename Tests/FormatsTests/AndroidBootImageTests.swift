import Formats
import Model
import Testing

@Suite struct AndroidBootImageTests {
  /// A header of version 2 with a kernel and a device tree.
  private static func image(osVersion: UInt32 = 0x1800_01A3, header: UInt32 = 2) -> [UInt8] {
    var image = ImageBytes(count: 2048 * 3)
    image.put("ANDROID!", at: 0)
    image.put(little: UInt32(6), at: 8)
    image.put(little: UInt32(2048), at: 36)
    image.put(little: header, at: 40)
    image.put(little: osVersion, at: 44)
    image.put("console=tty0", at: 64)
    image.put(little: UInt32(3), at: 1648)
    image.put("kernel", at: 2048)
    image.put("dtb", at: 4096)
    return image.bytes
  }

  @Test func partsAreFiles() throws {
    let bytes = Self.image()
    let layout = try LayoutCheck.layout(bytes, is: "Android boot image")
    #expect(
      LayoutCheck.rows(layout, bytes).suffix(5).map(\.name) == [
        "header padding", "kernel", "kernel padding", "device tree", "device tree padding",
      ])
    #expect(
      try LayoutCheck.value("os version", of: bytes) == "12.0.0, patch level 2026-03")
  }

  @Test func onlyTheVersionDiffers() throws {
    #expect(
      try LayoutCheck.differences(Self.image(), Self.image(osVersion: 0x1800_01A4))
        == ["os version"])
  }

  @Test func aPageOfNoSizeIsRefused() throws {
    var image = ImageBytes(count: 4096)
    image.put("ANDROID!", at: 0)
    try LayoutCheck.layout(
      image.bytes, is: "Android boot image", note: "a page size makes no sense (at offset 0)")
  }

  @Test(arguments: 0...3) func whatMkbootimgMakesIsNamed(version: Int) throws {
    let script = """
      printf 'kernel' >k; printf 'ramdisk' >r; printf 'dtb' >d
      set -- --header_version \(version) --kernel k --ramdisk r --os_version 12.0.0
      if [ \(version) = 2 ]; then set -- "$@" --dtb d; fi
      mkbootimg "$@" --os_patch_level 2026-03 -o one
      mkbootimg "$@" --os_patch_level 2026-04 -o two
      """
    guard let files = try ToolFixture.files(["one", "two"], needs: ["mkbootimg"], by: script) else { return }
    let (one, two) = (try #require(files["one"]), try #require(files["two"]))
    let layout = try LayoutCheck.layout(one, is: "Android boot image")
    #expect(layout.regions.allSatisfy { !$0.isGap })
    let names = ["kernel", "ramdisk"] + (version == 2 ? ["device tree"] : [])
    #expect(LayoutCheck.rows(layout, one).map(\.name).filter(names.contains) == names)
    #expect(try LayoutCheck.differences(one, two) == ["os version"])
  }

  @Test func theSignatureOfVersionFourIsAFile() throws {
    var image = ImageBytes(count: 4096 * 4)
    image.put("ANDROID!", at: 0)
    for (value, place) in [(6, 8), (7, 12), (4, 40), (256, 1580)] { image.put(little: UInt32(value), at: place) }
    image.put("AVB0", at: 3 * 4096)
    let layout = try LayoutCheck.layout(image.bytes, is: "Android boot image")
    let signature = try #require(layout.regions.first { $0.name == "boot signature" })
    #expect((signature.offset, signature.length) == (3 * 4096, 256))
    #expect(signature.role == .signature)
  }

  @Test func ramdisksOfAVendorBootImageHaveTheirNames() throws {
    let page = 2048
    var image = ImageBytes(count: page * 8)
    image.put("VNDRBOOT", at: 0)
    // Version, page size; sizes of the ramdisks, the device tree, the table, its entries, the configuration.
    for (value, place) in [(4, 8), (page, 12), (11, 24), (3, 2100), (216, 2112), (2, 2116), (108, 2120), (3, 2124)] {
      image.put(little: UInt32(value), at: place)
    }
    image.put("firstsecond", at: 2 * page)
    image.put("dtb", at: 3 * page)
    for (index, (size, offset, name)) in [(5, 0, ""), (6, 5, "rescue")].enumerated() {
      image.put(little: UInt32(size), at: 4 * page + 108 * index)
      image.put(little: UInt32(offset), at: 4 * page + 108 * index + 4)
      image.put(name, at: 4 * page + 108 * index + 12)
    }
    image.put("x=y", at: 5 * page)
    let bytes = image.bytes
    let layout = try LayoutCheck.layout(bytes, is: "Android vendor boot image")
    let rows = LayoutCheck.rows(layout, bytes).filter { $0.value == nil }.map(\.name)
    #expect(
      rows == [
        "header padding", "vendor ramdisk unnamed ramdisk: content", "vendor ramdisk rescue: content",
        "vendor ramdisk padding", "device tree", "device tree padding", "vendor ramdisk table padding", "bootconfig",
        "bootconfig padding", "trailer padding",
      ])
  }

  /// Metadata with a hash descriptor, and the footer of an image of 16 bytes.
  private static func verified(salt: UInt8 = 7) -> [UInt8] {
    var image = ImageBytes(count: 4096 + 1024 + 64)
    image.put("ANDROID!", at: 0)
    let metadata = 4096
    image.put("AVB0", at: metadata)
    image.put(big: UInt64(64), at: metadata + 12)
    image.put(big: UInt64(192), at: metadata + 20)
    image.put(big: UInt32(1), at: metadata + 28)
    image.put(big: UInt64(32), at: metadata + 40)
    image.put(big: UInt64(32), at: metadata + 48)
    image.put(big: UInt64(32), at: metadata + 56)
    image.put(big: UInt64(160), at: metadata + 104)
    image.put("avbtool 1.2.0", at: metadata + 128)
    let descriptor = metadata + 256 + 64
    image.put(big: UInt64(2), at: descriptor)
    image.put(big: UInt64(144), at: descriptor + 8)
    image.put("sha256", at: descriptor + 24)
    image.put(big: UInt32(4), at: descriptor + 56)
    image.put(big: UInt32(8), at: descriptor + 60)
    image.put(big: UInt32(8), at: descriptor + 64)
    image.put("boot", at: descriptor + 132)
    image.put([UInt8](repeating: salt, count: 8), at: descriptor + 136)
    image.put("AVBf", at: 4096 + 1024)
    image.put(big: UInt64(16), at: 4096 + 1024 + 12)
    image.put(big: UInt64(4096), at: 4096 + 1024 + 20)
    image.put(big: UInt64(512), at: 4096 + 1024 + 28)
    return image.bytes
  }

  @Test func metadataOfVerifiedBootIsNamed() throws {
    let bytes = Self.verified()
    let layout = try LayoutCheck.layout(bytes, is: "AVB image")
    #expect(
      LayoutCheck.rows(layout, bytes).prefix(4).map(\.name) == [
        "image", "padding and hash tree", "AVB metadata", "footer padding",
      ])
    #expect(try LayoutCheck.differences(bytes, Self.verified(salt: 8)) == ["AVB hash of boot salt"])
    #expect(try LayoutCheck.value("AVB release", of: bytes) == "avbtool 1.2.0")
    let alone = Array(bytes[4096..<4096 + 512])
    try LayoutCheck.layout(alone, is: "AVB metadata")
    #expect(try LayoutCheck.value("hash of boot partition", of: alone) == "boot")
  }
}
