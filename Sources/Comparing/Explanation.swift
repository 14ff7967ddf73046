import Model

/// A stretch of the shipped side of a file and how it is accounted for.
struct Stretch: Sendable {
  var offset: Int64
  let length: Int64
  let state: Accounting.State
}

/// What was found in a part of a file: its differences, and whose bytes they are.
struct Explanation: Sendable {
  /// One side's bytes that are not the same on the other.
  struct Tally: Sendable {
    var named: Int64 = 0
    var unexplained: Int64 = 0

    mutating func add(_ bytes: Int64, named isNamed: Bool) {
      if isNamed { named += bytes } else { unexplained += bytes }
    }

    static func += (left: inout Self, right: Self) {
      left.named += right.named
      left.unexplained += right.unexplained
    }
  }

  var differences: [Difference] = []
  var shipped = Tally()
  var rebuilt = Tally()
  /// Of the shipped side, in order of offset, without what is equal; not kept deep within an artifact.
  var stretches: [Stretch] = []
  /// Of the files within, from the outer ones to the inner.
  var inner: [Accounting] = []

  /// Takes over what was found in a part that comes later.
  mutating func append(_ other: Explanation) {
    differences += other.differences
    shipped += other.shipped
    rebuilt += other.rebuilt
    stretches += other.stretches
    inner += other.inner
  }

  static func + (left: Explanation, right: Explanation) -> Explanation {
    var sum = left
    sum.append(right)
    return sum
  }

  /// Counts bytes of both sides as differing.
  mutating func count(shipped: Int64, rebuilt: Int64, at offset: Int64, named: Bool, drawn: Bool) {
    self.shipped.add(shipped, named: named)
    self.rebuilt.add(rebuilt, named: named)
    if drawn, shipped > 0 {
      stretches.append(Stretch(offset: offset, length: shipped, state: named ? .named : .unexplained))
    }
  }

  /// The accounting of a whole file.
  func accounting(of pair: PartPair, format: String?) -> Accounting {
    Accounting(
      path: pair.path, format: format,
      shipped: Accounting.Count(
        size: pair.shipped.size, named: shipped.named, unexplained: shipped.unexplained),
      rebuilt: Accounting.Count(
        size: pair.rebuilt.size, named: rebuilt.named, unexplained: rebuilt.unexplained),
      // Of parts there may be thousands.
      segments: pair.isDrawn
        ? ByteStrip.draw(
          stretches, size: pair.shipped.size, limit: pair.path.isEmpty ? Accounting.segmentLimit : 64) : [])
  }
}

/// A file as a strip of so few segments that it can be drawn.
enum ByteStrip {
  /// Segments for all bytes; where there are too many, the strip is cut into equal cells with the gravest state of each.
  static func draw(
    _ stretches: [Stretch], size: Int64, limit: Int = Accounting.segmentLimit
  ) -> [Accounting.Segment] {
    let sorted = stretches.sorted { $0.offset < $1.offset }
    let exact = segments(sorted, size: size)
    guard exact.count > limit else { return exact }
    let cells = Int64(limit)
    var states = [Accounting.State](repeating: .equal, count: Int(cells))
    for stretch in sorted {
      let first = cell(stretch.offset, of: cells, size: size)
      let last = cell(stretch.offset + stretch.length - 1, of: cells, size: size)
      for index in first...max(first, last) where grave(stretch.state) > grave(states[index]) {
        states[index] = stretch.state
      }
    }
    var drawn: [Stretch] = []
    for (index, state) in states.enumerated() where state != .equal {
      let start = start(Int64(index), of: cells, size: size)
      drawn.append(
        Stretch(offset: start, length: self.start(Int64(index) + 1, of: cells, size: size) - start, state: state))
    }
    return segments(drawn, size: size)
  }

  private static func segments(_ sorted: [Stretch], size: Int64) -> [Accounting.Segment] {
    var segments: [Accounting.Segment] = []
    func append(_ length: Int64, _ state: Accounting.State) {
      guard length > 0 else { return }
      if segments.last?.state == state {
        segments[segments.count - 1].length += length
      } else {
        segments.append(Accounting.Segment(length: length, state: state))
      }
    }
    var position: Int64 = 0
    for stretch in sorted {
      append(stretch.offset - position, .equal)
      append(stretch.length, stretch.state)
      position = stretch.offset + stretch.length
    }
    append(size - position, .equal)
    return segments
  }

  private static func start(_ cell: Int64, of cells: Int64, size: Int64) -> Int64 {
    cell * (size / cells) + min(cell, size % cells)
  }

  private static func cell(_ offset: Int64, of cells: Int64, size: Int64) -> Int {
    let (small, larger) = (size / cells, size % cells)
    let place = offset < larger * (small + 1) ? offset / (small + 1) : larger + (offset - larger * (small + 1)) / small
    return Int(min(max(place, 0), cells - 1))
  }

  private static func grave(_ state: Accounting.State) -> Int {
    switch state {
    case .equal: 0
    case .named: 1
    case .unexplained: 2
    }
  }
}
