public import Model

/// Proofs about trees by their roots alone (RFC 6962, RFC 9162).
public enum TreeProof {
  /// Whether the proof shows that a leaf of that hash is at that index in the tree of that size and root.
  ///
  /// - Parameter proof: the hashes from the leaf to the root.
  public static func includes(
    leaf: SHA256Digest, index: UInt64, size: UInt64, proof: [SHA256Digest], root: SHA256Digest
  ) -> Bool {
    guard index < size else { return false }
    var (place, last, hash) = (index, size - 1, leaf)
    for other in proof {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        hash = TreeHash.node(other, hash)
        skipCarried(&place, &last)
      } else {
        hash = TreeHash.node(hash, other)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether the proof shows that the tree of the new root has the leaves of the old one as its first.
  ///
  /// Every tree extends an empty one, which no proof can show: that is refused.
  public static func extends(
    oldSize: UInt64, oldRoot: SHA256Digest, newSize: UInt64, newRoot: SHA256Digest, proof: [SHA256Digest]
  ) -> Bool {
    guard oldSize > 0 else { return false }
    guard oldSize < newSize else { return oldSize == newSize && proof.isEmpty && oldRoot == newRoot }
    var (place, last) = (oldSize - 1, newSize - 1)
    while place & 1 == 1 {
      place >>= 1
      last >>= 1
    }
    // Where the old tree is a whole subtree of the new one, its root is where the proof starts.
    var rest = proof[...]
    let isWhole = oldSize & (oldSize - 1) == 0
    guard let first = isWhole ? oldRoot : rest.popFirst() else { return false }
    var (old, new) = (first, first)
    for other in rest {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        old = TreeHash.node(other, old)
        new = TreeHash.node(other, new)
        skipCarried(&place, &last)
      } else {
        new = TreeHash.node(new, other)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && old == oldRoot && new == newRoot
  }

  /// Goes up to where a node at the right edge, which was carried up without a neighbour, has one.
  private static func skipCarried(_ place: inout UInt64, _ last: inout UInt64) {
    while place & 1 == 0 && place != 0 {
      place >>= 1
      last >>= 1
    }
  }

  /// The leaves whose subtrees' hashes prove a leaf, from the leaf to the root.
  static func inclusionRanges(_ index: UInt64, of size: UInt64) -> [Range<UInt64>] {
    var ranges: [Range<UInt64>] = []
    var (low, high) = (UInt64(0), size)
    while high - low > 1 {
      let middle = low + split(high - low)
      if index < middle {
        ranges.append(middle..<high)
        high = middle
      } else {
        ranges.append(low..<middle)
        low = middle
      }
    }
    return ranges.reversed()
  }

  /// The leaves whose subtrees' hashes prove that a tree extends its first leaves, in the order of the proof.
  static func consistencyRanges(_ old: UInt64, of size: UInt64) -> [Range<UInt64>] {
    guard old > 0, old < size else { return [] }
    var ranges: [Range<UInt64>] = []
    var (low, high) = (UInt64(0), size)
    while old != high {
      let middle = low + split(high - low)
      if old <= middle {
        ranges.append(middle..<high)
        high = middle
      } else {
        ranges.append(low..<middle)
        low = middle
      }
    }
    // The old tree's last whole part; when that is all of it, its root is known.
    if low > 0 { ranges.append(low..<high) }
    return ranges.reversed()
  }

  /// The largest power of two below a count of more than one.
  static func split(_ count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }
}
