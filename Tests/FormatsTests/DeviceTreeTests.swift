import Formats
import Model
import Testing

@Suite struct DeviceTreeTests {
  private typealias Row = LayoutCheck.Row

  /// A tree of `/` with a model and one node with cells.
  private static func tree(model: String = "board") -> [UInt8] {
    let value = Array(model.utf8) + [0]
    let padded = value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    let structure: [[UInt8]] = [
      cells(1, 0), cells(3, value.count, 0), padded,
      cells(1), Array("cpus".utf8), cells(0), cells(3, 8, 6, 0x10, 2),
      cells(2, 2, 9),
    ]
    let strings = Array("model\0reg\0".utf8)
    let size = structure.joined().count
    let header = cells(
      0xD00D_FEED, 56 + size + strings.count, 56, 56 + size, 40, 17, 16, 0, strings.count, size, 0, 0, 0, 0)
    return header + structure.joined() + strings
  }

  private static func cells(_ values: Int...) -> [UInt8] { values.flatMap { ImageBytes.big(UInt32($0)) } }

  @Test func nodesAreGroupsAndPropertiesRegions() throws {
    let bytes = Self.tree()
    let layout = try LayoutCheck.layout(bytes, is: "device tree")
    #expect(
      LayoutCheck.rows(layout, bytes).dropFirst(10) == [
        Row("end of memory reservations", 16, String(repeating: "0", count: 32)), Row("/: node name", 8, ""),
        Row("/: model", 20), Row("/cpus: node name", 12, "cpus"), Row("/cpus: reg", 20),
        Row("/cpus: end of node", 8, "0000000200000002"), Row("end of structure block", 4, "00000009"),
        Row("strings block", 10),
      ])
    #expect(
      try LayoutCheck.inner("/: model", of: layout, bytes) == [
        Row("model token", 4, "3"), Row("model length", 4, "6"), Row("model name offset", 4, "0"),
        Row("model", 6, "\"board\""), Row("model padding", 2),
      ])
    #expect(try LayoutCheck.value("/cpus: reg", of: bytes) == "<0x10 0x2>")
  }

  @Test func onlyThePropertyDiffers() throws {
    #expect(
      try LayoutCheck.differences(Self.tree(), Self.tree(model: "bored")) == ["/: model"])
  }

  @Test func nodesWithoutEndAreNotFollowed() throws {
    var image = ImageBytes(count: 40)
    let structure: [UInt8] = (0..<100).flatMap { _ -> [UInt8] in ImageBytes.big(UInt32(1)) + [0x61, 0, 0, 0] }
    for (index, value) in [0xD00D_FEED, 56 + structure.count, 56, 56, 40, 17, 16, 0, 0, structure.count].enumerated() {
      image.put(big: UInt32(value), at: index * 4)
    }
    let bytes = image.bytes + [UInt8](repeating: 0, count: 16) + structure
    try LayoutCheck.layout(bytes, is: "device tree", note: "not laid out further: nodes are nested too deep")
  }

  @Test func whatDtcMakesIsNamed() throws {
    let script = """
      for n in 1 2; do
      printf '/dts-v1/;\\n/memreserve/ 0x1000 0x2000;\\n/ { model = "m"; soc { bus@%s0 { reg = <%s>; }; }; };\\n' 1 $n >t
      dtc -q -I dts -O dtb -o t$n t
      done
      """
    guard let files = try ToolFixture.files(["t1", "t2"], needs: ["dtc"], by: script) else { return }
    let bytes = try #require(files["t1"])
    let layout = try LayoutCheck.layout(bytes, is: "device tree")
    #expect(layout.regions.allSatisfy { !$0.isGap })
    #expect(try LayoutCheck.differences(bytes, try #require(files["t2"])) == ["/soc/bus@10: reg"])
  }

  @Test(arguments: ["", "-E"]) func imagesOfAFITAreFiles(option: String) throws {
    let script = """
      printf 'kernel of one' >k; gzip -nkf k; printf 'dtb' >d
      cat >f.its <<'X'
      /dts-v1/;
      / { description = "fit"; images {
       kernel-1 { description = "k"; data = /incbin/("k.gz"); type = "kernel"; arch = "arm64"; os = "linux";
        compression = "gzip"; load = <0x8000>; entry = <0x8000>; hash-1 { algo = "sha256"; }; };
       fdt-1 { description = "d"; data = /incbin/("d"); type = "flat_dt"; arch = "arm64"; compression = "none"; };
      }; configurations { default = "c"; c { kernel = "kernel-1"; fdt = "fdt-1"; }; }; };
      X
      SOURCE_DATE_EPOCH=1000 mkimage \(option) -f f.its one
      SOURCE_DATE_EPOCH=2000 mkimage \(option) -f f.its two
      """
    guard let files = try ToolFixture.files(["one", "k.gz", "d", "two"], needs: ["mkimage", "dtc"], by: script) else {
      return
    }
    let bytes = try #require(files["one"])
    let layout = try LayoutCheck.layout(bytes, is: "device tree")
    var found: [String: [UInt8]] = [:]
    for region in layout.regions {
      if case .file(_, let name?, _) = region.shape {
        found[name] = Array(bytes[Int(region.offset)..<Int(region.end)])
      }
    }
    #expect(found == ["kernel-1": files["k.gz"], "fdt-1": files["d"]])
    #expect(try LayoutCheck.differences(bytes, try #require(files["two"])) == ["/: timestamp"])
    let roles = try LayoutCheck.roles(bytes, in: layout)
    #expect(roles["timestamp"] == .time)
    #expect(roles["value"] == .checksum)
  }
}
