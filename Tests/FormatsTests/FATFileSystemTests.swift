import Formats
import Model
import Testing

/// File systems as mkfs.fat and mtools make them.
@Suite struct FATFileSystemTests {
  /// A shell function that makes an image: its name, its size in KiB, options of mkfs.fat.
  private static let make = """
    export MTOOLS_SKIP_CHECK=1
    mkdir -p t; seq 1 3000 >t/numbers; printf 'two' >t/b; touch -d '2020-01-01 10:00:00' t/numbers t/b
    make() { truncate -s $2K $1; mkfs.fat -i 12345678 -n DEMO $3 $1 >/dev/null; mmd -i $1 ::sub ::sub/deeper
      SOURCE_DATE_EPOCH=1577872800 mcopy -m -i $1 t/numbers '::sub/a rather long name of a file.txt'
      SOURCE_DATE_EPOCH=1577872800 mcopy -m -i $1 t/b ::B.TXT; }
    """
  private static let tools = ["mkfs.fat", "mcopy"]
  private static let longName = "sub/a rather long name of a file.txt"

  @Test(
    arguments: [
      (1440, "-F 12"), (20_000, "-F 16 -s 4"), (20_000, "-F 16 -s 4 -S 1024"), (40_000, "-F 32 -s 1"),
      (1440, "-F 12 -f 1"),
    ])
  func whatToolsMakeIsNamed(size: Int, options: String) throws {
    let script = "\(Self.make)\nmake one \(size) '\(options)'"
    guard let files = try ToolFixture.files(["one", "t/numbers"], needs: Self.tools, by: script) else { return }
    let one = try #require(files["one"])
    let layout = try LayoutCheck.layout(one, is: "FAT file system")
    #expect(layout.regions.filter(\.isGap).map(\.name) == [])
    #expect(Set(layout.groups.filter(\.isMember).map(\.name)) == ["sub", "sub/deeper", "B.TXT", Self.longName])
    let content = layout.regions.filter { layout.groups[$0.group].name == Self.longName && $0.name == "content" }
    #expect(content.flatMap { one[Int($0.offset)..<Int($0.end)] } == files["t/numbers"])
    #expect(try LayoutCheck.value("volume ID", of: one) == "0x12345678")
    #expect(try LayoutCheck.value("volume label", of: one) == "DEMO")
    #expect(try LayoutCheck.value("B.TXT: modification time", of: one) == "2020-01-01 10:00:00")
    #expect(try LayoutCheck.value("B.TXT: size", of: one) == "3")
    let names = Set(layout.regions.map(\.name))
    #expect(
      names.isSuperset(of: [
        "boot sector", "allocation table", "entry", "long name", "link to itself", "link to its parent",
        "volume label entry", "unused entries", "unused clusters", "content", "slack",
      ]))
    #expect(names.contains("information sector") == options.contains("32"))
    #expect(names.contains("allocation table copy") != options.contains("-f 1"))
  }

  @Test func onlyWhatDiffersIsNamed() throws {
    let script = """
      \(Self.make)
      make one 1440 '-F 12'; cp one two; cp one three; cp one four
      mattrib -i two +r ::B.TXT
      printf '\\042' | dd of=three bs=1 seek=39 conv=notrunc 2>/dev/null
      mdel -i four ::B.TXT
      """
    guard
      let files = try ToolFixture.files(["one", "two", "three", "four"], needs: Self.tools + ["mattrib"], by: script)
    else { return }
    let one = try #require(files["one"])
    #expect(try LayoutCheck.differences(one, try #require(files["two"])) == ["B.TXT: attributes"])
    #expect(try LayoutCheck.differences(one, try #require(files["three"])) == ["volume ID"])
    let deleted = try LayoutCheck.differences(one, try #require(files["four"]))
    #expect(Set(deleted).isSuperset(of: ["B.TXT: content", "/: deleted entry short name", "cluster chains"]))
    let roles = try LayoutCheck.roles(one, in: try LayoutCheck.layout(one, is: "FAT file system"))
    #expect(roles["creation time"] == .time)
    #expect(roles["attributes"] == .mode)
    #expect(roles["volume ID"] == .identity)
    #expect(roles["cluster chains"] == .offset)
    #expect(roles["slack"] == .padding)
  }

  /// A file between whose clusters another one was deleted.
  @Test func filesInSeveralStretchesAreJoined() throws {
    let script = """
      \(Self.make)
      truncate -s 1440K one; mkfs.fat -i 1 one >/dev/null
      head -c 1000 t/numbers >t/gone; seq 1 250000 >t/long; head -c 1400000 t/long >t/fill
      mcopy -i one t/b ::first; mcopy -i one t/gone ::gone; mcopy -i one t/b ::last; mdel -i one ::gone
      mcopy -i one t/fill ::fill
      """
    guard let files = try ToolFixture.files(["one", "t/fill"], needs: Self.tools + ["mdel"], by: script) else { return }
    let one = try #require(files["one"])
    let layout = try LayoutCheck.layout(one, is: "FAT file system")
    let several = layout.joined.filter { $0.value.pieces.count > 1 }
    #expect(several.keys.map { layout.groups[$0].name } == ["fill"])
    let joined = try #require(several.values.first)
    #expect(joined.pieces.count == 2)
    #expect(joined.pieces.flatMap { one[Int($0.lowerBound)..<Int($0.upperBound)] } == files["t/fill"])
  }

  /// An image of 12 bits with 16 clusters of 512 bytes, and a root of 16 entries.
  private static func image() -> ImageBytes {
    var image = ImageBytes(count: 512 * 19)
    image.put([0xEB, 0x3C, 0x90], at: 0)
    image.put("mkfs.fat", at: 3)
    image.put([0, 2, 1, 1, 0, 1, 16, 0, 19, 0, 0xF8, 1, 0], at: 11)
    image.put([0x55, 0xAA], at: 510)
    image.put([0xF8, 0xFF, 0xFF], at: 512)
    return image
  }

  private static func entry(_ name: String, cluster: UInt16, size: UInt32, attributes: UInt8 = 0) -> [UInt8] {
    var entry = ImageBytes(count: 32)
    entry.put(name, at: 0)
    entry.put([attributes], at: 11)
    entry.put(little: cluster, at: 26)
    entry.put(little: size, at: 28)
    return entry.bytes
  }

  @Test func whatAHostileTableSaysIsBounded() throws {
    // Two files of one cluster, a chain in a circle, a folder that is its own, a file that is longer than its clusters.
    let cases: [([[UInt8]], table: [UInt8], note: String?)] = [
      ([Self.entry("A          ", cluster: 2, size: 5)], [0xFF, 0x0F, 0], nil),
      (
        [Self.entry("A          ", cluster: 2, size: 5), Self.entry("B          ", cluster: 2, size: 5)],
        [0xFF, 0x0F, 0], "a cluster belongs to two files (at offset 1536)"
      ),
      (
        [Self.entry("A          ", cluster: 2, size: 5)], [3, 0x20, 0],
        "a cluster belongs to two files (at offset 1536)"
      ),
      (
        [Self.entry("A          ", cluster: 2, size: 5, attributes: 16)], [2, 0, 0],
        "a cluster belongs to two files (at offset 1536)"
      ),
      (
        [Self.entry("A          ", cluster: 2, size: 5000)], [0xFF, 0x0F, 0],
        "a file has fewer clusters than bytes (at offset 1536)"
      ),
      ([Self.entry("A          ", cluster: 2, size: 5)], [5, 0, 0], "a chain of clusters has no end (at offset 512)"),
    ]
    for (entries, table, note) in cases {
      var image = Self.image()
      image.put(table, at: 515)
      image.put(entries.flatMap { $0 }, at: 1024)
      let layout = try LayoutCheck.layout(image.bytes, is: "FAT file system", note: note)
      #expect(layout.groups.contains { $0.name == "A" })
    }
  }

  @Test func otherBootSectorsAreNone() throws {
    for (place, value) in [(0, UInt8(0)), (11, 1), (13, 3), (16, 0), (21, 0), (22, 0), (510, 0)] {
      var image = Self.image()
      image.put([value], at: place)
      #expect(try LayoutCheck.format(of: image.bytes)?.name != "FAT file system", "\(place)")
    }
  }
}
