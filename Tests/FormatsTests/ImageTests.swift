import Formats
import Model
import Testing

@Suite struct ImageTests {
  private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    big(UInt32(data.count)) + Array(kind.utf8) + data + [1, 2, 3, 4]
  }

  private static func big(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }

  static func png(software: String = "x 1.0", second: UInt8 = 9, parts: Int = 1) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += chunk("IHDR", big(16) + big(8) + [8, 2, 0, 0, 0])
    bytes += chunk("tIME", [7, 0xE8, 1, 2, 3, 4, second])
    bytes += chunk("tEXt", Array("Software\0\(software)".utf8)) + chunk("tEXt", Array("date:create\02024".utf8))
    for _ in 0..<parts { bytes += chunk("IDAT", [0x78, 0x9C, 3, 0, 0, 0, 0, 1]) }
    return bytes + chunk("IEND", [])
  }

  @Test func aPNGsChunksAreNamed() throws {
    let bytes = Self.png()
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "magic 8 89504e470d0a1a0a",
        "IHDR header 8 13 bytes of IHDR",
        "width 4 16",
        "height 4 8",
        "bit depth 1 8",
        "color type 1 RGB (2)",
        "compression method 1 0",
        "filter method 1 0",
        "interlace method 1 0",
        "IHDR checksum 4 0x1020304",
        "tIME header 8 7 bytes of tIME",
        "time 7 2024-01-02 03:04:09Z",
        "tIME checksum 4 0x1020304",
        "tEXt Software header 8 14 bytes of tEXt",
        "tEXt Software 14 x 1.0",
        "tEXt Software checksum 4 0x1020304",
        "tEXt date:create header 8 16 bytes of tEXt",
        "tEXt date:create 16 2024",
        "tEXt date:create checksum 4 0x1020304",
        "IDAT header 8 8 bytes of IDAT",
        "pixels 8 file zlib pixels",
        "IDAT checksum 4 0x1020304",
        "IEND header 8 0 bytes of IEND",
        "IEND checksum 4 0x1020304",
      ])
    let layout = try LayoutCheck.layout(of: bytes, name: "x.png", as: "PNG")
    #expect(layout.regions.first { $0.name == "tEXt Software" }?.role == .generator)
    #expect(layout.regions.first { $0.name == "tEXt date:create" }?.role == .time)
    #expect(try LayoutCheck.differences(bytes, Self.png(second: 10)) == ["time"])
    #expect(try LayoutCheck.differences(bytes, Self.png(software: "x 1.1")) == ["tEXt Software"])
    try LayoutCheck.layout(of: Self.png(parts: 3) + [1, 2, 3], as: "PNG")
    try LayoutCheck.survives(bytes)
  }

  /// Exif with a time and a program.
  private static func exif(_ time: String) -> [UInt8] {
    var bytes: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 2, 0]
    bytes += [0x31, 1, 2, 0, 3, 0, 0, 0, 0x61, 0x62, 0, 0]
    bytes += [0x32, 1, 2, 0, 20, 0, 0, 0, 38, 0, 0, 0]
    return bytes + [0, 0, 0, 0] + Array(time.utf8) + [0]
  }

  private static func jpeg(_ time: String = "2024:01:02 03:04:05", comment: String = "made") -> [UInt8] {
    func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
      [0xFF, marker, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 255)] + data
    }
    var bytes: [UInt8] = [0xFF, 0xD8]
    bytes += segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
    bytes += segment(0xE1, Array("Exif\0\0".utf8) + exif(time))
    bytes += segment(0xFE, Array(comment.utf8)) + segment(0xDB, [UInt8](repeating: 1, count: 65))
    bytes += segment(0xC0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]) + segment(0xDA, [1, 1, 0, 0, 63, 0])
    return bytes + [1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xD9]
  }

  @Test func aJPEGsSegmentsAreNamed() throws {
    let bytes = Self.jpeg()
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "start of image 2 ffd8",
        "JFIF marker 2 ffe0",
        "JFIF length 2 16",
        "JFIF mark 5 JFIF",
        "JFIF version 2 0101",
        "JFIF density 5 0000010001",
        "JFIF thumbnail 2 opaque",
        "Exif marker 2 ffe1",
        "Exif length 2 66",
        "Exif mark 6 Exif",
        "Exif header 4 49492a00",
        "Exif first directory 4 8",
        "Exif entry count 2 2",
        "Exif Software entry 8 3101020003000000",
        "Exif Software 4 ab",
        "Exif DateTime entry 12 320102001400000026000000",
        "Exif next directory 4 0",
        "Exif DateTime 20 2024:01:02 03:04:05",
        "comment marker 2 fffe",
        "comment length 2 6",
        "comment 4 made",
        "quantisation table marker 2 ffdb",
        "quantisation table length 2 67",
        "quantisation table 65 opaque",
        "frame header marker 2 ffc0",
        "frame header length 2 11",
        "frame header 9 opaque",
        "scan header marker 2 ffda",
        "scan header length 2 8",
        "scan header 6 opaque",
        "scan data 8 opaque",
        "end of image 2 ffd9",
      ])
    try LayoutCheck.layout(of: bytes, as: "JPEG")
    #expect(try LayoutCheck.differences(bytes, Self.jpeg("2024:01:02 03:04:06")) == ["Exif DateTime"])
    #expect(try LayoutCheck.differences(bytes, Self.jpeg(comment: "Made")) == ["comment"])
    try LayoutCheck.survives(bytes)
  }

  @Test func aGIFsBlocksAreNamed() throws {
    var bytes = Array("GIF89a".utf8) + [2, 0, 2, 0, 0x80, 0, 0] + [UInt8](repeating: 7, count: 6)
    bytes += [0x21, 0xFE, 2, 0x68, 0x69, 0] + [0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0] + [2, 2, 0x4C, 1, 0, 0x3B]
    #expect(
      try LayoutCheck.lines(of: bytes, values: false) == [
        "version 6", "width 2", "height 2", "screen flags 3", "palette 6", "comment 6", "image header 10",
        "image data 5", "end of image 1",
      ])
    try LayoutCheck.layout(of: bytes, as: "GIF")
    try LayoutCheck.survives(bytes)
  }

  @Test func iconsHoldImages() throws {
    let image = Self.png()
    let header: [UInt8] = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0]
    let icon = header + [UInt8(image.count), 0, 0, 0, 22, 0, 0, 0] + image
    #expect(
      try LayoutCheck.lines(of: icon, values: false) == [
        "header 6", "image 16×16 of 32 bits: properties 8", "image 16×16 of 32 bits: size 4",
        "image 16×16 of 32 bits: offset 4", "image 16×16 of 32 bits: content \(image.count)",
      ])
    try LayoutCheck.layout(of: icon, as: "icon")
    try LayoutCheck.survives(icon)
    let size = UInt32(image.count)
    let apple = Array("icns".utf8) + Self.big(size + 16) + Array("ic07".utf8) + Self.big(size + 8) + image
    #expect(
      try LayoutCheck.lines(of: apple, values: false) == [
        "magic 4", "size 4", "image ic07: type 4", "image ic07: size 4", "image ic07: content \(size)",
      ])
    try LayoutCheck.layout(of: apple, as: "ICNS")
    try LayoutCheck.survives(apple)
  }

  @Test func anInventoryHasAStream() throws {
    let text =
      "# Sphinx inventory version 2\n# Project: x\n# Version: 1.0\n# The remainder of this file is compressed using zlib.\n"
    let bytes = Array(text.utf8) + [0x78, 0x9C, 1, 2, 3]
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "format 29 # Sphinx inventory version 2", "project 13 # Project: x", "version 15 # Version: 1.0",
        "encoding 55 # The remainder of this file is compressed using zlib.", "objects 5 file zlib objects",
      ])
    try LayoutCheck.layout(of: bytes, name: "objects.inv", as: "Sphinx inventory")
    try LayoutCheck.survives(bytes)
  }
}
