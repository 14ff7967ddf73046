import Model

/// What a root file system has at one or, with hard links, at several paths.
struct LayerNode: Hashable, Sendable {
  /// What it is, with its content.
  enum Kind: Hashable, Sendable {
    case folder
    case file(SpooledContent)
    case symbolicLink([UInt8])
    case fifo
    /// Hides what a lower layer has here; written as a character device 0:0, as overlayfs wants it.
    case whiteout
  }

  /// An extended attribute.
  struct Attribute: Hashable, Comparable, Sendable {
    let name: [UInt8]
    let value: [UInt8]

    static func < (left: Self, right: Self) -> Bool { left.name.lexicographicallyPrecedes(right.name) }
  }

  var kind: Kind
  /// The low twelve bits.
  var mode: UInt32
  var userID: UInt32 = 0
  var groupID: UInt32 = 0
  /// Seconds since 1970.
  var modified: Int64 = 0
  /// Sorted by name.
  var attributes: [Attribute] = []

  var isFolder: Bool { kind == .folder }

  /// A folder that an archive implies but does not list.
  static let impliedFolder = LayerNode(kind: .folder, mode: 0o755)
}

/// Bytes of a file that lie in a spool; equal when the bytes are, wherever they lie.
struct SpooledContent: Hashable, Sendable {
  let sha256: SHA256Digest
  /// In bytes.
  let size: Int64
  /// Where they begin in the spool.
  let offset: Int64

  static func == (left: Self, right: Self) -> Bool { left.sha256 == right.sha256 && left.size == right.size }

  func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}
