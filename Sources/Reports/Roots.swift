import Model

/// Which differences of an artifact only follow from others, and from which in the end.
struct Roots {
  /// For each difference the index of the one that it follows from in the end; its own where it is a root.
  let root: [Int]

  init(_ differences: [Difference]) {
    guard differences.contains(where: { $0.cause?.follows != nil }) else {
      root = Array(differences.indices)
      return
    }
    let indices = Dictionary(differences.indices.map { (differences[$0].id, $0) }) { first, _ in first }
    root = differences.indices.map { start in
      var current = start
      // Chains are short; one that goes round in a circle has no root, and is its own.
      for _ in 0..<64 {
        guard let next = differences[current].cause?.follows.flatMap({ indices[$0] }), next != current else {
          return current
        }
        current = next
      }
      return start
    }
  }

  /// Whether a difference follows from no other.
  func isRoot(_ index: Int) -> Bool { root[index] == index }
}
