/// How much an archive may make of itself.
public struct UnpackLimits: Sendable, Hashable {
  /// Bytes of all files together, holes of sparse files included.
  public var bytes: Int64
  /// Files, folders and links together, folders that are only implied included.
  public var entries: Int
  /// How many times larger than the archive its files may be, once they are over 64 MiB.
  public var ratio: Int64
  /// Folders above an entry.
  public var depth: Int
  /// Bytes of all names together.
  public var nameBytes: Int

  /// What holds unless it is changed: 64 GiB, a million entries, a ratio of 500, a depth of 100, 256 MiB of names.
  public static let standard = UnpackLimits()

  /// Makes limits; what is not named is as in `standard`.
  public init(
    bytes: Int64 = 64 << 30, entries: Int = 1_000_000, ratio: Int64 = 500, depth: Int = 100,
    nameBytes: Int = 256 << 20
  ) {
    self.bytes = bytes
    self.entries = entries
    self.ratio = ratio
    self.depth = depth
    self.nameBytes = nameBytes
  }

  /// Below this many bytes the ratio is not looked at: small archives of very regular files are common.
  static let ratioFloor: Int64 = 64 << 20
  /// The longest name of one file that Linux's file systems take.
  static let longestName = 255
  /// The longest path that Linux's calls take.
  static let longestPath = 4095
}

/// How an archive is unpacked.
public struct UnpackOptions: Sendable, Hashable {
  /// How much it may make of itself.
  public var limits: UnpackLimits
  /// Whether a folder that alone is at the top is left out, as in `pkg-1.0/`.
  public var stripsSingleTopFolder: Bool
  /// Whether files get their owner's numbers; needs root.
  public var keepsOwner: Bool
  /// Whether setuid and setgid bits are kept, as a root file system needs.
  public var keepsSetIDBits: Bool
  /// Whether devices, pipes and sockets are left out and recorded instead of refused.
  public var skipsSpecialFiles: Bool

  /// Makes options; without arguments those for a source archive.
  public init(
    limits: UnpackLimits = .standard, stripsSingleTopFolder: Bool = false, keepsOwner: Bool = false,
    keepsSetIDBits: Bool = false, skipsSpecialFiles: Bool = false
  ) {
    self.limits = limits
    self.stripsSingleTopFolder = stripsSingleTopFolder
    self.keepsOwner = keepsOwner
    self.keepsSetIDBits = keepsSetIDBits
    self.skipsSpecialFiles = skipsSpecialFiles
  }
}
