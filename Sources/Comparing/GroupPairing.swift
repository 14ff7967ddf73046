import Formats

/// Which groups of two layouts belong together.
struct GroupPairing {
  /// A group on either side; nil where a side has none.
  struct Pair {
    var shipped: Int?
    var rebuilt: Int?
  }

  /// In the order of the shipped side, then what only the rebuilt side has, in its order.
  private(set) var pairs: [Pair] = []

  init(_ shipped: Layout, _ rebuilt: Layout) {
    var others: [Key: Int] = [:]
    for (index, group) in rebuilt.groups.enumerated() { others[Key(group)] = index }
    for (index, group) in shipped.groups.enumerated() {
      pairs.append(Pair(shipped: index, rebuilt: others.removeValue(forKey: Key(group))))
    }
    for index in others.values.sorted() { pairs.append(Pair(shipped: nil, rebuilt: index)) }
  }

  /// Members that have no counterpart, by side.
  func alone(_ shipped: Layout, _ rebuilt: Layout) -> (shipped: [Int], rebuilt: [Int]) {
    (
      pairs.compactMap { $0.rebuilt == nil ? $0.shipped : nil }.filter { shipped.groups[$0].isMember },
      pairs.compactMap { $0.shipped == nil ? $0.rebuilt : nil }.filter { rebuilt.groups[$0].isMember }
    )
  }

  /// Makes pairs of members of other names, each given as shipped and rebuilt.
  mutating func join(_ found: [(Int, Int)]) {
    let partners = Dictionary(found, uniquingKeysWith: { first, _ in first })
    let taken = Set(partners.values)
    pairs = pairs.compactMap { pair in
      if pair.rebuilt == nil, let shipped = pair.shipped, let partner = partners[shipped] {
        return Pair(shipped: shipped, rebuilt: partner)
      }
      return pair.shipped == nil && pair.rebuilt.map(taken.contains) == true ? nil : pair
    }
  }

  private struct Key: Hashable {
    let name: String
    let occurrence: Int
    let isMember: Bool

    init(_ group: Group) { (name, occurrence, isMember) = (group.name, group.occurrence, group.isMember) }
  }
}

/// The regions of a layout by their groups.
struct GroupedRegions {
  private let indices: [Int32]
  private let starts: [Int]

  init(_ layout: Layout) {
    var counts = [Int](repeating: 0, count: layout.groups.count + 1)
    for region in layout.regions { counts[region.group + 1] += 1 }
    for group in layout.groups.indices { counts[group + 1] += counts[group] }
    var next = counts
    var indices = [Int32](repeating: 0, count: layout.regions.count)
    for (index, region) in layout.regions.enumerated() {
      indices[next[region.group]] = Int32(index)
      next[region.group] += 1
    }
    self.indices = indices
    starts = counts
  }

  /// The regions of a group in order of offset.
  subscript(group: Int) -> ArraySlice<Int32> { indices[starts[group]..<starts[group + 1]] }
}
