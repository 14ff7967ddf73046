import Testing

@testable import Comparing

@Suite struct AlignmentTests {
  private func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix(state: seed)
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  /// What is between the gaps must be the same on both sides, and exchanging the sides must exchange the gaps.
  private func check(_ left: [UInt8], _ right: [UInt8]) throws -> [BinaryAlignment.Gap] {
    let (ours, theirs) = (Content(left), Content(right))
    let gaps = try BinaryAlignment.gaps(ours, 0..<ours.size, theirs, 0..<theirs.size)
    let back = try BinaryAlignment.gaps(theirs, 0..<theirs.size, ours, 0..<ours.size)
    #expect(back == gaps.map { BinaryAlignment.Gap(shipped: $0.rebuilt, rebuilt: $0.shipped) })
    var (one, other) = (0, 0)
    for gap in gaps + [.init(shipped: ours.size..<ours.size, rebuilt: theirs.size..<theirs.size)] {
      #expect(left[one..<Int(gap.shipped.lowerBound)].elementsEqual(right[other..<Int(gap.rebuilt.lowerBound)]))
      (one, other) = (Int(gap.shipped.upperBound), Int(gap.rebuilt.upperBound))
    }
    return gaps
  }

  @Test(arguments: [100, 5000, 300_000])
  func anInsertionIsOneGap(size: Int) throws {
    let left = bytes(size, seed: 1)
    var right = left
    right.insert(contentsOf: bytes(33, seed: 2), at: size / 3)
    let gaps = try check(left, right)
    #expect(gaps.count == 1)
    #expect(gaps.first?.shipped.count == 0)
    #expect(gaps.first?.rebuilt.count == 33)
  }

  @Test func severalChangesAreSeveralGaps() throws {
    let left = bytes(200_000, seed: 3)
    var right = left
    right[150_000] ^= 1
    right.removeSubrange(100_000..<100_010)
    right.insert(contentsOf: [1, 2, 3], at: 50_000)
    let gaps = try check(left, right)
    #expect(gaps.count == 3)
    #expect(gaps.reduce(0) { $0 + $1.shipped.count } <= 12)
  }

  @Test func aMoveOfAllBytesIsFoundWhereSizesAreEqual() throws {
    let left = bytes(100_000, seed: 4)
    let gaps = try check(left, [9] + left.dropLast())
    #expect(gaps.count == 2)
  }

  @Test(arguments: 0..<20)
  func damagedBytes(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let left = bytes(Int.random(in: 0...9000, using: &random), seed: UInt64(seed) + 100)
    var right = left
    for _ in 0..<Int.random(in: 0...9, using: &random) where !right.isEmpty {
      let place = Int.random(in: 0..<right.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: right[place] &+= 1
      case 1: right.insert(7, at: place)
      default: right.removeSubrange(place..<min(right.count, place + 20))
      }
    }
    _ = try check(left, right)
  }

  @Test func manySmallDifferencesAreTakenTogether() throws {
    var right = [UInt8](repeating: 0, count: 1 << 20)
    for index in stride(from: 0, to: right.count, by: 20) { right[index] = 1 }
    let gaps = try check([UInt8](repeating: 0, count: 1 << 20), right)
    #expect(gaps.count <= BinaryAlignment.gapLimit)
  }

  @Test(
    arguments: [
      ([1, 2, 3], [1, 2, 3], 0), ([], [1], 1), ([1, 2, 3, 4], [1, 9, 3, 4], 1), ([1, 1, 1, 2], [2, 1, 1, 1], 2),
    ] as [([UInt64], [UInt64], Int)])
  func sequences(left: [UInt64], right: [UInt64], count: Int) {
    #expect(SequenceAlignment.gaps(left, right).count == count)
  }

  @Test func hostileSequencesEndSoon() {
    // Elements that are unique only within each part make for parts within parts.
    let left = (0..<200_000).map { UInt64($0 % 449) }
    let right = (0..<200_000).map { UInt64($0 % 457) }
    #expect(!SequenceAlignment.gaps(left, right).isEmpty)
  }
}
