/// Where two sequences of numbers differ, such as the digests of lines or of blocks.
enum SequenceAlignment {
  /// A stretch of either sequence that the other has not there; one of the two may be empty.
  struct Gap: Equatable {
    var left: Range<Int>
    var right: Range<Int>
  }

  /// The most cells of a table; what has neither anchors nor room for a table is one gap.
  private static let tableLimit = 1 << 20

  /// How often each element may be looked at; a hostile sequence would have its parts split for ever.
  private static let rounds = 64

  /// The gaps, in order; what is between them is the same on both sides.
  ///
  /// Exchanging the two sequences exchanges the sides of the gaps and nothing else.
  static func gaps(_ left: [UInt64], _ right: [UInt64]) -> [Gap] {
    // Ties are broken one way or the other, so they are broken for one order of the two only.
    if right.lexicographicallyPrecedes(left) {
      return gaps(right, left).map { Gap(left: $0.right, right: $0.left) }
    }
    var found: [Gap] = []
    var work = [Gap(left: left.indices, right: right.indices)]
    var (looks, tables) = (rounds * (left.count + right.count), rounds * tableLimit)
    while let next = work.popLast() {
      let trimmed = trim(next, left, right)
      if trimmed.left.isEmpty && trimmed.right.isEmpty { continue }
      looks -= trimmed.left.count + trimmed.right.count
      if trimmed.left.isEmpty || trimmed.right.isEmpty || looks < 0 || tables < 0 {
        found.append(trimmed)
        continue
      }
      let matches = anchors(trimmed, left, right)
      if matches.isEmpty {
        tables -= min(tableLimit, (trimmed.left.count + 1) * (min(trimmed.right.count, tableLimit) + 1))
        found += table(trimmed, left, right)
        continue
      }
      var parts: [Gap] = []
      var (fromLeft, fromRight) = (trimmed.left.lowerBound, trimmed.right.lowerBound)
      for (inLeft, inRight) in matches {
        parts.append(Gap(left: fromLeft..<inLeft, right: fromRight..<inRight))
        (fromLeft, fromRight) = (inLeft + 1, inRight + 1)
      }
      parts.append(Gap(left: fromLeft..<trimmed.left.upperBound, right: fromRight..<trimmed.right.upperBound))
      // The last one is taken first, so the order of what is found stays.
      work += parts.reversed()
    }
    return joined(found)
  }

  /// Without what is the same at both ends.
  private static func trim(_ gap: Gap, _ left: [UInt64], _ right: [UInt64]) -> Gap {
    var (a, b) = (gap.left, gap.right)
    while let first = a.first, let other = b.first, left[first] == right[other] {
      a = (first + 1)..<a.upperBound
      b = (other + 1)..<b.upperBound
    }
    while let last = a.last, let other = b.last, left[last] == right[other] {
      a = a.lowerBound..<last
      b = b.lowerBound..<other
    }
    return Gap(left: a, right: b)
  }

  /// What is once in either stretch, as far as its order is the same: the longest such sequence.
  private static func anchors(_ gap: Gap, _ left: [UInt64], _ right: [UInt64]) -> [(Int, Int)] {
    var places: [UInt64: (left: Int, right: Int)] = [:]
    places.reserveCapacity(gap.left.count)
    for index in gap.left { places[left[index]] = places[left[index]] == nil ? (index, -1) : (-1, -1) }
    for index in gap.right {
      guard let place = places[right[index]], place.left >= 0 else { continue }
      places[right[index]] = place.right == -1 ? (place.left, index) : (-1, -1)
    }
    let pairs = places.values.filter { $0.left >= 0 && $0.right >= 0 }.sorted { $0.left < $1.left }
    return longestRun(pairs.map(\.right)).map { (pairs[$0].left, pairs[$0].right) }
  }

  /// The indices of a longest increasing subsequence.
  private static func longestRun(_ values: [Int]) -> [Int] {
    var tails: [Int] = []
    var before = [Int](repeating: -1, count: values.count)
    for (index, value) in values.enumerated() {
      var (low, high) = (0, tails.count)
      while low < high {
        let middle = (low + high) / 2
        if values[tails[middle]] < value { low = middle + 1 } else { high = middle }
      }
      if low > 0 { before[index] = tails[low - 1] }
      if low == tails.count { tails.append(index) } else { tails[low] = index }
    }
    var run: [Int] = []
    var index = tails.last ?? -1
    while index >= 0 {
      run.append(index)
      index = before[index]
    }
    return run.reversed()
  }

  /// The longest common subsequence by a table of lengths, where there is room for one.
  private static func table(_ gap: Gap, _ left: [UInt64], _ right: [UInt64]) -> [Gap] {
    let (rows, columns) = (gap.left.count, gap.right.count)
    guard rows <= tableLimit / (columns + 1) else { return [gap] }
    var lengths = [Int32](repeating: 0, count: (rows + 1) * (columns + 1))
    let width = columns + 1
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        lengths[row * width + column] =
          left[gap.left.lowerBound + row] == right[gap.right.lowerBound + column]
          ? lengths[(row + 1) * width + column + 1] + 1
          : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
      }
    }
    var found: [Gap] = []
    var (row, column) = (0, 0)
    while row < rows || column < columns {
      if row < rows, column < columns,
        left[gap.left.lowerBound + row] == right[gap.right.lowerBound + column]
      {
        (row, column) = (row + 1, column + 1)
        continue
      }
      let (a, b) = (gap.left.lowerBound + row, gap.right.lowerBound + column)
      if column == columns || (row < rows && lengths[(row + 1) * width + column] >= lengths[row * width + column + 1]) {
        found.append(Gap(left: a..<a + 1, right: b..<b))
        row += 1
      } else {
        found.append(Gap(left: a..<a, right: b..<b + 1))
        column += 1
      }
    }
    return found
  }

  /// Neighbours that touch become one.
  private static func joined(_ gaps: [Gap]) -> [Gap] {
    var joined: [Gap] = []
    for gap in gaps {
      if let last = joined.last, last.left.upperBound == gap.left.lowerBound,
        last.right.upperBound == gap.right.lowerBound
      {
        joined[joined.count - 1] = Gap(
          left: last.left.lowerBound..<gap.left.upperBound, right: last.right.lowerBound..<gap.right.upperBound)
      } else {
        joined.append(gap)
      }
    }
    return joined
  }
}
