import Formats
import Model
import Testing

@Suite struct SquashfsImageTests {
  private static let tree = """
    mkdir -p t/sub; seq 1 60000 >t/sub/numbers; printf 'two' >t/b; ln -s b t/l; cp t/b t/c; printf 'four' >t/d
    head -c 300000 /dev/zero >t/zero; find t -exec touch -h -d @1000 {} +
    """

  @Test(arguments: ["gzip", "gzip -noI -noF", "xz", "lzma", "zstd -no-fragments", "lzo -noI -noF", "lz4"])
  func whatMksquashfsMakesIsNamed(options: String) throws {
    let script = """
      \(Self.tree)
      mksquashfs t one -quiet -no-progress -all-root -mkfs-time 5000 -comp \(options)
      mksquashfs t two -quiet -no-progress -all-root -mkfs-time 6000 -comp \(options)
      """
    guard let files = try ToolFixture.files(["one", "two"], needs: ["mksquashfs"], by: script) else { return }
    let one = try #require(files["one"])
    let layout = try LayoutCheck.layout(one, is: "squashfs")
    #expect(layout.regions.filter(\.isGap).map(\.name) == [])
    #expect(try LayoutCheck.value("time", of: one) == "1970-01-01 01:23:20Z")
    #expect(try LayoutCheck.differences(one, try #require(files["two"])) == ["time"])
    let members = Set(layout.groups.filter(\.isMember).map(\.name))
    if options == "lz4" {
      #expect(members == [])
      #expect(layout.regions.contains { $0.name == "data blocks" })
    } else {
      #expect(members.contains("sub/numbers"))
      #expect(!layout.regions.contains { $0.name == "data blocks" })
    }
    #expect(layout.regions.contains { $0.name == "inode table" })
    #expect(layout.regions.contains { $0.name == "users table" })
  }

  @Test func blocksOfAFileAreItsOwn() throws {
    let script = """
      \(Self.tree)
      mksquashfs t one -quiet -no-progress -all-root -mkfs-time 5000 -noD -noI -noF
      tr 1 2 <t/sub/numbers >n; mv n t/sub/numbers; touch -d @1000 t/sub t/sub/numbers
      mksquashfs t two -quiet -no-progress -all-root -mkfs-time 5000 -noD -noI -noF
      """
    guard let files = try ToolFixture.files(["one", "two", "t/sub/numbers"], needs: ["mksquashfs"], by: script) else {
      return
    }
    let (one, two) = (try #require(files["one"]), try #require(files["two"]))
    let layout = try LayoutCheck.layout(two, is: "squashfs")
    let blocks = layout.regions.filter { layout.groups[$0.group].name == "sub/numbers" }
    let content = blocks.flatMap { two[Int($0.offset)..<Int($0.end)] }
    #expect(content == files["t/sub/numbers"])
    #expect(content.count == 348_894)
    #expect(
      try LayoutCheck.differences(one, two) == [
        "sub/numbers: content", "sub/numbers: content #2", "sub/numbers: content #3",
      ])
  }

  @Test func aTableBeyondTheImageIsNotFollowed() throws {
    var image = ImageBytes(count: 4096)
    image.put("hsqs", at: 0)
    image.put(little: UInt32(131_072), at: 12)
    image.put(little: UInt16(4), at: 28)
    image.put(little: UInt64(4096), at: 40)
    image.put(little: UInt64(9999), at: 64)
    try LayoutCheck.layout(image.bytes, is: "squashfs", note: "a table is outside of the image (at offset 64)")
  }
}
