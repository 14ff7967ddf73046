import Glibc
public import SystemPackage

/// How much work explaining a difference may cost; comparing the bytes themselves needs no limit.
///
/// At a limit the explanation stops and says so; the bytes stay different.
public struct ComparisonLimits: Hashable, Sendable {
  /// How many archives may be within one another.
  public var depth: Int
  /// How many bytes may be unpacked altogether, both sides counted.
  public var unpackedBytes: Int64
  /// How many entries an archive may have.
  public var entries: Int
  /// How many bytes of unpacked members are kept in memory on each side; what is more goes to unlinked files.
  public var memory: Int
  /// How many parts are looked into at once on each level.
  public var parallel: Int
  /// Where these files are.
  public var temporaryFolder: FilePath

  /// Makes limits; the ones that are not given are the usual ones.
  public init(
    depth: Int = 16, unpackedBytes: Int64 = 256 << 30, entries: Int = 1_000_000, memory: Int = 8 << 20,
    parallel: Int? = nil, temporaryFolder: FilePath? = nil
  ) {
    self.depth = depth
    self.unpackedBytes = unpackedBytes
    self.entries = entries
    self.memory = memory
    self.parallel = parallel ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.temporaryFolder = temporaryFolder ?? Self.usualFolder
  }

  /// `$TMPDIR`, or `/var/tmp`, which unlike `/tmp` is on a disk.
  private static var usualFolder: FilePath {
    guard let folder = unsafe getenv("TMPDIR") else { return "/var/tmp" }
    return FilePath(unsafe String(cString: folder))
  }
}
