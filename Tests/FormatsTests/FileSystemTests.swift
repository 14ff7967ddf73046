import Formats
import Model
import Testing

/// ISO 9660, cramfs and ext images.
@Suite struct FileSystemTests {
  /// An image whose root has one file of five bytes.
  private static func iso(created: String = "2023111422132000") -> [UInt8] {
    var image = ImageBytes(count: 23 * 2048)
    func both(_ value: Int, _ place: Int) {
      image.put(little: UInt32(value), at: place)
      image.put(big: UInt32(value), at: place + 4)
    }
    let volume = 16 * 2048
    image.put([1] + Array("CD001".utf8) + [1], at: volume)
    image.put("DEMO", at: volume + 40)
    both(23, volume + 80)
    both(10, volume + 132)
    image.put(little: UInt32(18), at: volume + 140)
    image.put("MKISOFS 1.0", at: volume + 574)
    image.put(created, at: volume + 813)
    image.put([255] + Array("CD001".utf8) + [1], at: 17 * 2048)
    let folder = 20 * 2048
    let records: [(Int, UInt8, Int, Int, UInt8, [UInt8])] = [
      (volume + 156, 34, 20, 2048, 2, [0]), (folder, 34, 20, 2048, 2, [0]), (folder + 34, 34, 20, 2048, 2, [1]),
      (folder + 68, 40, 21, 5, 0, Array("A.TXT;1".utf8)),
    ]
    for (place, length, extent, size, flags, name) in records {
      image.put(length, at: place)
      both(extent, place + 2)
      both(size, place + 10)
      image.put([123, 11, 14, 22, 13, 20, 0, flags], at: place + 18)
      image.put(UInt8(name.count), at: place + 32)
      image.put(name, at: place + 33)
    }
    image.put([1, 0, 20], at: 18 * 2048)
    image.put("hello", at: 21 * 2048)
    return image.bytes
  }

  @Test func filesOfAnISOImageAreMembers() throws {
    let bytes = Self.iso()
    let layout = try LayoutCheck.layout(bytes, is: "ISO 9660")
    let rows = LayoutCheck.rows(layout, bytes).filter { $0.value == nil }
    let expected: [LayoutCheck.Row] = [
      .init("system area", 32_768), .init("end of descriptors", 2048),
      .init("primary volume path table", 10),
      .init("primary volume path table padding", 4086), .init("/: self", 34), .init("/: parent", 34),
      .init("A.TXT: record", 40), .init("/: folder padding", 1940), .init("A.TXT: content", 5),
      .init("A.TXT: padding", 2043), .init("trailer padding", 2048),
    ]
    #expect(rows == expected)
    #expect(try LayoutCheck.value("A.TXT: time", of: bytes) == "2023-11-14 22:13:20Z")
    #expect(try LayoutCheck.value("primary volume application", of: bytes) == "MKISOFS 1.0")
    #expect(
      try LayoutCheck.differences(bytes, Self.iso(created: "2023111422132100")) == ["primary volume creation time"])
  }

  @Test func whatGenisoimageMakesIsNamed() throws {
    let script = """
      mkdir -p t/sub; printf 'one' >t/sub/a-rather-long-name.txt; printf 'two' >t/b; ln -s b t/l; touch -d @1000 t/b
      head -c 3000 /dev/zero >t/boot
      for n in one two; do
        if [ $n = two ]; then touch -d @2000 t/b; chmod 755 t/b; fi
        genisoimage -quiet -R -J -b boot -c cat -no-emul-boot -boot-load-size 4 -o $n t
      done
      """
    guard let files = try ToolFixture.files(["one", "two"], needs: ["genisoimage"], by: script) else { return }
    let (one, two) = (try #require(files["one"]), try #require(files["two"]))
    let layout = try LayoutCheck.layout(one, is: "ISO 9660")
    #expect(layout.regions.filter(\.isGap).map(\.name) == [])
    let members = layout.groups.filter(\.isMember).map(\.name)
    #expect(Set(members) == ["b", "boot", "cat", "l", "sub", "sub/a-rather-long-name.txt"])
    let text = try #require(
      layout.regions.first {
        layout.groups[$0.group].name == "sub/a-rather-long-name.txt" && $0.name == "content"
      })
    #expect(Array(one[Int(text.offset)..<Int(text.end)]) == Array("one".utf8))
    let differing = Set(try LayoutCheck.differences(one, two))
    #expect(differing.isSuperset(of: ["b: mode", "b: mtime"]))
    let roles = try LayoutCheck.roles(one, in: layout)
    #expect(roles["mtime"] == .time)
    #expect(roles["primary volume creation time"] == .time)
  }

  @Test func filesOfACramfsImageAreMembers() throws {
    let script = """
      mkdir -p t/sub; seq 1 3000 >t/sub/numbers; printf 'two' >t/b; ln -s b t/l; chmod 644 t/b
      mkfs.cramfs t one; chmod 600 t/b; mkfs.cramfs t two; mkfs.cramfs -N big -p t big
      """
    guard let files = try ToolFixture.files(["one", "two", "big"], needs: ["mkfs.cramfs"], by: script) else { return }
    let one = try #require(files["one"])
    let layout = try LayoutCheck.layout(one, is: "cramfs")
    #expect(layout.regions.filter(\.isGap).map(\.name) == [])
    #expect(Set(layout.groups.filter(\.isMember).map(\.name)) == ["b", "l", "sub", "sub/numbers"])
    let blocks = LayoutCheck.rows(layout, one).filter { $0.name.hasPrefix("sub/numbers: content") }
    #expect(blocks.count == 4)
    #expect(try LayoutCheck.differences(one, try #require(files["two"])) == ["checksum", "b: mode"])
    try LayoutCheck.layout(try #require(files["big"]), is: "cramfs")
    #expect(try LayoutCheck.value("b: mode", of: try #require(files["big"])) == "0100600")
  }

  @Test func theSuperblockOfExtIsNamed() throws {
    let script = """
      for n in one two; do
        truncate -s 2M $n
        E2FSPROGS_FAKE_TIME=100 mke2fs -q -F -t ext4 -O ^has_journal,^metadata_csum -L demo \\
          -U 00000000-0000-0000-0000-00000000000$(echo $n | tr -d a-z | wc -c) -E hash_seed=$(cat /proc/sys/kernel/random/uuid) $n
      done
      """
    guard let files = try ToolFixture.files(["one", "two"], needs: ["mke2fs"], by: script) else { return }
    let one = try #require(files["one"])
    try LayoutCheck.layout(one, is: "ext file system")
    #expect(try LayoutCheck.value("creation time", of: one) == "1970-01-01 00:01:40Z")
    #expect(try LayoutCheck.value("volume name", of: one) == "demo")
    #expect(try LayoutCheck.differences(one, try #require(files["two"])).contains("hash seed"))
  }

  @Test func partitionsAreFiles() throws {
    let script = """
      for n in 1 2; do
        truncate -s 4M g$n
        sgdisk -o -U 11111111-2222-3333-4444-55555555555$n -n 1:2048:4095 -c 1:boot -u 1:11111111-2222-3333-4444-555555555550 \\
          -n 2:4096:6143 -c 2:root -u 2:11111111-2222-3333-4444-555555555551 g$n
      done
      """
    guard let files = try ToolFixture.files(["g1", "g2"], needs: ["sgdisk"], by: script) else { return }
    let one = try #require(files["g1"])
    let layout = try LayoutCheck.layout(one, is: "partitioned disk")
    #expect(layout.regions.filter(\.isGap).map(\.name) == [])
    let parts = layout.regions.filter { $0.name == "content" }
    #expect(parts.map(\.offset) == [1 << 20, 2 << 20])
    #expect(parts.map(\.length) == [1 << 20, 1 << 20])
    #expect(try LayoutCheck.value("table disk GUID", of: one) == "11111111-2222-3333-4444-555555555551")
    #expect(try LayoutCheck.value("partition 2: name", of: one) == "root")
    #expect(
      try LayoutCheck.differences(one, try #require(files["g2"])) == [
        "table header checksum", "table disk GUID", "backup table header checksum", "backup table disk GUID",
      ])
  }

  @Test func aMasterBootRecordNamesItsPartitions() throws {
    var image = ImageBytes(count: 16 * 512)
    image.put(little: UInt32(0xABCD), at: 440)
    for (index, (first, count)) in [(2, 4), (8, 100)].enumerated() {
      image.put([0x83], at: 446 + 16 * index + 4)
      image.put(little: UInt32(first), at: 446 + 16 * index + 8)
      image.put(little: UInt32(count), at: 446 + 16 * index + 12)
    }
    image.put([0x55, 0xAA], at: 510)
    let layout = try LayoutCheck.layout(image.bytes, is: "partitioned disk")
    let expected: [LayoutCheck.Row] = [
      .init("boot record", 512), .init("between partitions", 512), .init("partition 1: partition 1", 2048),
      .init("between partitions#1", 1024), .init("partition 2: partition 2", 4096),
    ]
    #expect(LayoutCheck.rows(layout, image.bytes) == expected)
    #expect(try LayoutCheck.value("disk signature", of: image.bytes) == "0xabcd")
    var kernel = image.bytes
    kernel[446] = 7
    #expect(try LayoutCheck.format(of: kernel) == nil)
  }
}

extension ImageBytes {
  fileprivate mutating func put(_ value: UInt8, at place: Int) { put([value], at: place) }
}
