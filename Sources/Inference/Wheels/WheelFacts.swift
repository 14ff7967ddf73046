import Fetching
import Model

/// What the rules conclude from: the wheel, its source, and what the index says of both and of the build tools.
struct WheelFacts: Sendable {
  /// An entry that has the bytes of a member of the source.
  struct Copied: Hashable, Sendable {
    var entry: ZipListing.Entry
    var member: SourceListing.Member
    /// The entry's time, taken for UTC, less the member's.
    var offset: Int64
  }

  /// A release of a project, when there is a wheel of it.
  struct Release: Hashable, Sendable {
    var version: ReleaseVersion
    var uploaded: Int64
  }

  let wheel: WheelFile
  let source: SourceListing
  /// When the wheel was uploaded, in seconds since 1970; nil where nobody says.
  let uploaded: Int64?
  let backend: BuildBackend?
  let python: TargetPython
  /// Releases of the back end and its companions by project, oldest upload first.
  let releases: [String: [Release]]
  /// Whether the index has the source of what can be put in zlib's place.
  let hasZlibReplacement: Bool

  /// Entries whose bytes are those of a member of the source.
  let copied: [Copied]
  /// The others: what the build made.
  let generated: [ZipListing.Entry]

  init(
    wheel: WheelFile, source: SourceListing, uploaded: Int64?, python: TargetPython,
    releases: [String: [Release]] = [:], hasZlibReplacement: Bool = false
  ) {
    self.wheel = wheel
    self.source = source
    self.uploaded = uploaded
    self.python = python
    self.releases = releases
    self.hasZlibReplacement = hasZlibReplacement
    backend = BuildBackend.named(wheel.generator.tool)
    let (copied, generated) = Self.match(wheel.entries, source.members)
    self.copied = copied
    self.generated = generated
  }

  private static func match(
    _ entries: [ZipListing.Entry], _ members: [SourceListing.Member]
  ) -> ([Copied], [ZipListing.Entry]) {
    struct Content: Hashable {
      var crc32: UInt32
      var size: Int64
    }
    let byContent = Dictionary(grouping: members) { Content(crc32: $0.crc32, size: $0.size) }
    var copied: [Copied] = []
    var generated: [ZipListing.Entry] = []
    for entry in entries where !entry.isFolder {
      let same = byContent[Content(crc32: entry.crc32, size: entry.size)] ?? []
      // Empty files and copies of licences are many; the one with the longest common end of the path is meant.
      guard let member = same.max(by: { commonEnd($0.path, entry.name) < commonEnd($1.path, entry.name) }),
        commonEnd(member.path, entry.name) > 0
      else {
        generated.append(entry)
        continue
      }
      copied.append(Copied(entry: entry, member: member, offset: entry.time - WheelTime.tick(member.time)))
    }
    return (copied, generated)
  }

  /// How many names at the end of two paths are the same.
  private static func commonEnd(_ left: String, _ right: String) -> Int {
    zip(left.split(separator: "/").reversed(), right.split(separator: "/").reversed()).prefix { $0 == $1 }.count
  }

  /// What compressed the wheel, where that was not the back end itself.
  var packer: Compressor? { backend?.usesPythonsZlib == false ? nil : wheel.compressor }

  /// The different times of all entries.
  var times: Set<Int64> { Set(wheel.entries.map(\.time)) }

  /// Offsets of whole quarters of an hour between the wheel's times and the source's, with how many entries have each.
  var zoneOffsets: [(offset: Int64, count: Int)] {
    var counts: [Int64: Int] = [:]
    for item in payload where item.offset % 900 == 0 && abs(item.offset) <= 14 * 3600 {
      counts[item.offset, default: 0] += 1
    }
    return counts.map { ($0.key, $0.value) }.sorted { ($1.count, $0.offset) < ($0.count, $1.offset) }
  }

  /// Copied entries outside of `.dist-info`.
  var payload: [Copied] { copied.filter { !WheelFile.isMetadata($0.entry) } }

  /// The one time of all that was copied, where it is none of the source archive's: a checkout's.
  ///
  /// Three entries that agree are no coincidence, and one that was changed makes it two times.
  var checkoutTime: Int64? {
    let ofSource = zoneOffsets.reduce(0) { $0 + $1.count }
    guard payload.count >= 3, ofSource * 2 <= payload.count, let time = payload.first?.entry.time,
      payload.allSatisfy({ $0.entry.time == time }), generated.contains(where: { $0.time > time })
    else { return nil }
    return time
  }

  /// Entries whose time is not that of a member of the source, in whichever zone, nor that of a checkout.
  var stamped: [ZipListing.Entry] {
    let offsets = Set(zoneOffsets.map(\.offset))
    let checkoutTime = checkoutTime
    let kept = Set(
      copied.filter { offsets.contains($0.offset) || $0.entry.time == checkoutTime }.map(\.entry.name))
    return wheel.entries.filter { !kept.contains($0.name) }
  }

  /// The release of a project that follows a version.
  func next(after version: ReleaseVersion, of project: String, meeting versions: VersionSpecifiers) -> Release? {
    releases[project]?.filter { $0.version > version && !$0.version.isPrerelease && versions.contains($0.version) }
      .min { $0.uploaded < $1.uploaded }
  }
}
