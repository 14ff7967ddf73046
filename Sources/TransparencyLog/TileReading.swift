import Model
import SystemPackage

/// Gives the hashes of tiles, wherever they are.
protocol TileReading {
  /// The hashes of a tile, of which there are exactly `width`.
  func tile(level: Int, number: UInt64, width: UInt64) throws(LogError) -> [UInt8]
}

/// The tiles in a log's folder.
struct TileFolder: TileReading {
  let root: FilePath

  func tile(level: Int, number: UInt64, width: UInt64) throws(LogError) -> [UInt8] {
    let size = Int(width) * TreeHash.size
    let bytes = try read(level: level, number: number, width: width, limit: 256 * TreeHash.size) { $0.count >= size }
    return Array(bytes.prefix(size))
  }

  /// The entries of a bundle, of which there are exactly `width`.
  func entries(number: UInt64, width: UInt64) throws(LogError) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>]?
    _ = try read(level: nil, number: number, width: width, limit: EntryBundle.sizeLimit) { bytes in
      found = EntryBundle.entries(bytes, count: width)
      // Of a full bundle that stands for a partial one, the first.
      if found == nil { found = EntryBundle.entries(bytes, count: 256).map { Array($0.prefix(Int(width))) } }
      return found != nil
    }
    return found ?? []
  }

  /// Reads the tile of that width, or the full one where the log keeps no partial ones.
  private func read(
    level: Int?, number: UInt64, width: UInt64, limit: Int, accept: ([UInt8]) -> Bool
  ) throws(LogError) -> [UInt8] {
    let exact = path(level, number, width)
    let full = path(level, number, TilePath.width)
    var found = try LogFiles.read(exact, limit: limit)
    if found == nil, full != exact { found = try LogFiles.read(full, limit: limit) }
    guard let found else { throw LogError(.damaged, "reading \(exact): it is missing") }
    guard accept(found) else { throw LogError(.damaged, "reading \(exact): it is not a tile of that width") }
    return found
  }

  private func path(_ level: Int?, _ number: UInt64, _ width: UInt64) -> FilePath {
    root.appending(FilePath(TilePath.path(level: level, number: number, width: width)).components)
  }
}

/// A tree of some size, known by its tiles; each is read at most once.
struct TiledTree {
  private struct Key: Hashable {
    let level: Int
    let number: UInt64
  }

  let size: UInt64
  private let tiles: any TileReading
  private var read: [Key: [UInt8]] = [:]

  init(size: UInt64, tiles: any TileReading) {
    self.size = size
    self.tiles = tiles
  }

  /// The root.
  mutating func root() throws(LogError) -> SHA256Digest { size == 0 ? TreeHash.empty : try hash(0..<size) }

  /// The hash of a subtree: one that is whole, or one that ends where the tree does.
  mutating func hash(_ leaves: Range<UInt64>) throws(LogError) -> SHA256Digest {
    let count = leaves.upperBound - leaves.lowerBound
    if count & (count - 1) == 0 { return try whole(leaves.lowerBound, height: count.trailingZeroBitCount) }
    let middle = leaves.lowerBound + TreeProof.split(count)
    let left = try hash(leaves.lowerBound..<middle)
    return TreeHash.node(left, try hash(middle..<leaves.upperBound))
  }

  /// The hash of a whole subtree, over the hashes of the one tile that has all of it.
  private mutating func whole(_ start: UInt64, height: Int) throws(LogError) -> SHA256Digest {
    let level = height / 8
    let first = start >> UInt64(8 * level)
    let key = Key(level: level, number: first / TilePath.width)
    let bytes: [UInt8]
    if let there = read[key] {
      bytes = there
    } else {
      let width = TilePath.width(of: key.number, count: size >> UInt64(8 * level))
      guard width > 0 else { throw LogError(.outOfRange, "reading a tile beyond a tree of \(size) entries") }
      bytes = try tiles.tile(level: level, number: key.number, width: width)
      read[key] = bytes
    }
    let offset = Int(first % TilePath.width) * TreeHash.size
    let length = TreeHash.size << (height % 8)
    guard offset + length <= bytes.count else {
      throw LogError(.outOfRange, "reading a tile beyond a tree of \(size) entries")
    }
    return TreeHash.digest(TreeHash.root(over: bytes[offset..<offset + length]))
  }
}
