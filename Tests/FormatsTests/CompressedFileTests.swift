import Formats
import TestFixtures
import Testing

@Suite struct CompressedFileTests {
  /// Files by the tools themselves, of the same two texts.
  private static func files(_ names: [String], needs tools: [String], by script: String) throws -> [String: [UInt8]] {
    let files = try ToolFixture.files(
      names, needs: tools, by: "seq 1 3000 > a; touch -d @1700000000 a; : > e\n" + script)
    for (name, bytes) in files ?? [:] {
      try LayoutCheck.survives(bytes, mutations: 200)
      let lines = try LayoutCheck.lines(of: bytes)
      #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") }, "\(name)")
      #expect(lines.count { $0.contains("file") } <= 1, "\(name)")
    }
    return files ?? [:]
  }

  /// Lines without those of sizes and checksums, which depend on the tool's version.
  private static func lines(_ bytes: [UInt8]?, as format: String) throws -> [String] {
    guard let bytes else { return [] }
    try LayoutCheck.layout(of: bytes, as: format)
    return try LayoutCheck.lines(of: bytes)
  }

  @Test func gzip() throws {
    let made = try Self.files(
      ["a.gz", "n.gz", "best.gz", "two.gz"], needs: ["gzip"],
      by: """
        gzip -k a; gzip -n < a > n.gz; gzip -n9 < a > best.gz; cat a.gz n.gz > two.gz
        """)
    guard let named = made["a.gz"], let bare = made["n.gz"], let best = made["best.gz"] else { return }
    let lines = try Self.lines(named, as: "gzip")
    for line in ["gzip mtime 4 2023-11-14 22:13:20Z", "gzip name 2 a", "gzip flags 1 name", "gzip size 4 13893"] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(try Self.lines(bare, as: "gzip").contains("gzip mtime 4 none"))
    #expect(try LayoutCheck.differences(bare, best).first == "gzip level")
    var other = named
    other[4] ^= 1
    #expect(try LayoutCheck.differences(named, other) == ["gzip mtime"])
    // Letters and a number for their lengths.
    var extra = Array(bare[..<10]) + [8, 0, 0x42, 0x43, 2, 0, 1, 2, 0x58, 0x59] + [0, 0] + bare[10...]
    extra[3] |= 4
    extra[10] = 10
    try LayoutCheck.layout(of: extra, as: "gzip")
    #expect(try LayoutCheck.lines(of: extra).contains("gzip extra BC 2 opaque"))
    try LayoutCheck.survives(extra)
    let filled = bare + [UInt8](repeating: 0, count: 100)
    #expect(try LayoutCheck.lines(of: filled).last?.contains("compressed data") == true)
  }

  @Test func xz() throws {
    let made = try Self.files(
      ["a.xz", "blocks.xz", "two.xz", "padded.xz", "e.xz", "filters.xz"], needs: ["xz"],
      by: """
        xz -k a; xz -k e; xz --block-size=4096 -T2 --check=sha256 < a > blocks.xz; cat a.xz a.xz > two.xz
        (cat a.xz; printf '\\0\\0\\0\\0\\0\\0\\0\\0') > padded.xz; xz --x86 --lzma2=preset=6,dict=8MiB < a > filters.xz
        """)
    guard let single = made["a.xz"] else { return }
    let lines = try Self.lines(single, as: "xz")
    #expect(
      lines.map { $0.split(separator: " ").dropLast().joined(separator: " ") }.filter { !$0.hasPrefix("compressed") }
        == [
          "xz magic 6", "xz check type 2 CRC-64", "xz header checksum 4", "xz block header size 1 12",
          "xz block header flags 1 1", "xz filter LZMA2 2", "xz dictionary size 1 8388608",
          "xz block header padding 3", "xz block header checksum 4", "xz check 8", "xz index mark 1",
          "xz block count 1", "xz block sizes 6", "xz index checksum 4", "xz footer checksum 4",
          "xz footer index size 4", "xz footer check type 2 CRC-64", "xz footer mark 2",
        ])
    let blocks = try Self.lines(made["blocks.xz"], as: "xz")
    #expect(blocks.contains("xz block count 1 4"))
    #expect(blocks.contains { $0.hasPrefix("xz check 32 ") })
    #expect(blocks.contains("xz block header flags 1 1 filters, compressed size, size"))
    #expect(try Self.lines(made["padded.xz"], as: "xz").last == "xz padding 8 opaque")
    #expect(try Self.lines(made["two.xz"], as: "xz").count == lines.count)
    #expect(try Self.lines(made["e.xz"], as: "xz").contains("xz block count 1 0"))
    #expect(try Self.lines(made["filters.xz"], as: "xz").contains { $0.hasPrefix("xz filter x86") })
  }

  @Test func bzip2() throws {
    let made = try Self.files(
      ["a.bz2", "one.bz2", "e.bz2"], needs: ["bzip2"], by: "bzip2 -k a; bzip2 -k e; bzip2 -1 < a > one.bz2")
    guard let usual = made["a.bz2"], let one = made["one.bz2"] else { return }
    #expect(
      try Self.lines(usual, as: "bzip2")[..<3] == [
        "bzip2 magic 3 BZh", "bzip2 block size 1 900 kB", "bzip2 first block mark 6 314159265359",
      ])
    #expect(try LayoutCheck.differences(usual, one) == ["bzip2 block size"])
    #expect(try Self.lines(made["e.bz2"], as: "bzip2").contains("bzip2 checksum 4 0x0"))
  }

  @Test func zstd() throws {
    let made = try Self.files(
      ["a.zst", "stream.zst", "two.zst", "skip.zst", "e.zst"], needs: ["zstd"],
      by: """
        zstd -q a; zstd -q e; zstd -q --no-check < a > stream.zst; cat a.zst a.zst > two.zst
        (printf '\\120\\052\\115\\030\\003\\000\\000\\000abc'; cat a.zst; printf '\\120\\052\\115\\030\\001\\000\\000\\000z') > skip.zst
        """)
    guard let single = made["a.zst"] else { return }
    let lines = try Self.lines(single, as: "zstd")
    #expect(lines.contains("zstd content size 2 13893"))
    #expect(lines.last?.hasPrefix("zstd checksum 4 0x") == true)
    #expect(lines.contains { $0.hasPrefix("zstd frame flags 1 content size 2 bytes") && $0.hasSuffix("checksum") })
    #expect(try Self.lines(made["stream.zst"], as: "zstd").contains { $0.hasPrefix("zstd window size 1 ") })
    #expect(try Self.lines(made["two.zst"], as: "zstd").count == lines.count)
    let skip = try Self.lines(made["skip.zst"], as: "zstd")
    #expect(
      skip.contains("skippable frame size 4 3") && skip.contains("skippable frame data 1 opaque")
    )
  }

  @Test func lz4() throws {
    let made = try Self.files(
      ["a.lz4", "old.lz4", "size.lz4", "two.lz4"], needs: ["lz4"],
      by: """
        lz4 -q a a.lz4; lz4 -q -l a old.lz4; lz4 -q --content-size -B4 -BX a size.lz4; cat a.lz4 a.lz4 > two.lz4
        """)
    guard let single = made["a.lz4"] else { return }
    let lines = try Self.lines(single, as: "lz4")
    #expect(lines.contains("lz4 flags 1 version 1, independent blocks, checksum"))
    #expect(lines.suffix(2).first == "lz4 end mark 4 00000000")
    #expect(try Self.lines(made["size.lz4"], as: "lz4").contains("lz4 content size 8 13893"))
    #expect(try Self.lines(made["old.lz4"], as: "lz4").count == 2)
    #expect(try Self.lines(made["two.lz4"], as: "lz4").last?.hasPrefix("compressed data") == true)
  }

  @Test func lzipAndLzma() throws {
    let made = try Self.files(
      ["a.lz", "two.lz"], needs: ["lzip"], by: "lzip -k a; cat a.lz a.lz > two.lz")
    if let single = made["a.lz"] {
      let lines = try Self.lines(single, as: "lzip")
      #expect(lines.suffix(3).contains("lzip size 8 13893"))
      #expect(lines.last == "lzip member size 8 \(single.count)")
      #expect(try Self.lines(made["two.lz"], as: "lzip").last == "lzip member size 8 \(single.count)")
    }
    let old = try Self.files(["a.lzma"], needs: ["xz"], by: "xz --format=lzma -k a")
    guard let old = old["a.lzma"] else { return }
    #expect(
      try Self.lines(old, as: "lzma").prefix(3) == [
        "lzma properties 1 lc=3 lp=0 pb=2", "lzma dictionary size 4 8388608", "lzma size 8 unknown",
      ])
  }

  @Test func zlibAndCompress() throws {
    let made = try Self.files(
      ["one.z", "six.z", "nine.z", "zero.z"], needs: ["python3"],
      by: """
        python3 - <<'E'
        import zlib
        data = open('a', 'rb').read()
        for name, level in (('one', 1), ('six', 6), ('nine', 9), ('zero', 0)):
          open(name + '.z', 'wb').write(zlib.compress(data, level))
        E
        """)
    for (name, level) in [("one", "fastest"), ("six", "usual"), ("nine", "best"), ("zero", "fastest")]
    where !made.isEmpty {
      #expect(try Self.lines(made[name + ".z"], as: "zlib").contains("zlib level 1 \(level)"))
    }
    #expect(try LayoutCheck.format(of: Array("x^2 is a text, not a stream".utf8))?.name != "zlib")
    let compressed: [UInt8] = [0x1F, 0x9D, 0x90, 0x61, 0xC4, 0x28]
    #expect(
      try Self.lines(compressed, as: "compress") == [
        "compress magic 2 1f9d", "compress bits 1 16, block mode", "compressed data 3 file compress",
      ])
    try LayoutCheck.survives(compressed)
  }
}
