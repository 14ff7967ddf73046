public import Keys
public import Model
public import SystemPackage

/// A log in a folder, as it is at one checkpoint.
public struct LogReader {
  /// The log's folder.
  public let root: FilePath
  /// What is proven against.
  public let verified: VerifiedCheckpoint
  private let tiles: TileFolder

  /// What the log in a folder calls itself, which nothing has confirmed yet.
  public static func origin(of root: FilePath) throws(LogError) -> String {
    let path = root.appending(checkpointName)
    guard let bytes = try LogFiles.read(path, limit: SignedNote.sizeLimit) else { throw missing(root) }
    return try Checkpoint(text: SignedNote(bytes: bytes, named: path.string).text, named: path.string).origin
  }

  /// Opens a log at its present checkpoint, or at one that was kept.
  ///
  /// - Parameters:
  ///   - key: the log's.
  ///   - checkpoint: a signed note; nil for the one in the folder.
  /// - Throws: `LogError` when there is none or the key did not sign it.
  public init(_ root: FilePath, by key: NoteKey, checkpoint: [UInt8]? = nil) throws(LogError) {
    let path = root.appending(Self.checkpointName)
    let found: [UInt8]? = if let checkpoint { checkpoint } else { try LogFiles.read(path, limit: SignedNote.sizeLimit) }
    guard let bytes = found else { throw Self.missing(root) }
    verified = try VerifiedCheckpoint(bytes: bytes, by: key, named: path.string)
    self.root = root
    tiles = TileFolder(root: root)
  }

  static let checkpointName = "checkpoint"

  private static func missing(_ root: FilePath) -> LogError {
    LogError(
      .wrongPlace, "opening the log \(root): it has no checkpoint", advice: "Make a log with `verbatim log init`.")
  }

  /// The count of entries.
  public var size: UInt64 { verified.checkpoint.size }

  /// Proves that the entry at an index is in the log.
  ///
  /// - Throws: `LogError` when there is none, or when the tiles do not lead to the checkpoint's root.
  public func proveInclusion(_ index: UInt64) throws(LogError) -> InclusionProof {
    guard index < size else {
      throw LogError(.outOfRange, "proving entry \(index): the log \(root) has \(size) entries, from 0 on")
    }
    var tree = TiledTree(size: size, tiles: tiles)
    var hashes: [SHA256Digest] = []
    for range in TreeProof.inclusionRanges(index, of: size) { hashes.append(try tree.hash(range)) }
    let holds = TreeProof.includes(
      leaf: try tree.hash(index..<index + 1), index: index, size: size, proof: hashes, root: verified.checkpoint.root)
    guard holds else { throw damaged }
    return InclusionProof(index: index, hashes: hashes, checkpoint: verified.note.bytes)
  }

  /// Proves that the log only grew since an older checkpoint of it.
  ///
  /// - Returns: the hashes of the proof; none where nothing changed or the older one is of no entries.
  /// - Throws: `LogError` when that is not so: the log has forked, or the older one is the newer.
  public func proveConsistency(since old: Checkpoint) throws(LogError) -> [SHA256Digest] {
    let new = verified.checkpoint
    guard old.origin == new.origin else {
      throw LogError(.notProven, "comparing checkpoints: one is of \(old.origin), the other of \(new.origin)")
    }
    guard old.size <= new.size else {
      throw LogError(
        .notProven, "comparing checkpoints of \(new.origin): the log has \(new.size) entries and had \(old.size)",
        details: ["A log that loses entries is not to be believed."])
    }
    var tree = TiledTree(size: new.size, tiles: tiles)
    guard try tree.root() == new.root else { throw damaged }
    if old.size == 0 { return [] }
    var hashes: [SHA256Digest] = []
    for range in TreeProof.consistencyRanges(old.size, of: new.size) { hashes.append(try tree.hash(range)) }
    let holds = TreeProof.extends(
      oldSize: old.size, oldRoot: old.root, newSize: new.size, newRoot: new.root, proof: hashes)
    guard holds else {
      throw LogError(
        .notProven,
        "comparing checkpoints of \(new.origin): the log is not a continuation of what it was at \(old.size)",
        details: ["Somebody with its key has signed two histories. Keep both checkpoints: they prove it."])
    }
    return hashes
  }

  /// Hands all entries to the body, a tile's at a time, with the index of the first.
  ///
  /// - Throws: `LogError` when an entry is not the one that the tiles have, and what the body throws.
  public func forEach(_ body: (UInt64, [ArraySlice<UInt8>]) throws -> Void) throws {
    var number: UInt64 = 0
    while case let width = TilePath.width(of: number, count: size), width > 0 {
      let entries = try tiles.entries(number: number, width: width)
      let hashes = try tiles.tile(level: 0, number: number, width: width)
      for (place, entry) in entries.enumerated() {
        guard TreeHash.leafBytes(entry) == hashes[place * TreeHash.size..<(place + 1) * TreeHash.size].map({ $0 })
        else {
          throw LogError(
            .damaged,
            "reading the log \(root): entry \(number * TilePath.width + UInt64(place)) is not what its hash says")
        }
      }
      try body(number * TilePath.width, entries)
      number += 1
    }
  }

  /// Reads everything: all entries, all tiles and the root that they lead to.
  ///
  /// - Throws: `LogError` at the first that does not fit.
  public func audit() throws {
    try forEach { _, _ in }
    for level in 1..<8 where size >> UInt64(8 * level) > 0 {
      let count = size >> UInt64(8 * level)
      for index in 0..<count {
        let below = try tiles.tile(level: level - 1, number: index, width: TilePath.width)
        let tile = try tiles.tile(
          level: level, number: index / TilePath.width,
          width: TilePath.width(of: index / TilePath.width, count: count))
        let offset = Int(index % TilePath.width) * TreeHash.size
        guard TreeHash.root(over: below[...]) == Array(tile[offset..<offset + TreeHash.size]) else { throw damaged }
      }
    }
    var tree = TiledTree(size: size, tiles: tiles)
    guard try tree.root() == verified.checkpoint.root else { throw damaged }
  }

  private var damaged: LogError {
    LogError(
      .damaged, "reading the log \(root): its tiles do not lead to the root of its checkpoint",
      advice: "Restore its files from a copy; the checkpoint says what they must be.")
  }
}
