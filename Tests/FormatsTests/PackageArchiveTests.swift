import Formats
import TestFixtures
import Testing

@Suite struct PackageArchiveTests {
  @Test func cpioHasItsFieldsNamed() throws {
    var builder = CpioBuilder()
    builder.entry("a", Array("hello".utf8))
    let bytes = builder.finished()
    let layout = try LayoutCheck.layout(of: bytes, as: "cpio")
    #expect(layout.groups.map(\.name) == ["", "a", "trailer"])
    #expect(
      try LayoutCheck.lines(of: bytes).prefix(18) == [
        "a: magic 6 070701", "a: inode 8 1", "a: mode 8 0100644", "a: uid 8 0", "a: gid 8 0", "a: links 8 1",
        "a: mtime 8 2001-09-09 01:46:40Z", "a: size 8 5", "a: device major 8 8", "a: device minor 8 1",
        "a: special device major 8 0", "a: special device minor 8 0", "a: name length 8 2", "a: checksum 8 0",
        "a: name 2 a", "a: content 5 file", "a: padding 3 000000", "trailer: magic 6 070701",
      ])
    var other = CpioBuilder()
    other.entry("a", Array("hello".utf8), mode: 0o100600)
    #expect(try LayoutCheck.differences(bytes, other.finished()) == ["a: mode"])
    let twice = try LayoutCheck.lines(of: bytes + [0, 0, 0, 0] + bytes)
    #expect(twice.suffix(2) == ["record padding 4 opaque", "after the archive \(bytes.count) file after the archive"])
    try LayoutCheck.survives(bytes)
  }

  @Test func cpioInAllItsForms() throws {
    let made = try ToolFixture.files(
      ["newc", "crc", "odc", "bin"], needs: ["cpio"],
      by: """
        echo hello > a; mkdir d; ln -s a d/s; touch -d @1700000000 a
        for form in newc crc odc bin; do printf 'a\\nd\\nd/s\\n' | cpio -o -H $form > $form; done
        """)
    for (name, bytes) in made ?? [:] {
      let layout = try LayoutCheck.layout(of: bytes, as: "cpio")
      #expect(layout.groups.map(\.name) == ["", "a", "d", "d/s", "trailer"])
      let lines = try LayoutCheck.lines(of: bytes)
      for field in ["mtime", "mode", "size", "content"] {
        let wanted = ["mtime": "2023-11-14 22:13:20Z", "mode": "0100644", "size": "6", "content": "file"]
        #expect(
          lines.contains { $0.hasPrefix("a: \(field) ") && $0.hasSuffix(wanted[field] ?? "") }, "\(name) \(field)")
      }
      #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") }, "\(name)")
      try LayoutCheck.survives(bytes, mutations: 200)
    }
  }

  @Test func rpmHasItsTagsNamed() throws {
    var builder = CpioBuilder()
    builder.entry("./a", Array("hello".utf8))
    let bytes = RpmBuilder.package(builder.finished())
    try LayoutCheck.layout(of: bytes, as: "RPM")
    #expect(try LayoutCheck.lines(of: bytes).last?.hasSuffix("file payload") == true)
    try LayoutCheck.survives(bytes)
  }

  @Test func rpmOfARealTool() throws {
    let made = try ToolFixture.files(
      ["a.rpm", "b.rpm"], needs: ["rpmbuild"],
      by: """
        cat > a.spec <<'E'
        Name: a
        Version: 1
        Release: 1
        Summary: s
        License: l
        BuildArch: noarch
        %description
        d
        %install
        mkdir -p %{buildroot}/usr/share/a; echo hello > %{buildroot}/usr/share/a/f
        %files
        /usr/share/a
        E
        for host in a b; do
          rpmbuild -bb --define "_topdir $PWD/$host.d" --define "_buildhost $host" --define "_sourcedir $PWD" a.spec
          find $host.d/RPMS -name '*.rpm' -exec cp {} $host.rpm ';'
        done
        """)
    guard let one = made?["a.rpm"], let other = made?["b.rpm"] else { return }
    try LayoutCheck.layout(of: one, as: "RPM")
    let lines = try LayoutCheck.lines(of: one)
    for line in ["BUILDHOST 2 a", "NAME 2 a", "VERSION 2 1", "lead name 66 a-1-1", "FILEUSERNAME 10 root\nroot"] {
      #expect(lines.contains { $0.hasPrefix(line) }, "\(line)")
    }
    #expect(lines.contains { $0.hasPrefix("BUILDTIME 4 20") && $0.hasSuffix("Z") })
    #expect(lines.contains { $0.hasPrefix("signature SHA-256 65 ") })
    #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") })
    #expect(try LayoutCheck.differences(one, other).contains("BUILDHOST"))
    try LayoutCheck.survives(one, mutations: 200)
  }

  @Test func cabinetHasItsFieldsNamed() throws {
    let bytes = CabBuilder.cabinet([("a", Array("hello".utf8)), ("b", Array("hi".utf8))])
    let layout = try LayoutCheck.layout(of: bytes, as: "cabinet")
    #expect(Set(layout.groups.map(\.name)) == ["", "folder", "a", "b"])
    let lines = try LayoutCheck.lines(of: bytes)
    for line in [
      "file count 2 2", "folder: compression 2 stored", "a: modification time 4 2001-09-09 01:43:00",
      "b: attributes 2 UTF-8 name", "b: name 2 b", "folder: compressed data 15 opaque",
    ] { #expect(lines.contains(line), "\(line)") }
    var other = bytes
    other[36 + 8 + 12] ^= 1
    #expect(try LayoutCheck.differences(bytes, other) == ["a: modification time"])
    try LayoutCheck.survives(bytes, mutations: 1000)
  }

  @Test func sevenZipOfARealTool() throws {
    let made = try ToolFixture.files(
      ["a.7z", "plain.7z"], needs: ["7z"],
      by: "seq 1 1000 > a; seq 1 999 > b; 7z a a.7z a b; 7z a -mhc=off plain.7z a b")
    for (name, bytes) in made ?? [:] {
      try LayoutCheck.layout(of: bytes, as: "7z")
      let lines = try LayoutCheck.lines(of: bytes)
      #expect(lines.contains("header kind 1 \(name == "a.7z" ? "packed (23)" : "plain (1)")"))
      #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") })
      try LayoutCheck.survives(bytes, mutations: 200)
    }
  }

  @Test func xarHasItsFieldsNamed() throws {
    let bytes: [UInt8] =
      Array("xar!".utf8) + [0, 28, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 3] + [0, 0, 0, 0, 0, 0, 0, 9] + [0, 0, 0, 1]
      + [1, 2, 3, 4, 5]
    try LayoutCheck.layout(of: bytes, as: "xar")
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "magic 4 xar!", "header size 2 28", "version 2 1", "compressed size of the table of contents 8 3",
        "size of the table of contents 8 9", "checksum method 4 SHA-1 (1)",
        "table of contents 3 file zlib table of contents", "heap 2 opaque",
      ])
    try LayoutCheck.survives(bytes)
  }
}
