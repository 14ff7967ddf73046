import Model
import SystemPackage

/// The right edge of a log's tree: all that is needed to make it longer.
struct TreeEdge {
  /// A tile that changed, to be written.
  struct Tile {
    let path: String
    let bytes: [UInt8]
  }

  private(set) var size: UInt64
  /// The hashes of each level's last tile, which is not full.
  private var levels: [[UInt8]] = []
  private var bundle: [UInt8] = []

  /// An empty tree.
  init() { size = 0 }

  /// Reads the edge of a tree that is there.
  ///
  /// - Throws: `LogError` when its tiles do not lead to the root, or its last entries are not those of its tiles.
  init(_ checkpoint: Checkpoint, in folder: FilePath) throws(LogError) {
    size = checkpoint.size
    let tiles = TileFolder(root: folder)
    var level = 0
    while size >> UInt64(8 * level) > 0 {
      let count = size >> UInt64(8 * level)
      let width = count % TilePath.width
      levels.append(width == 0 ? [] : try tiles.tile(level: level, number: count / TilePath.width, width: width))
      level += 1
    }
    let width = size % TilePath.width
    if width > 0 {
      for (place, entry) in try tiles.entries(number: size / TilePath.width, width: width).enumerated() {
        guard TreeHash.leafBytes(entry) == Array(levels[0][place * TreeHash.size..<(place + 1) * TreeHash.size]) else {
          throw LogError(.damaged, "opening the log \(folder): its last entries are not those of its tiles")
        }
        EntryBundle.append(Array(entry), to: &bundle)
      }
    }
    guard root == checkpoint.root else {
      throw LogError(
        .damaged, "opening the log \(folder): its tiles do not lead to the root of its checkpoint",
        advice: "Restore its files from a copy; the checkpoint says what they must be.")
    }
  }

  /// The root of the tree.
  var root: SHA256Digest {
    var carried: [UInt8] = []
    for level in levels { carried = TreeHash.root(over: (level + carried)[...]) }
    return carried.isEmpty ? TreeHash.empty : TreeHash.digest(carried)
  }

  /// Adds entries, which are no longer than the limit, and hands over each tile that is full by that.
  mutating func append(_ entries: some Sequence<[UInt8]>, full: (Tile) throws -> Void) rethrows {
    for entry in entries {
      EntryBundle.append(entry, to: &bundle)
      add(TreeHash.leafBytes(entry[...]), level: 0)
      size += 1
      guard size % TilePath.width == 0 else { continue }
      let number = size / TilePath.width - 1
      try full(Tile(path: TilePath.path(level: nil, number: number, width: TilePath.width), bytes: bundle))
      bundle = []
      try carry(full)
    }
  }

  /// The tiles that are not full and have changed since the tree had that size.
  func partial(since old: UInt64) -> [Tile] {
    var tiles: [Tile] = []
    if size % TilePath.width > 0, size != old {
      let path = TilePath.path(level: nil, number: size / TilePath.width, width: size % TilePath.width)
      tiles.append(Tile(path: path, bytes: bundle))
    }
    for (level, hashes) in levels.enumerated() where !hashes.isEmpty {
      let count = size >> UInt64(8 * level)
      guard count != old >> UInt64(8 * level) else { continue }
      let path = TilePath.path(level: level, number: count / TilePath.width, width: count % TilePath.width)
      tiles.append(Tile(path: path, bytes: hashes))
    }
    return tiles
  }

  private mutating func add(_ hash: [UInt8], level: Int) {
    if level == levels.count { levels.append([]) }
    levels[level].append(contentsOf: hash)
  }

  /// Hands over the full tiles, each of which adds a hash to the level above.
  private mutating func carry(_ full: (Tile) throws -> Void) rethrows {
    var level = 0
    while level < levels.count, levels[level].count == Int(TilePath.width) * TreeHash.size {
      let number = (size >> UInt64(8 * level)) / TilePath.width - 1
      try full(Tile(path: TilePath.path(level: level, number: number, width: TilePath.width), bytes: levels[level]))
      add(TreeHash.root(over: levels[level][...]), level: level + 1)
      levels[level] = []
      level += 1
    }
  }
}
