import Formats
import Model
import Testing

@Suite struct SQLiteDatabaseTests {
  /// A database of one page with two rows.
  private static func database(text: String = "one", version: UInt8 = 0x89) -> [UInt8] {
    var bytes = Array("SQLite format 3\0".utf8) + [2, 0, 1, 1, 0, 64, 32, 32]
    bytes += [UInt8](repeating: 0, count: 72) + [0, 0x2E, 0x76, version]
    var page = [UInt8](repeating: 0, count: 412)
    let rows = [1, 2].map { row in
      [UInt8(4 + text.utf8.count), UInt8(row), 3, 1, UInt8(13 + 2 * text.utf8.count), 7] + Array(text.utf8)
    }
    var end = 412
    var offsets: [UInt8] = []
    for row in rows {
      page.replaceSubrange((end - row.count)..<end, with: row)
      end -= row.count
      offsets += [UInt8((end + 100) >> 8), UInt8((end + 100) & 255)]
    }
    let content = [UInt8((end + 100) >> 8), UInt8((end + 100) & 255)]
    page.replaceSubrange(0..<12, with: [13, 0, 0, 0, 2] + content + [0] + offsets)
    return bytes + page
  }

  @Test func headerAndRowsAreNamed() throws {
    let lines = try LayoutCheck.lines(of: Self.database())
    #expect(lines.contains("SQLite version 4 3.45.1"))
    #expect(
      lines.suffix(6) == [
        "page 1 kind 1 leaf page of a table (13)",
        "page 1 header 7 0000000201ee00",
        "page 1 cell offsets 4 opaque", "page 1 free space 382 opaque", "page 1 row 2 9 7, 'one'",
        "page 1 row 1 9 7, 'one'",
      ])
    try LayoutCheck.layout(of: Self.database(), name: "x.db", as: "SQLite")
    try LayoutCheck.survives(Self.database())
  }

  @Test func whatVariesIsNamed() throws {
    #expect(
      try LayoutCheck.differences(Self.database(), Self.database(text: "two")) == ["page 1 row 2", "page 1 row 1"])
    #expect(try LayoutCheck.differences(Self.database(), Self.database(version: 0x8A)) == ["SQLite version"])
  }
}
