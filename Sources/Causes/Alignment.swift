/// Finds the stretches in which two values differ.
///
/// Works on lines, then on words within lines. What is too long for that becomes one stretch, so that the time is
/// linear in the values' lengths.
enum Alignment {
  /// A range of either side.
  struct Pair {
    let shipped: Range<Int>
    let rebuilt: Range<Int>
  }

  /// The most words of a line on each side that are paired one by one.
  private static let wordLimit = 48
  /// The most stretches of one difference.
  static let stretchLimit = 256

  /// The stretches that differ, in order; exchanging the sides exchanges the ranges and nothing else.
  static func stretches(_ shipped: [UInt8], _ rebuilt: [UInt8]) -> [Pair] {
    guard shipped != rebuilt else { return [] }
    // Where several alignments are as good, which one is found must not depend on the side.
    guard shipped.lexicographicallyPrecedes(rebuilt) else {
      return ordered(rebuilt, shipped).map { Pair(shipped: $0.rebuilt, rebuilt: $0.shipped) }
    }
    return ordered(shipped, rebuilt)
  }

  private static func ordered(_ first: [UInt8], _ second: [UInt8]) -> [Pair] {
    let (left, right) = (lines(first), lines(second))
    let (start, end) = common(left, right, first, second)
    let (leftRest, rightRest) = (left[start..<left.count - end], right[start..<right.count - end])
    guard leftRest.count == rightRest.count else {
      let place = start < left.count ? left[start].lowerBound : first.count
      let other = start < right.count ? right[start].lowerBound : second.count
      return [
        Pair(
          shipped: (leftRest.first?.lowerBound ?? place)..<(leftRest.last?.upperBound ?? place),
          rebuilt: (rightRest.first?.lowerBound ?? other)..<(rightRest.last?.upperBound ?? other))
      ]
    }
    var pairs: [Pair] = []
    for (line, other) in zip(leftRest, rightRest) where !first[line].elementsEqual(second[other]) {
      pairs += words(first, line, second, other)
      if pairs.count > stretchLimit { return [Pair(shipped: 0..<first.count, rebuilt: 0..<second.count)] }
    }
    return pairs
  }

  private static func lines(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    for index in bytes.indices where bytes[index] == 0x0A {
      found.append(start..<index + 1)
      start = index + 1
    }
    if start < bytes.count { found.append(start..<bytes.count) }
    return found
  }

  /// How many parts at the beginning and how many at the end are the same.
  private static func common(
    _ left: [Range<Int>], _ right: [Range<Int>], _ first: [UInt8], _ second: [UInt8]
  ) -> (Int, Int) {
    let shorter = min(left.count, right.count)
    var start = 0
    while start < shorter, first[left[start]].elementsEqual(second[right[start]]) { start += 1 }
    var end = 0
    while end < shorter - start, first[left[left.count - 1 - end]].elementsEqual(second[right[right.count - 1 - end]]) {
      end += 1
    }
    return (start, end)
  }

  private static func words(_ first: [UInt8], _ line: Range<Int>, _ second: [UInt8], _ other: Range<Int>) -> [Pair] {
    let (left, right) = (tokens(first, line), tokens(second, other))
    let (start, end) = common(left, right, first, second)
    let (leftRest, rightRest) = (Array(left[start..<left.count - end]), Array(right[start..<right.count - end]))
    guard let leftFirst = leftRest.first, let rightFirst = rightRest.first,
      let leftLast = leftRest.last, let rightLast = rightRest.last
    else {
      // Only one side has more: an empty range tells where.
      let place = start < left.count ? left[start].lowerBound : line.upperBound
      let otherPlace = start < right.count ? right[start].lowerBound : other.upperBound
      return [
        Pair(
          shipped: place..<(leftRest.last?.upperBound ?? place),
          rebuilt: otherPlace..<(rightRest.last?.upperBound ?? otherPlace))
      ]
    }
    guard leftRest.count <= wordLimit, rightRest.count <= wordLimit else {
      return [
        Pair(
          shipped: leftFirst.lowerBound..<leftLast.upperBound, rebuilt: rightFirst.lowerBound..<rightLast.upperBound)
      ]
    }
    if isSameWords(leftRest, rightRest, first, second) {
      return [
        Pair(
          shipped: leftFirst.lowerBound..<leftLast.upperBound, rebuilt: rightFirst.lowerBound..<rightLast.upperBound)
      ]
    }
    return matched(leftRest, rightRest, first, second)
  }

  /// Words, and each other byte by itself.
  private static func tokens(_ bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start + 1
      if bytes[start].isWord {
        while end < range.upperBound, bytes[end].isWord { end += 1 }
      }
      found.append(start..<end)
      start = end
    }
    return found
  }

  /// Whether they are the same words in another order, which only shows when they stay together.
  private static func isSameWords(
    _ left: [Range<Int>], _ right: [Range<Int>], _ first: [UInt8], _ second: [UInt8]
  ) -> Bool {
    guard left.count == right.count else { return false }
    let (words, others) = (left.map { first[$0] }, right.map { second[$0] })
    return words.sorted { $0.lexicographicallyPrecedes($1) }
      .elementsEqual(others.sorted { $0.lexicographicallyPrecedes($1) }) { $0.elementsEqual($1) }
  }

  /// The stretches between the words of the longest common subsequence.
  private static func matched(
    _ left: [Range<Int>], _ right: [Range<Int>], _ first: [UInt8], _ second: [UInt8]
  ) -> [Pair] {
    let width = right.count + 1
    var lengths = [Int](repeating: 0, count: (left.count + 1) * width)
    for row in stride(from: left.count - 1, through: 0, by: -1) {
      for column in stride(from: right.count - 1, through: 0, by: -1) {
        lengths[row * width + column] =
          first[left[row]].elementsEqual(second[right[column]])
          ? lengths[(row + 1) * width + column + 1] + 1
          : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
      }
    }
    var pairs: [Pair] = []
    var (row, column) = (0, 0)
    var (leftStart, rightStart) = (0, 0)
    func close() {
      guard row > leftStart || column > rightStart else { return }
      let place = leftStart < left.count ? left[leftStart].lowerBound : left[left.count - 1].upperBound
      let other = rightStart < right.count ? right[rightStart].lowerBound : right[right.count - 1].upperBound
      pairs.append(
        Pair(
          shipped: place..<(row > leftStart ? left[row - 1].upperBound : place),
          rebuilt: other..<(column > rightStart ? right[column - 1].upperBound : other)))
    }
    while row < left.count || column < right.count {
      if row < left.count, column < right.count, first[left[row]].elementsEqual(second[right[column]]) {
        close()
        row += 1
        column += 1
        (leftStart, rightStart) = (row, column)
      } else if column >= right.count
        || (row < left.count && lengths[(row + 1) * width + column] >= lengths[row * width + column + 1])
      {
        row += 1
      } else {
        column += 1
      }
    }
    close()
    return pairs
  }
}
