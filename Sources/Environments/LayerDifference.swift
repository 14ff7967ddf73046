/// What one root file system has over another: the upper layer that makes the one of the other.
enum LayerDifference {
  /// The changed and added entries of `upper` with the folders above them, and whiteouts for what it lacks.
  ///
  /// Whiteouts carry no owner and no time. A file with several names is in the layer with all of them or not at all.
  static func between(_ lower: LayerTree, _ upper: LayerTree) throws(EnvironmentError) -> LayerTree {
    let before = Signatures(lower)
    let after = Signatures(upper)
    var layer = LayerTree()
    var made: [Int: LayerPath] = [:]
    for path in upper.sortedPaths {
      guard let index = upper.places[path], before[path] != after[path] || path.isRoot else { continue }
      try placeParents(of: path, from: upper, in: &layer)
      if let first = made[index] {
        try layer.link(path, to: first)
      } else {
        try layer.place(upper.nodes[index], at: path)
        if !upper.nodes[index].isFolder { made[index] = path }
      }
    }
    for path in lower.sortedPaths where upper.places[path] == nil {
      // Only the topmost of what is gone, and only where a folder is left to hold the whiteout.
      guard let parent = path.parent, let above = upper[parent], above.isFolder else { continue }
      try placeParents(of: path, from: upper, in: &layer)
      try layer.place(LayerNode(kind: .whiteout, mode: 0), at: path)
    }
    return layer
  }

  private static func placeParents(
    of path: LayerPath, from upper: LayerTree, in layer: inout LayerTree
  ) throws(EnvironmentError) {
    var missing: [LayerPath] = []
    var next = path.parent
    while let parent = next, layer.places[parent] == nil {
      missing.append(parent)
      next = parent.parent
    }
    for parent in missing.reversed() {
      guard let node = upper[parent] else { continue }
      try layer.place(node, at: parent)
    }
  }

  /// All that makes two entries the same: the node and its names.
  private struct Signatures {
    struct Signature: Equatable {
      let node: LayerNode
      let names: [LayerPath]
    }

    let tree: LayerTree
    let groups: [Int: [LayerPath]]

    init(_ tree: LayerTree) {
      self.tree = tree
      groups = tree.linkGroups
    }

    subscript(path: LayerPath) -> Signature? {
      tree.places[path].map { Signature(node: tree.nodes[$0], names: groups[$0] ?? []) }
    }
  }
}
