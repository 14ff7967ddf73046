/// A root file system as an index: which node is at which path.
///
/// Hard links are several paths of one node. The rules of naming hold by construction: every entry but the root
/// has a parent, and that parent is a folder of this tree.
struct LayerTree: Sendable {
  private(set) var nodes: [LayerNode]
  private(set) var places: [LayerPath: Int]
  /// What was ever put into a folder since it was last emptied; some of it may be gone.
  private var children: [LayerPath: [LayerPath]] = [:]
  private var links = 0
  private let entryLimit: Int

  /// Makes a tree of an empty root.
  init(entryLimit: Int = 2_000_000) {
    nodes = [.impliedFolder]
    places = [.root: 0]
    self.entryLimit = entryLimit
  }

  /// The node at a path.
  subscript(path: LayerPath) -> LayerNode? { places[path].map { nodes[$0] } }

  /// All paths, parents first.
  var sortedPaths: [LayerPath] { places.keys.sorted() }

  /// Puts a node at a path.
  ///
  /// A folder over a folder only changes its attributes; anything else replaces what was there.
  mutating func place(_ node: LayerNode, at path: LayerPath) throws(EnvironmentError) {
    guard let parent = path.parent else {
      guard node.isFolder else { throw Self.refused(path, "the root is not a folder") }
      nodes[0] = node
      return
    }
    try requireFolder(parent, for: path)
    if let present = places[path] {
      if node.isFolder, nodes[present].isFolder {
        nodes[present] = node
        return
      }
      remove(path)
    }
    try checkCount()
    nodes.append(node)
    places[path] = nodes.count - 1
    children[parent, default: []].append(path)
  }

  /// Makes a path another name of the node at the target.
  mutating func link(_ path: LayerPath, to target: LayerPath) throws(EnvironmentError) {
    guard let parent = path.parent else { throw Self.refused(path, "the root is not a folder") }
    guard path != target else { return }
    guard let node = places[target] else {
      throw Self.refused(path, "it is a hard link to \(target), which is not there")
    }
    guard !nodes[node].isFolder else { throw Self.refused(path, "it is a hard link to the folder \(target)") }
    try requireFolder(parent, for: path)
    if places[path] != nil { remove(path) }
    // Removing a folder may have taken the target with it.
    guard places[target] == node else {
      throw Self.refused(path, "it is a hard link to \(target), which is below the folder that it replaces")
    }
    try checkCount()
    places[path] = node
    links += 1
    children[parent, default: []].append(path)
  }

  /// Makes the folders above a path that no archive listed.
  mutating func makeParents(of path: LayerPath) throws(EnvironmentError) {
    guard let parent = path.parent, places[parent] == nil else { return }
    try makeParents(of: parent)
    try place(.impliedFolder, at: parent)
  }

  /// Takes away what is at a path and all below it.
  mutating func remove(_ path: LayerPath) {
    guard let index = places[path], !path.isRoot else { return }
    if nodes[index].isFolder { removeChildren(of: path) }
    places[path] = nil
  }

  /// Takes away all below a folder.
  mutating func removeChildren(of folder: LayerPath) {
    var folders = [folder]
    while let next = folders.popLast() {
      for child in children.removeValue(forKey: next) ?? [] {
        guard let index = places.removeValue(forKey: child) else { continue }
        if nodes[index].isFolder { folders.append(child) }
      }
    }
  }

  /// The paths in a folder, not below, in no order.
  func paths(in folder: LayerPath) -> [LayerPath] {
    Array(Set((children[folder] ?? []).filter { places[$0] != nil }))
  }

  /// Changes the node at a path; other names of it see the change.
  mutating func change(_ path: LayerPath, _ body: (inout LayerNode) throws -> Void) rethrows {
    guard let index = places[path] else { return }
    try body(&nodes[index])
  }

  /// Changes every node, each once.
  mutating func changeAll(_ body: (inout LayerNode) -> Void) {
    for index in nodes.indices { body(&nodes[index]) }
  }

  /// The names of each node that has more than one, sorted, by the node's index.
  var linkGroups: [Int: [LayerPath]] {
    var count = [Int](repeating: 0, count: nodes.count)
    for index in places.values { count[index] += 1 }
    var groups: [Int: [LayerPath]] = [:]
    for (path, index) in places where count[index] > 1 { groups[index, default: []].append(path) }
    return groups.mapValues { $0.sorted() }
  }

  private func requireFolder(_ parent: LayerPath, for path: LayerPath) throws(EnvironmentError) {
    guard let node = self[parent] else { throw Self.refused(path, "there is no folder \(parent)") }
    guard node.isFolder else {
      let found = if case .symbolicLink = node.kind { "a symbolic link" } else { "not a folder" }
      throw Self.refused(path, "\(parent) is \(found)")
    }
  }

  private func checkCount() throws(EnvironmentError) {
    guard nodes.count + links < entryLimit else {
      throw EnvironmentError(.limit, "reading a root file system: it has more than \(entryLimit) entries")
    }
  }

  static func refused(_ path: LayerPath, _ why: String) -> EnvironmentError {
    EnvironmentError(.input, "reading a root file system: refusing the entry \(path): \(why)")
  }
}
