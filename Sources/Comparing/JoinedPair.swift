import Formats

/// A file that lies in several stretches of one side or of both, and the regions of it that differ.
struct JoinedPair: Sendable {
  let shipped: JoinedFile
  let rebuilt: JoinedFile
  /// The regions whose bytes differ, or that have no counterpart.
  private(set) var differing: (shipped: [Region], rebuilt: [Region]) = ([], [])
  private let pieces: (shipped: Set<Range<Int64>>, rebuilt: Set<Range<Int64>>)

  /// Nil where there is none on one side, or where both have it in one stretch.
  init?(_ shipped: JoinedFile?, _ rebuilt: JoinedFile?) {
    guard let shipped, let rebuilt, max(shipped.pieces.count, rebuilt.pieces.count) > 1 else { return nil }
    (self.shipped, self.rebuilt) = (shipped, rebuilt)
    pieces = (Set(shipped.pieces), Set(rebuilt.pieces))
  }

  /// Whether regions differ, or the stretches follow each other in another order, which no region shows.
  var differs: Bool {
    guard differing.shipped.isEmpty, differing.rebuilt.isEmpty else { return true }
    func ranks(_ pieces: [Range<Int64>]) -> [Int] {
      pieces.indices.sorted { pieces[$0].lowerBound < pieces[$1].lowerBound }
    }
    return ranks(shipped.pieces) != ranks(rebuilt.pieces)
  }

  /// Whether two regions are parts of the file.
  func holds(_ region: Region, _ counterpart: Region) -> Bool {
    pieces.shipped.contains(region.range) && pieces.rebuilt.contains(counterpart.range)
  }

  /// Takes two regions that differ; false for such as are no parts of the file.
  mutating func take(_ region: Region, _ counterpart: Region) -> Bool {
    guard holds(region, counterpart) else { return false }
    differing.shipped.append(region)
    differing.rebuilt.append(counterpart)
    return true
  }

  /// Takes a region that only one side has; false for one that is no part of the file.
  mutating func take(_ side: Side, alone region: Region) -> Bool {
    guard (side == .shipped ? pieces.shipped : pieces.rebuilt).contains(region.range) else { return false }
    if side == .shipped { differing.shipped.append(region) } else { differing.rebuilt.append(region) }
    return true
  }
}
