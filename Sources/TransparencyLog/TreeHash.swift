import Digests
public import Model

/// The hashes of RFC 6962, of which a log's tree is made.
public enum TreeHash {
  /// In bytes.
  static let size = 32

  /// The root of a tree without leaves.
  public static let empty = SHA256Digest.of([])

  /// The hash of an entry.
  public static func leaf(_ entry: [UInt8]) -> SHA256Digest { digest(leafBytes(entry[...])) }

  /// The hash of what two subtrees have.
  public static func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
    digest(nodeBytes((left.bytes + right.bytes)[...]))
  }

  static func leafBytes(_ entry: ArraySlice<UInt8>) -> [UInt8] { hash(0, entry) }

  /// The hash over two hashes that stand beside each other.
  private static func nodeBytes(_ pair: ArraySlice<UInt8>) -> [UInt8] { hash(1, pair) }

  private static func hash(_ mark: UInt8, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var digest = StreamingDigest()
    var content: [UInt8] = []
    content.reserveCapacity(bytes.count + 1)
    content.append(mark)
    content.append(contentsOf: bytes)
    digest.update(content)
    return digest.finish()
  }

  /// The root over hashes of equal subtrees that stand beside each other, of which the last may be a smaller one.
  ///
  /// To pair neighbours and to carry an odd last one up gives the same tree as to split at powers of two.
  static func root(over hashes: ArraySlice<UInt8>) -> [UInt8] {
    var row = Array(hashes)
    while row.count > size {
      var above: [UInt8] = []
      above.reserveCapacity(row.count / 2 + size)
      var place = 0
      while place + 2 * size <= row.count {
        above.append(contentsOf: nodeBytes(row[place..<place + 2 * size]))
        place += 2 * size
      }
      above.append(contentsOf: row[place...])
      row = above
    }
    return row
  }

  static func digest(_ bytes: [UInt8]) -> SHA256Digest {
    guard let digest = SHA256Digest(bytes: bytes) else { preconditionFailure("a tree's hash has 32 bytes") }
    return digest
  }
}
