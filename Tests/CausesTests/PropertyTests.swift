import Causes
import Model
import TestFixtures
import Testing

/// What holds for any list of differences.
@Suite struct PropertyTests {
  /// Numbers that look random and are the same each time.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static let values: [String?] = [
    "2024-05-01 12:00:00Z", "2024-05-03 07:31:09Z", "2024-05-01 14:00:00Z", "/build/a/x.c", "/build/b/x.c", "0644",
    "0664", "0755",
    "pkg/a,sha256=1,2", "pkg/b,sha256=1,2\npkg/a,3,4", "31 32  |12|", "33 34  |34|, in \"at 12:34:00\"", "alice@one",
    "bob@two", "GNU C17 12.2", "b a c", "a b c", "{'a', 'b'}", "{'b', 'a'}", "1: b, a, c, …", "1: a, b, c", nil, "",
    "x",
  ]

  static func list(_ count: Int, seed: UInt64) -> [Difference] {
    var numbers = Numbers(state: seed)
    let formats = ["zip", "tar", "ELF", "text", "gzip", nil]
    let names = ["pkg/a", "pkg/b", "RECORD", "./md5sums", "x"]
    return (1...count).map { number in
      let depth = Int.random(in: 0...3, using: &numbers)
      return Difference(
        id: "d\(number)", path: (0..<depth).map { _ in names.randomElement(using: &numbers) ?? "" },
        region: ["r", "header checksum", nil].randomElement(using: &numbers) ?? nil,
        format: formats.randomElement(using: &numbers) ?? nil,
        role: (Difference.Role.allCases + []).randomElement(using: &numbers),
        kind: Difference.Kind.allCases.randomElement(using: &numbers) ?? .value,
        shipped: values.randomElement(using: &numbers) ?? nil, rebuilt: values.randomElement(using: &numbers) ?? nil)
    }
  }

  @Test(arguments: 1...30)
  func followersFollowRootsOnly(seed: Int) {
    let explained = CauseList.explain(Self.list(60, seed: UInt64(seed)))
    let roots = Set(explained.filter { $0.cause?.follows == nil }.map(\.id))
    for difference in explained {
      if let followed = difference.cause?.follows { #expect(roots.contains(followed) && followed != difference.id) }
    }
    #expect(!roots.isEmpty)
  }

  @Test(arguments: 1...30)
  func orderDoesNotMatter(seed: Int) {
    let list = Self.list(60, seed: UInt64(seed))
    var numbers = Numbers(state: UInt64(seed) &* 77)
    let shuffled = CauseList.explain(list.shuffled(using: &numbers))
    let byId = Dictionary(uniqueKeysWithValues: shuffled.map { ($0.id, $0) })
    for difference in CauseList.explain(list) { #expect(byId[difference.id] == difference) }
  }

  @Test(arguments: 1...30)
  func mirrored(seed: Int) {
    let list = Self.list(60, seed: UInt64(seed))
    let swapped = CauseList.explain(list.map(\.mirrored))
    for (difference, other) in zip(CauseList.explain(list), swapped) {
      let names = ["missing-file": "extra-file", "extra-file": "missing-file"]
      let name = difference.cause?.name ?? ""
      #expect(other.cause?.name == names[name] ?? name, "\(difference)")
      #expect(other.cause?.follows == difference.cause?.follows)
      #expect(other.cause?.confidence == difference.cause?.confidence)
    }
  }

  @Test func onlyCauseAndFixAreFilledIn() {
    let list = Self.list(200, seed: 7)
    for (difference, explained) in zip(list, CauseList.explain(list)) {
      var plain = explained
      (plain.cause, plain.fix) = (nil, nil)
      #expect(plain == difference)
      #expect((0...1).contains(explained.cause?.confidence ?? -1))
    }
  }

  @Test func longValuesTakeLinearTime() {
    func time(_ count: Int) -> Double {
      let text = String(repeating: "a1 ", count: count)
      let other = String(repeating: "b2 ", count: count)
      let difference = Difference(
        id: "d1", path: ["x"], region: "r", format: "text", role: .text, kind: .text, shipped: text, rebuilt: other)
      return ThreadTime.seconds { _ = CauseList.explain([difference]) }
    }
    // Values are looked at up to 64 KiB; a longer one costs no more than its reading.
    #expect(time(400_000) < time(40_000) * 4 + 1)
  }

  @Test func manyDifferencesTakeLinearTime() {
    func time(_ count: Int) -> Double {
      let list = (1...count).map { number in
        Difference(
          id: "d\(number)", path: ["data.tar", "usr/share/\(number / 4)"], region: "mtime", format: "tar",
          role: [.time, .size, .checksum, .text][number % 4], kind: .value, shipped: "2024-05-01 12:00:00Z",
          rebuilt: "2024-05-03 07:31:09Z")
      }
      return ThreadTime.seconds { _ = CauseList.explain(list) }
    }
    _ = time(1000)
    let (short, long) = (time(2000), time(16_000))
    #expect(long < short * 32 + 0.2, "8 times as many took \(long / short) times as long")
  }
}
