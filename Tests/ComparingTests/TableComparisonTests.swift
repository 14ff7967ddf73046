import Model
import Testing

@testable import Comparing
@testable import Formats

@Suite struct TableComparisonTests {
  @Test(arguments: 0..<40)
  func rowsArePairedByNameAndMirrored(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let names = UInt64(Int.random(in: 1...30, using: &random))
    func keys() -> [UInt64] {
      (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt64.random(in: 0..<names, using: &random) }
    }
    let left = keys()
    let right = seed % 3 == 0 ? left.shuffled(using: &random) : keys()
    let (there, back) = (RowPairing(left, right), RowPairing(right, left))
    #expect(there.pairs.allSatisfy { left[$0.shipped] == right[$0.rebuilt] })
    #expect(Set(there.pairs.map(\.shipped)).union(there.shippedAlone) == Set(left.indices))
    #expect(Set(there.pairs.map(\.rebuilt)).union(there.rebuiltAlone) == Set(right.indices))
    #expect(Set(there.pairs.map { [$0.shipped, $0.rebuilt] }) == Set(back.pairs.map { [$0.rebuilt, $0.shipped] }))
    #expect(there.shippedAlone == back.rebuiltAlone)
    #expect(there.parting == nil || back.parting == there.firstRebuilt)
    #expect((there.parting == nil) == (back.parting == nil))
    let isSorted = zip(there.pairs, there.pairs.dropFirst()).allSatisfy { $0.rebuilt < $1.rebuilt }
    #expect(seed % 3 != 0 || (there.parting == nil) == isSorted)
  }

  /// Rows of a name's number and a value, four bytes each.
  private func compare(_ shipped: [(UInt32, UInt32)], _ rebuilt: [(UInt32, UInt32)]) async throws -> Explanation {
    func file(_ rows: [(UInt32, UInt32)]) -> Content {
      var all = Array("rows".utf8)
      for row in rows {
        for number in [row.0, row.1] {
          for shift: UInt32 in [0, 8, 16, 24] { all.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
      }
      return Content(all)
    }
    let explainer = Explainer(limits: ComparisonLimits(), progress: SilentProgress(), formats: [RowsFormat()])
    return try await explainer.explain(
      PartPair(path: [], shipped: file(shipped), rebuilt: file(rebuilt), depth: 0))
  }

  @Test func fewValuesAreDifferencesOfTheirOwn() async throws {
    let rows = (0..<100).map { (UInt32($0), UInt32(7)) }
    var others = rows
    (others[3].1, others[90].1) = (8, 9)
    let found = try await compare(rows, others)
    #expect(found.differences.map(\.region) == ["table 3 value", "table 90 value"])
    #expect(found.differences.map(\.rebuilt) == ["8", "9"])
    #expect(found.inner.first?.shipped.named == 8)
    #expect(found.inner.first?.shipped.unexplained == 0)
  }

  @Test func manyValuesAreOneDifferenceThatCountsThem() async throws {
    let rows = (0..<1000).map { (UInt32($0), UInt32(7)) }
    let others = rows.map { ($0.0, $0.0 % 2 == 0 ? UInt32(7) : UInt32(8)) }
    let found = try await compare(rows, others)
    #expect(found.differences.map(\.region) == ["table entries value"])
    #expect(found.differences.first?.length == 2000)
    #expect(found.differences.first?.shipped?.hasPrefix("500 values: 1 7, 3 7, ") == true)
    #expect(found.differences.first?.shipped?.hasSuffix(", and 492 more") == true)
    let places = try #require(found.differences.first?.places).split(separator: "\n")
    #expect(places.count == 500)
    #expect(places.last == "999\t7\t8")
    #expect(found.inner.first?.shipped.named == 2000)
    #expect(found.inner.first?.rebuilt.equal == 6004)
  }

  @Test func rowsDisplacedAlikeAreOnePlace() async throws {
    let rows = (0..<100).map { (UInt32($0), UInt32($0 * 10)) }
    let others = rows.map { ($0.0, $0.1 + ($0.0 < 20 ? 0 : $0.0 < 80 ? 4 : $0.0 < 82 ? 6 : 8)) }
    let expected = [
      "20 to 79 (60 displaced alike)\t200 to 790\t204 to 794", "80\t800\t806", "81\t810\t816",
      "82 to 99 (18 displaced alike)\t820 to 990\t828 to 998",
    ]
    let found = try #require(try await compare(rows, others).differences.first)
    #expect(found.shipped?.hasPrefix("80 values: 20 to 79 (60 displaced alike) 200 to 790, 80 800") == true)
    #expect(found.places?.split(separator: "\n").map(String.init) == expected)
    let back = try #require(try await compare(others, rows).differences.first)
    #expect(back.shipped == found.rebuilt)
    #expect(back.rebuilt == found.shipped)
  }

  @Test func rowsOfOneSideAreMissingOrExtra() async throws {
    let rows = (0..<100).map { (UInt32($0), UInt32(7)) }
    let found = try await compare(rows, Array(rows[..<40]) + Array(rows[80...]) + [(500, 1)])
    #expect(found.differences.map(\.kind) == [.missing, .extra])
    #expect(found.differences.first?.shipped?.hasPrefix("40 entries: 40 name 40, value 7") == true)
    #expect(found.differences.last?.region == "table 500")
    #expect(found.inner.first?.shipped.named == 320)
    #expect(found.inner.first?.rebuilt.named == 8)
  }

  @Test func anotherOrderIsADifference() async throws {
    let rows = (0..<100).map { (UInt32($0), UInt32(7)) }
    let found = try await compare(rows, rows.reversed())
    #expect(found.differences.map(\.kind) == [.order])
    #expect(found.differences.first?.shipped == "1: 0")
    #expect(found.differences.first?.rebuilt == "1: 99")
  }
}

/// A mark, then one table.
private struct RowsFormat: Format {
  let name = "rows"

  func recognises(_ head: FileHead) -> Bool { head.has("rows") }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("mark", at: 0, count: 4, .field(.text))
    try layout.add("table", at: 4, count: range.upperBound - 4, .structure(Table()), role: .data)
  }

  private struct Table: RowTable {
    func layOut(
      _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
    ) throws(FormatError) {}

    func rows(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> TableRows {
      let bytes = try source.bytes(at: range.lowerBound, count: range.count)
      return TableRows(
        bytes: bytes, rowLength: 8,
        fields: [("name", 4, .unsigned(.little), .name), ("value", 4, .unsigned(.little), .data)],
        keys: (0..<bytes.count / 8).map { TableRows.key(bytes[$0 * 8..<$0 * 8 + 4]) }, noun: "entries", role: .data,
        title: { String(Int(bytes[$0 * 8]) | Int(bytes[$0 * 8 + 1]) << 8) })
    }
  }
}
