import Formats
import TestFixtures
import Testing

@Suite struct ArArchiveTests {
  private static func header(_ name: String, _ size: Int) -> [UInt8] {
    func field(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
    return Array((field(name, 16) + field("7", 12) + field("0", 6) + field("0", 6) + field("644", 8)).utf8)
      + Array((field(String(size), 10) + "`\n").utf8)
  }

  @Test func eachFieldHasItsName() throws {
    var builder = ArBuilder()
    builder.member("debian-binary", Array("2.0\n".utf8))
    builder.member("odd", Array("abc".utf8))
    let bytes = builder.bytes
    let layout = try LayoutCheck.layout(of: bytes, as: "ar")
    #expect(layout.groups.map(\.name) == ["", "debian-binary", "odd"])
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "magic 8 !<arch>", "debian-binary: stored name 16 debian-binary",
        "debian-binary: mtime 12 2001-09-09 01:46:40Z", "debian-binary: uid 6 0", "debian-binary: gid 6 0",
        "debian-binary: mode 8 0100644", "debian-binary: size 10 4", "debian-binary: header end 2 600a",
        "debian-binary: content 4 file", "odd: stored name 16 odd", "odd: mtime 12 2001-09-09 01:46:40Z",
        "odd: uid 6 0", "odd: gid 6 0", "odd: mode 8 0100644", "odd: size 10 3", "odd: header end 2 600a",
        "odd: content 3 file", "odd: padding 1 0a",
      ])
    var other = bytes
    other[8 + 16] = 0x32
    #expect(try LayoutCheck.differences(bytes, other) == ["debian-binary: mtime"])
    try LayoutCheck.survives(bytes)
  }

  @Test func namesAndTablesOfBSD() throws {
    let table: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 0x66, 0x6F, 0x6F, 0]
    let bytes =
      Array("!<arch>\n".utf8) + Self.header("#1/20", 20 + table.count) + Array("__.SYMDEF SORTED\0\0\0\0".utf8) + table
      + Self.header("#1/8", 8 + 2) + Array("a name\0\0hi".utf8)
    try LayoutCheck.layout(of: bytes, as: "ar")
    let lines = try LayoutCheck.lines(of: bytes).filter { !$0.contains("0") || $0.contains("symbol") }
    #expect(lines.contains("symbol table: symbol offsets 8 opaque"))
    #expect(lines.contains("symbol table: symbol names 4 opaque"))
    #expect(lines.contains("a name: content 2 file"))
    try LayoutCheck.survives(bytes)
  }

  @Test func tablesOfImportLibraries() throws {
    let first: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 9, 0x66, 0]
    let second: [UInt8] = [1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0x66, 0]
    let wide: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0x66, 0]
    let bytes = Array("!<arch>\n".utf8) + Self.header("/", 10) + first + Self.header("/", 16) + second
    #expect(
      try LayoutCheck.lines(of: bytes, values: false).filter { $0.contains("table: ") && $0.contains("e: sy") } == [
        "symbol table: symbol count 4", "symbol table: symbol offsets 4", "symbol table: symbol names 2",
        "second symbol table: symbol count 4", "second symbol table: symbol members 2",
        "second symbol table: symbol names 2",
      ])
    try LayoutCheck.survives(bytes)
    let large = Array("!<arch>\n".utf8) + Self.header("/SYM64/", 18) + wide
    try LayoutCheck.layout(of: large, as: "ar")
    #expect(try LayoutCheck.lines(of: large).last == "symbol table: symbol names 2 opaque")
    try LayoutCheck.survives(large)
  }

  @Test func librariesOfRealTools() throws {
    let names = ["gnu.a", "dates.a", "thin.a", "package.deb"]
    let made = try ToolFixture.files(
      names, needs: ["ar", "gcc", "dpkg-deb"],
      by: """
        for i in a_rather_long_name_for_a_member b; do echo "int $i(void) { return 1; }" > $i.c; gcc -c $i.c; done
        ar rcsD gnu.a *.o; ar rcsU dates.a *.o; ar rcsT thin.a *.o || ar --thin -rcs thin.a *.o
        mkdir -p p/DEBIAN; printf 'Package: a\\nVersion: 1\\nArchitecture: all\\nMaintainer: a\\nDescription: a\\n' > p/DEBIAN/control
        dpkg-deb --root-owner-group -b p package.deb
        """)
    guard let made else { return }
    for (name, bytes) in made {
      try LayoutCheck.layout(of: bytes, as: "ar")
      #expect(try LayoutCheck.lines(of: bytes).allSatisfy { !$0.hasSuffix("unexplained") }, "\(name)")
      try LayoutCheck.survives(bytes, mutations: 100)
    }
    let gnu = try LayoutCheck.lines(of: made["gnu.a"] ?? [])
    #expect(gnu.contains("a_rather_long_name_for_a_member.o: stored name 16 /0"))
    #expect(gnu.contains("symbol table: symbol offsets 8 opaque"))
    let thin = try LayoutCheck.lines(of: made["thin.a"] ?? [])
    #expect(thin.contains("b.o: mode 8 0644") || thin.contains("b.o: mode 8 0100644"))
    #expect(!thin.contains { $0.hasPrefix("b.o: content") })
    let differing = try LayoutCheck.differences(made["gnu.a"] ?? [], made["dates.a"] ?? [])
    #expect(Set(differing).contains("symbol table: mtime"))
    #expect(differing.allSatisfy { $0.contains("mtime") || $0.contains("mode") || $0.contains("id") })
    let package = try LayoutCheck.layout(of: made["package.deb"] ?? [], as: "ar")
    #expect(package.groups.dropFirst().first?.name == "debian-binary")
  }

  @Test(arguments: ["/-5", "#1/-5", "#1/9999", "#1/5", "/99", "/1:", "//", "/", "/SYM64/"])
  func hostileNames(_ name: String) throws {
    for size in [-7, 0, 3, 9_999_999_999] {
      let bytes =
        Array("!<arch>\n".utf8) + Self.header("//", 4) + Array("abc\n".utf8) + Self.header(name, size) + [1, 2, 3]
      try LayoutCheck.survives(bytes, mutations: 30)
    }
  }
}
