/// Which bytes of two stretches differ, with insertions found.
struct BinaryAlignment {
  /// A stretch of either side that the other has not there; one of the two may be empty.
  struct Gap: Equatable, Sendable {
    var shipped: Range<Int64>
    var rebuilt: Range<Int64>
  }

  /// How many gaps one region has at most; where there are more, neighbours are taken together with the equal bytes
  /// between them until there are not.
  static let gapLimit = 10_000

  /// Below this many equal bytes between them two gaps are one.
  private static let usualDistance: Int64 = 8

  /// How long chunks are in the rounds of aligning: each round looks into the gaps of the one before.
  private static let averages = [4096, 64]

  private let shipped: Content
  private let rebuilt: Content

  private init(_ shipped: Content, _ rebuilt: Content) {
    self.shipped = shipped
    self.rebuilt = rebuilt
  }

  /// The gaps, in order; what is between them is the same on both sides.
  static func gaps(
    _ shipped: Content, _ shippedRange: Range<Int64>, _ rebuilt: Content, _ rebuiltRange: Range<Int64>
  ) throws(ComparisonError) -> [Gap] {
    let alignment = BinaryAlignment(shipped, rebuilt)
    let whole = Gap(shipped: shippedRange, rebuilt: rebuiltRange)
    guard let trimmed = try alignment.trim(whole) else { return [] }
    if trimmed.shipped.count == trimmed.rebuilt.count {
      let found = try alignment.samePositions(trimmed)
      let differing = found.reduce(0) { $0 + $1.shipped.count }
      // Where nearly all differs, something may have moved.
      guard trimmed.shipped.count >= 256, differing > trimmed.shipped.count / 4 * 3 else { return joined(found) }
      let aligned = joined(try alignment.align(trimmed))
      return aligned.reduce(0) { $0 + $1.shipped.count } < differing / 2 ? aligned : joined(found)
    }
    return joined(try alignment.align(trimmed))
  }

  private func align(_ gap: Gap) throws(ComparisonError) -> [Gap] {
    var gaps = [gap]
    for average in Self.averages {
      var refined: [Gap] = []
      for gap in gaps {
        if Task.isCancelled { throw .cancelled }
        guard min(gap.shipped.count, gap.rebuilt.count) > average else {
          refined.append(gap)
          continue
        }
        for inner in try chunked(gap, average: average) {
          if let trimmed = try trim(inner) { refined.append(trimmed) }
        }
      }
      gaps = refined
    }
    return try exact(gaps)
  }

  /// The last round: byte by byte, where the gaps are short or equally long.
  private func exact(_ gaps: [Gap]) throws(ComparisonError) -> [Gap] {
    var found: [Gap] = []
    for gap in gaps {
      if gap.shipped.count == gap.rebuilt.count {
        found += try samePositions(gap)
      } else if max(gap.shipped.count, gap.rebuilt.count) <= 512, gaps.count <= 256 {
        let left = try shipped.bytes(at: gap.shipped.lowerBound, count: gap.shipped.count).map(UInt64.init)
        let right = try rebuilt.bytes(at: gap.rebuilt.lowerBound, count: gap.rebuilt.count).map(UInt64.init)
        found += SequenceAlignment.gaps(left, right).map { part in
          Gap(
            shipped: gap.shipped.lowerBound + Int64(part.left.lowerBound)..<gap.shipped.lowerBound
              + Int64(part.left.upperBound),
            rebuilt: gap.rebuilt.lowerBound + Int64(part.right.lowerBound)..<gap.rebuilt.lowerBound
              + Int64(part.right.upperBound))
        }
      } else {
        found.append(gap)
      }
    }
    return found
  }

  private func chunked(_ gap: Gap, average: Int) throws(ComparisonError) -> [Gap] {
    let left = try ChunkedContent(shipped, gap.shipped, average: average)
    let right = try ChunkedContent(rebuilt, gap.rebuilt, average: average)
    let found = SequenceAlignment.gaps(left.digests, right.digests).map { part in
      Gap(
        shipped: left.bounds[part.left.lowerBound]..<left.bounds[part.left.upperBound],
        rebuilt: right.bounds[part.right.lowerBound]..<right.bounds[part.right.upperBound])
    }
    // Digests of chunks can be made to collide: what is between the gaps is taken for equal only when it is.
    var (fromShipped, fromRebuilt) = (gap.shipped.lowerBound, gap.rebuilt.lowerBound)
    for next in found + [
      Gap(
        shipped: gap.shipped.upperBound..<gap.shipped.upperBound,
        rebuilt: gap.rebuilt.upperBound..<gap.rebuilt.upperBound)
    ] {
      let length = next.shipped.lowerBound - fromShipped
      guard length == next.rebuilt.lowerBound - fromRebuilt,
        try Content.equal(shipped, at: fromShipped, rebuilt, at: fromRebuilt, count: length)
      else { return [gap] }
      (fromShipped, fromRebuilt) = (next.shipped.upperBound, next.rebuilt.upperBound)
    }
    return found
  }

  /// Without the bytes that are the same at both ends; nil when that is all.
  private func trim(_ gap: Gap) throws(ComparisonError) -> Gap? {
    let limit = Int64(min(gap.shipped.count, gap.rebuilt.count))
    let front = try commonFront(gap, limit)
    let back = try commonBack(gap, limit - front)
    let trimmed = Gap(
      shipped: gap.shipped.lowerBound + front..<gap.shipped.upperBound - back,
      rebuilt: gap.rebuilt.lowerBound + front..<gap.rebuilt.upperBound - back)
    return trimmed.shipped.isEmpty && trimmed.rebuilt.isEmpty ? nil : trimmed
  }

  private func commonFront(_ gap: Gap, _ limit: Int64) throws(ComparisonError) -> Int64 {
    var common: Int64 = 0
    var length: Int64 = 256
    while common < limit {
      let count = Int(min(length, limit - common))
      let left = try shipped.bytes(at: gap.shipped.lowerBound + common, count: count)
      let right = try rebuilt.bytes(at: gap.rebuilt.lowerBound + common, count: count)
      if let found = differingPositions(left, right, count) { return common + Int64(found.first) }
      common += Int64(count)
      length = min(length * 4, 1 << 20)
    }
    return common
  }

  private func commonBack(_ gap: Gap, _ limit: Int64) throws(ComparisonError) -> Int64 {
    var common: Int64 = 0
    var length: Int64 = 256
    while common < limit {
      let count = min(length, limit - common)
      let left = try shipped.bytes(at: gap.shipped.upperBound - common - count, count: Int(count))
      let right = try rebuilt.bytes(at: gap.rebuilt.upperBound - common - count, count: Int(count))
      if !sameBytes(left[...], right[...]) {
        var same = 0
        while left[left.count - 1 - same] == right[right.count - 1 - same] { same += 1 }
        return common + Int64(same)
      }
      common += count
      length = min(length * 4, 1 << 20)
    }
    return common
  }

  /// Gaps of equally long stretches, each byte against the one at its place.
  private func samePositions(_ gap: Gap) throws(ComparisonError) -> [Gap] {
    var found: [Gap] = []
    var distance = Self.usualDistance
    var position: Int64 = 0
    let length = Int64(gap.shipped.count)
    while position < length {
      if Task.isCancelled { throw .cancelled }
      let count = Int(min(256 << 10, length - position))
      let left = try shipped.bytes(at: gap.shipped.lowerBound + position, count: count)
      let right = try rebuilt.bytes(at: gap.rebuilt.lowerBound + position, count: count)
      for range in differingRanges(left, right) {
        let start = gap.shipped.lowerBound + position + Int64(range.lowerBound)
        let shift = gap.rebuilt.lowerBound - gap.shipped.lowerBound
        let end = start + Int64(range.count)
        if let last = found.last, start - last.shipped.upperBound < distance {
          found[found.count - 1] = Gap(
            shipped: last.shipped.lowerBound..<end, rebuilt: last.rebuilt.lowerBound..<end + shift)
        } else {
          found.append(Gap(shipped: start..<end, rebuilt: start + shift..<end + shift))
        }
      }
      if found.count > 2 * Self.gapLimit {
        distance *= 2
        found = Self.joined(found, distance: distance)
      }
      position += Int64(count)
    }
    return found
  }

  private static func joined(_ gaps: [Gap]) -> [Gap] {
    var distance = usualDistance
    var joined = joined(gaps, distance: distance)
    while joined.count > gapLimit {
      distance *= 2
      joined = self.joined(joined, distance: distance)
    }
    return joined
  }

  private static func joined(_ gaps: [Gap], distance: Int64) -> [Gap] {
    var joined: [Gap] = []
    for gap in gaps {
      if let last = joined.last, gap.shipped.lowerBound - last.shipped.upperBound < distance {
        joined[joined.count - 1] = Gap(
          shipped: last.shipped.lowerBound..<gap.shipped.upperBound,
          rebuilt: last.rebuilt.lowerBound..<gap.rebuilt.upperBound)
      } else {
        joined.append(gap)
      }
    }
    return joined
  }
}

/// The ranges in which two buffers of one length differ.
func differingRanges(_ left: [UInt8], _ right: [UInt8]) -> [Range<Int>] {
  precondition(left.count == right.count, "the buffers are equally long")
  var ranges: [Range<Int>] = []
  let block = 64
  var start: Int?
  var index = 0
  while index < left.count {
    let end = min(index + block, left.count)
    if sameBytes(left[index..<end], right[index..<end]) {
      if let from = start { ranges.append(from..<index) }
      start = nil
    } else {
      for place in index..<end {
        if left[place] != right[place] {
          if start == nil { start = place }
        } else if let from = start {
          ranges.append(from..<place)
          start = nil
        }
      }
    }
    index = end
  }
  if let from = start { ranges.append(from..<left.count) }
  return ranges
}
