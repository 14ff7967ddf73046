import Model

/// The parts of an artifact that have differences, as a tree of their paths.
struct PathTree {
  /// The node of the artifact itself.
  static let root = 0

  /// Each node's parent; the root's is itself.
  private(set) var parents: [Int] = [PathTree.root]
  /// Each node's name within its parent.
  private(set) var names: [String] = [""]
  /// The node of each difference.
  private(set) var nodes: [Int] = []
  private var children: [Child: Int] = [:]

  private struct Child: Hashable {
    let parent: Int
    let name: String
  }

  init(_ differences: [Difference]) {
    nodes.reserveCapacity(differences.count)
    for difference in differences {
      var node = Self.root
      for name in difference.path {
        let child = Child(parent: node, name: name)
        if let known = children[child] {
          node = known
        } else {
          parents.append(node)
          names.append(name)
          node = parents.count - 1
          children[child] = node
        }
      }
      nodes.append(node)
    }
  }

  /// How many nodes there are.
  var count: Int { parents.count }
}
