import Formats
import TestFixtures
import Testing

@Suite struct TarArchiveTests {
  @Test(arguments: TarBuilder.Dialect.allCases) func eachDialectIsNamed(_ dialect: TarBuilder.Dialect) throws {
    var builder = TarBuilder(dialect)
    builder.folder("d/")
    builder.file("d/a", "hello")
    let long = String(repeating: "l", count: 150)
    if dialect == .gnu || dialect == .pax { builder.file(long, "x") }
    let bytes = builder.finished()
    let layout = try LayoutCheck.layout(of: bytes, name: nil, as: "tar")
    #expect(layout.groups.dropFirst().map(\.name).prefix(2) == ["d/", "d/a"])
    if layout.groups.count > 3 { #expect(layout.groups.last?.name == long) }
    let lines = try LayoutCheck.lines(of: bytes)
    #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") })
    for line in ["d/a: mtime 12 2001-09-09 01:46:40Z", "d/a: content 5 file", "d/a: padding 507 opaque"] {
      #expect(lines.contains(line))
    }
    try LayoutCheck.survives(bytes)
  }

  @Test func fieldsOfGNUsDialect() throws {
    var builder = TarBuilder(.gnu)
    builder.file("a", "hello")
    #expect(
      try LayoutCheck.lines(of: builder.finished()) == [
        "a: name 100 a", "a: mode 8 0644", "a: uid 8 0", "a: gid 8 0", "a: size 12 5",
        "a: mtime 12 2001-09-09 01:46:40Z", "a: header checksum 8 3813", "a: type 1 file (0)",
        "a: link target 100 ", "a: dialect 8 GNU", "a: user name 32 ", "a: group name 32 ", "a: device major 8 0",
        "a: device minor 8 0", "a: atime 12 1970-01-01 00:00:00Z", "a: ctime 12 1970-01-01 00:00:00Z",
        "a: volume offset 12 0", "a: long names 4 00000000", "a: unused 1 00", "a: sparse pieces 96 ",
        "a: sparse continues 1 0", "a: real size 12 0", "a: header padding 17 opaque", "a: content 5 file",
        "a: padding 507 opaque", "end of archive 1024 opaque",
      ])
  }

  @Test func onlyWhatDiffersIsNamed() throws {
    func archive(_ change: (inout TarBuilder.Header) -> Void = { _ in }) -> [UInt8] {
      var builder = TarBuilder(.pax)
      var header = TarBuilder.Header("a")
      header.extended = [("mtime", Array("1700000000.5".utf8))]
      change(&header)
      builder.entry(header, Array("hello".utf8))
      return builder.finished()
    }
    func differences(_ change: (inout TarBuilder.Header) -> Void) throws -> [String] {
      try LayoutCheck.differences(archive(), archive(change)).filter { $0 != "a: header checksum" }
    }
    #expect(try differences { $0.mode = 0o600 } == ["a: mode"])
    #expect(try differences { $0.modified = 5 } == ["a: mtime"])
    #expect(try differences { $0.ownerName = "root" } == ["a: user name"])
    #expect(try differences { $0.extended = [("mtime", Array("1700000001.5".utf8))] } == ["a: pax mtime"])
    #expect(try LayoutCheck.lines(of: archive()).contains("a: pax mtime 22 2023-11-14 22:13:20.5Z"))
  }

  @Test func whatFollowsTheEndIsNamed() throws {
    var builder = TarBuilder(.ustar)
    builder.file("a", "hello")
    let bytes = builder.finished() + [UInt8](repeating: 0, count: 8192)
    #expect(
      try LayoutCheck.lines(of: bytes, values: false).suffix(2) == ["end of archive 1024", "record padding 8192"])
    let twice = try LayoutCheck.lines(of: bytes + builder.finished())
    #expect(twice.last == "after the archive 2048 file after the archive")
    try LayoutCheck.survives(bytes, mutations: 50)
  }

  @Test func archivesOfRealToolsAreNamedWhole() throws {
    let names = ["v7", "ustar", "gnu", "pax", "old", "sparse", "sparse0", "sparse01", "sparse1", "bsd", "git", "label"]
    let made = try ToolFixture.files(
      names.map { $0 + ".tar" }, needs: ["tar", "bsdtar", "python3"],
      by: """
        mkdir d; echo a > d/a; ln -s a d/s; ln d/a d/h; mkfifo d/p; touch -d @1700000000.25 d/a
        touch -d 1955-01-01 d/s -h; long=$(printf 'l%.0s' $(seq 1 120)); seq 1 100 > "d/$long"
        long2=d/$(printf 'm%.0s' $(seq 1 90))/bbbbbbbbbbbb; mkdir -p $(dirname $long2); echo b > $long2
        tar --format=ustar -cf ustar.tar d/a $long2
        for kind in gnu pax; do tar --sort=name --format=$kind -cf $kind.tar d; done
        tar --format=v7 -cf v7.tar d/a d/h; tar --format=oldgnu -cf old.tar d
        tar -V LABEL -cf label.tar d
        python3 - <<'E'
        with open('holes', 'wb') as f:
          for i in range(40): f.seek(i * 65536); f.write(b'x' * 4096)
          f.truncate(64 << 20)
        E
        tar -S --format=gnu -cf sparse.tar holes d/a
        tar -S --format=pax --sparse-version=0.0 -cf sparse0.tar holes d/a
        tar -S --format=pax --sparse-version=0.1 -cf sparse01.tar holes d/a
        tar -S --format=pax --sparse-version=1.0 -cf sparse1.tar holes d/a
        bsdtar --format pax -cf bsd.tar d
        tar --format=pax --pax-option=globexthdr.name=pax_global_header,comment=0123456789abcdef -cf git.tar d/a
        """)
    guard let made else { return }
    for (name, bytes) in made {
      try LayoutCheck.layout(of: bytes, as: "tar")
      let lines = try LayoutCheck.lines(of: bytes)
      #expect(lines.allSatisfy { !$0.hasSuffix("unexplained") }, "\(name)")
      if name == "old.tar" || name == "git.tar" {
        try LayoutCheck.survives(bytes, mutations: 50)
      }
    }
    func expect(_ name: String, _ wanted: [String]) throws {
      let lines = try LayoutCheck.lines(of: made["\(name).tar"] ?? [])
      for line in wanted { #expect(lines.contains(line), "\(name): \(line)") }
    }
    let long = "d/" + String(repeating: "l", count: 120)
    let middle = String(repeating: "m", count: 90)
    let deep = "d/\(middle)/bbbbbbbbbbbb"
    try expect(
      "gnu",
      [
        "d/s: mtime 12 1955-01-01 00:00:00Z", "\(long): content 292 file", "\(long): long name 123 \(long)",
        "d/a: mtime 12 2023-11-14 22:13:20Z", "d/p: type 1 fifo (6)",
        "\(long): long name header name 100 ././@LongLink",
      ])
    try expect("pax", ["d/a: pax mtime 23 2023-11-14 22:13:20.25Z", "\(long): pax path 132 \(long)"])
    try expect("ustar", ["d/a: dialect 8 POSIX", "\(deep): name prefix 155 d/\(middle)", "\(deep): content 2 file"])
    try expect("v7", ["d/a: header padding 255 opaque", "d/a: content 2 file"])
    for sparse in ["sparse", "sparse0", "sparse01", "sparse1"] {
      try expect(sparse, ["holes: content \(40 * 4096) opaque", "d/a: content 2 file"])
    }
    try expect("sparse", ["holes: sparse map 1024 opaque", "holes: real size 12 \(64 << 20)"])
    try expect("sparse1", ["holes: pax GNU.sparse.realsize 32 \(64 << 20)"])
    try expect("git", ["global pax comment 28 0123456789abcdef"])
    try expect("label", ["volume label header name 100 LABEL"])
  }

  @Test func hostileArchivesAreNotedAndTiled() throws {
    var huge = TarBuilder.Header("a")
    huge.size = 0o7_777_777_777
    var builder = TarBuilder(.gnu)
    builder.file("b", "x")
    builder.entry(huge, [1, 2, 3])
    let bytes = builder.finished()
    var source = ByteSource(bytes)
    let layout = try #require(try LayoutCheck.format(of: bytes)).layout(of: &source)
    #expect(layout.note != nil)
    #expect(layout.groups.map(\.name) == ["", "b", "a"])
    try LayoutCheck.survives(bytes, mutations: 400)
    var pax = TarBuilder(.pax)
    var header = TarBuilder.Header("c")
    header.extended = [("size", Array("-1".utf8)), ("path", []), ("GNU.sparse.major", Array("1".utf8)), ("", [0xFF])]
    pax.entry(header, Array("99999999999999999999\n".utf8))
    header.type = "S"
    pax.entry(header, [UInt8](repeating: 0xFF, count: 600))
    try LayoutCheck.survives(pax.finished(), mutations: 400)
    try LayoutCheck.layout(of: pax.finished(), as: "tar")
  }
}
