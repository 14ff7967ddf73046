import Glibc

/// Open descriptors of the folders from the top down to the one that is written to.
///
/// Each is opened from the one above it without following links, so no name can lead anywhere else, and
/// entries of the same folder cost no further opening.
struct FolderStack: ~Copyable {
  private var levels: [(node: Int, descriptor: Int32)]

  /// Takes the descriptor of the top.
  init(top: Int32) { levels = [(0, top)] }

  deinit { for level in levels { close(level.descriptor) } }

  /// The descriptor of a folder that was created before.
  mutating func descriptor(of node: Int, in tree: borrowing UnpackedTree) throws(ArchiveError) -> Int32 {
    if let last = levels.last, last.node == node { return last.descriptor }
    var chain: [Int] = []
    var walk = node
    while walk != 0 {
      chain.append(walk)
      walk = tree.nodes[walk].parent
    }
    chain.append(0)
    chain.reverse()
    var common = 0
    while common < min(chain.count, levels.count), chain[common] == levels[common].node { common += 1 }
    for level in levels[common...] { close(level.descriptor) }
    levels.removeSubrange(common...)
    for next in chain[common...] {
      let above = levels[levels.count - 1].descriptor
      let opened = unsafe withName(tree.nodes[next].name) {
        unsafe openat(above, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      guard opened >= 0 else {
        let path = String(decoding: tree.path(of: next), as: UTF8.self)
        throw ArchiveError(.unwritable, "opening the unpacked folder \(path): \(systemMessage())")
      }
      levels.append((next, opened))
    }
    return levels[levels.count - 1].descriptor
  }
}
