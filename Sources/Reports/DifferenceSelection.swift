import Model

/// Which differences a report holds that cannot hold them all: those that matter most, in their own order.
struct DifferenceSelection {
  /// For each artifact the indices of its differences.
  let chosen: [[Int]]
  /// How many differences there are in all.
  let total: Int
  /// How many were left out.
  let left: Int

  var isEmpty: Bool { total == 0 }

  init(_ artifacts: [ArtifactResult], limit: Int, rootsOnly: Bool = false) {
    var places: [(rank: Int, artifact: Int, index: Int)] = []
    total = artifacts.reduce(0) { $0 + $1.differences.count }
    for (number, artifact) in artifacts.enumerated() where !artifact.differences.isEmpty {
      let ranks = DifferenceTree.ranks(artifact.differences)
      let roots = rootsOnly ? Roots(artifact.differences) : nil
      for (index, rank) in ranks.enumerated() where roots?.isRoot(index) ?? true {
        places.append((rank, number, index))
      }
    }
    left = max(0, places.count - limit)
    if left > 0 {
      places.sort { ($0.rank, $0.artifact, $0.index) < ($1.rank, $1.artifact, $1.index) }
      places.removeLast(left)
      places.sort { ($0.artifact, $0.index) < ($1.artifact, $1.index) }
    }
    var chosen = [[Int]](repeating: [], count: artifacts.count)
    for place in places { chosen[place.artifact].append(place.index) }
    self.chosen = chosen
  }
}
