import Formats
import TestFixtures
import Testing

@Suite struct ZipArchiveTests {
  /// Two files, the second with a folder's name before it.
  private func archive(comment: String = "end") -> [UInt8] {
    var builder = ZipBuilder()
    builder.member("a", Array("hello".utf8))
    builder.member("d/b", Array("world!".utf8), mode: 0o100755)
    return builder.finished(comment: comment)
  }

  @Test func eachFieldHasItsName() throws {
    var builder = ZipBuilder()
    builder.member("a", Array("hello".utf8))
    let bytes = builder.finished(comment: "end")
    let layout = try LayoutCheck.layout(of: bytes, as: "zip")
    #expect(layout.groups.map(\.name) == ["", "a"])
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "a: local mark 4 504b0304", "a: version needed 2 2.0", "a: flags 2 UTF-8 names", "a: method 2 stored (0)",
        "a: modification time 4 2001-09-09 01:43:00", "a: checksum 4 0x3610a686", "a: compressed size 4 5",
        "a: size 4 5", "a: name length 2 1", "a: extra length 2 0", "a: name 1 a", "a: content 5 file",
        "a: central mark 4 504b0102", "a: central creator version 1 3.0", "a: central creator system 1 Unix (3)",
        "a: central version needed 2 2.0", "a: central flags 2 UTF-8 names", "a: central method 2 stored (0)",
        "a: central modification time 4 2001-09-09 01:43:00", "a: central checksum 4 0x3610a686",
        "a: central compressed size 4 5", "a: central size 4 5", "a: central name length 2 1",
        "a: central extra length 2 0", "a: central comment length 2 0", "a: central disk 2 0",
        "a: central internal attributes 2 none", "a: central DOS attributes 2 none", "a: central mode 2 0100644",
        "a: central local header offset 4 0", "a: central name 1 a", "end record mark 4 504b0506",
        "end record disk 2 0", "end record disk of the central directory 2 0", "end record entries on this disk 2 1",
        "end record entries 2 1", "end record central directory size 4 47",
        "end record central directory offset 4 36", "end record comment length 2 3", "archive comment 3 end",
      ])
  }

  @Test func onlyWhatDiffersIsNamed() throws {
    let bytes = archive()
    var other = bytes
    // The time of the first member, locally only.
    other[11] ^= 1
    #expect(try LayoutCheck.differences(bytes, other) == ["a: modification time"])
    var builder = ZipBuilder()
    builder.member("a", Array("hello".utf8))
    builder.member("d/b", Array("world!".utf8), mode: 0o100644)
    #expect(try LayoutCheck.differences(bytes, builder.finished(comment: "end")) == ["d/b: central mode"])
    #expect(try LayoutCheck.differences(bytes, archive(comment: "End")) == ["archive comment"])
    #expect(try LayoutCheck.differences(bytes, bytes) == [])
  }

  @Test func ordersAreTold() throws {
    let bytes = archive()
    let layout = try LayoutCheck.layout(of: bytes, as: "zip")
    #expect(layout.orders.map(\.name) == ["order in the central directory"])
    #expect(layout.orders.first?.groups.map { layout.groups[$0].name } == ["a", "d/b"])
    // The same members, their central entries swapped.
    let directory = bytes.count - 22 - 3 - 47 - 49
    let end = bytes.count - 25
    let swapped =
      bytes[..<directory] + bytes[(directory + 47)..<end] + bytes[directory..<directory + 47] + bytes[end...]
    let other = try LayoutCheck.layout(of: Array(swapped), as: "zip")
    #expect(other.orders.first?.groups.map { other.groups[$0].name } == ["d/b", "a"])
    #expect(other.groups.map(\.name) == layout.groups.map(\.name))
  }

  @Test func whatIsAroundTheArchiveIsAFileOfItsOwn() throws {
    let stub = Array("#!/usr/bin/env python3\n".utf8)
    let lines = try LayoutCheck.lines(of: stub + archive())
    #expect(lines.first == "before the first entry 23 file before the first entry")
    #expect(lines.contains("d/b: content 6 file"))
    let trailed = try LayoutCheck.lines(of: archive() + [1, 2, 3])
    #expect(trailed.last == "after the archive 3 file after the archive")
    try LayoutCheck.layout(of: stub + archive(), as: "zip")
  }

  @Test func anApkSigningBlockHasItsPairs() throws {
    func le(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    let pairs =
      le(4 + 3, 8) + le(0x7109_871A, 4) + [1, 2, 3] + le(4 + 2, 8) + le(0x4272_6577, 4) + [0, 0] + le(5, 8)
      + le(0x1234_5678, 4) + [9]
    let size = le(pairs.count + 24, 8)
    let block = size + pairs + size + Array("APK Sig Block 42".utf8)
    var bytes = archive(comment: "")
    let directory = bytes.count - 22 - 47 - 49
    bytes.insert(contentsOf: block, at: directory)
    bytes.replaceSubrange(bytes.count - 6..<bytes.count - 2, with: le(directory + block.count, 4))
    try LayoutCheck.layout(of: bytes, as: "zip")
    #expect(
      try LayoutCheck.lines(of: bytes).filter { $0.hasPrefix("APK") } == [
        "APK signing block size 8 66", "APK signature v2 length 8 7", "APK signature v2 number 4 0x7109871a",
        "APK signature v2 3 opaque", "APK signing block padding length 8 6",
        "APK signing block padding number 4 0x42726577", "APK signing block padding 2 opaque",
        "APK signing block pair 0x12345678 length 8 5", "APK signing block pair 0x12345678 number 4 0x12345678",
        "APK signing block pair 0x12345678 1 opaque", "APK signing block size again 8 66",
        "APK signing block mark 16 APK Sig Block 42",
      ])
    try LayoutCheck.survives(bytes)
  }

  @Test func archivesOfRealToolsAreNamedWhole() throws {
    let names = ["a", "stream", "large", "secret", "bzip2", "comment", "shifted", "moved", "lzma", "extra"]
    let made = try ToolFixture.files(
      names.map { $0 + ".zip" }, needs: ["zip", "python3"],
      by: """
        mkdir d; seq 1 1000 > d/x; echo a > d/y; ln -s y d/z; touch -d 2001-02-03T04:05:06Z d/*
        zip -yr a.zip d; zip -e -P foo secret.zip d/x; zip -Z bzip2 bzip2.zip d/x; zip -z comment.zip -r d < d/y
        cat d/x | zip > large.zip - -
        (printf '#!/bin/sh\\n'; cat a.zip) > shifted.zip; cp shifted.zip moved.zip; zip -A moved.zip
        python3 - <<'E'
        import sys, zipfile
        with zipfile.ZipFile('lzma.zip', 'w', zipfile.ZIP_LZMA) as z: z.writestr('a', 'b' * 1000)
        class Pipe:
          def __init__(self, name): self.file = open(name, 'wb')
          def write(self, data): return self.file.write(data)
          def flush(self): self.file.flush()
        with zipfile.ZipFile(Pipe('stream.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
          z.writestr('a', 'b' * 1000); z.writestr('c', '')
          with z.open('e', 'w', force_zip64=True) as f: f.write(b'abc')
        info = zipfile.ZipInfo('a', (2001, 2, 3, 4, 5, 6))
        info.extra = (b'\\x0a\\0\\x20\\0\\0\\0\\0\\0\\x01\\0\\x18\\0' + b'\\0\\x40\\xfc\\x84\\xa2\\xfe\\xd7\\x01' * 3
          + b'\\x35\\xd9\\x04\\0\\x04\\0\\0\\0' + b'\\xfe\\xca\\0\\0' + b'\\x99\\x77\\x02\\0hi' + b'\\0\\0\\0')
        with zipfile.ZipFile('extra.zip', 'w') as z: z.writestr(info, 'x')
        E
        """)
    guard let made else { return }
    for (name, bytes) in made {
      try LayoutCheck.layout(of: bytes, as: "zip")
      let lines = try LayoutCheck.lines(of: bytes)
      #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") }, "\(name)")
      try LayoutCheck.survives(bytes, mutations: 100)
    }
    func expect(_ name: String, _ wanted: [String]) throws {
      let lines = try LayoutCheck.lines(of: made["\(name).zip"] ?? [])
      for line in wanted { #expect(lines.contains(line), "\(name): \(line)") }
    }
    try expect(
      "a",
      [
        "d/x: extra extended timestamp modification time 4 2001-02-03 04:05:06Z", "d/z: central mode 2 0120777",
        "d/x: central extra extended timestamp modification time 4 2001-02-03 04:05:06Z", "d/y: content 2 file",
        "d/x: extra Unix owner uid size 1 4",
      ])
    try expect(
      "stream",
      [
        "a: descriptor mark 4 504b0708", "a: descriptor size 4 1000", "e: descriptor size 8 3",
        "c: descriptor compressed size 4 2", "a: flags 2 data descriptor",
      ])
    try expect("large", ["-: extra zip64 size 8 3893", "zip64 end entries 8 1", "zip64 end locator disks 4 1"])
    try expect("secret", ["d/x: content 1842 opaque", "d/x: flags 2 encrypted, data descriptor"])
    try expect("bzip2", ["d/x: content 918 file bzip2"])
    try expect("comment", ["archive comment 1 a"])
    try expect("shifted", ["before the first entry 10 file before the first entry"])
    try expect("moved", ["before the first entry 10 file before the first entry"])
    try expect("lzma", ["a: content 27 opaque", "a: method 2 lzma (14)"])
    try expect(
      "extra",
      [
        "a: extra NTFS modification time 8 2022-01-01 00:00:00Z", "a: extra Android alignment alignment 2 4",
        "a: extra jar mark header 4 0 bytes", "a: extra 0x7799 data 2 opaque", "a: extra padding 3 opaque",
        "a: central extra padding 3 opaque",
      ])
  }

  @Test func hostileArchivesAreNotedAndTiled() throws {
    func note(_ bytes: [UInt8]) throws -> String? {
      var source = ByteSource(bytes)
      return try LayoutCheck.format(of: bytes)?.layout(of: &source).note
    }
    // Entries that share their data: a bomb.
    var bomb = archive()
    let directory = bomb.count - 25 - 47 - 49
    bomb.replaceSubrange(directory + 47 + 42..<directory + 47 + 46, with: [0, 0, 0, 0])
    #expect(try note(bomb)?.contains("into the next one") == true)
    var beyond = archive()
    beyond.replaceSubrange(directory + 42..<directory + 46, with: [0xF0, 0xFF, 0, 0])
    #expect(try note(beyond)?.contains("not where") == true)
    var long = archive()
    long[directory + 20] = 20
    #expect(try note(long)?.contains("into the next one") == true)
    var many = archive()
    many[many.count - 25 + 10] = 9
    #expect(try note(many)?.contains("not as many entries") == true)
    #expect(try note(Array(archive().dropLast(30)))?.contains("no end") == true)
    for bytes in [bomb, beyond, long, many, archive()] { try LayoutCheck.survives(bytes, mutations: 500) }
  }

  @Test func anEmptyArchiveIsOne() throws {
    #expect(try LayoutCheck.layout(of: ZipBuilder().finished(), as: "zip").regions.count == 1)
  }
}
