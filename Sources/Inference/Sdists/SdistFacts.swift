/// What the rules conclude from: the source distribution, the tree that it was made of, and what the index says.
struct SdistFacts: Sendable {
  /// An entry that has the bytes of the source's file of the same path.
  struct Copied: Hashable, Sendable {
    var entry: SdistFile.Entry
    var member: SourceListing.Member
  }

  let sdist: SdistFile
  let source: SourceListing
  /// When it was uploaded, in seconds since 1970; nil where nobody says.
  let uploaded: Int64?
  let python: TargetPython
  /// What pyproject.toml of the source names; setuptools where it names nothing.
  let backend: SdistBackend?

  /// Files whose bytes are those of the source's file of the same path.
  let copied: [Copied]
  /// Files that the source does not have, and PKG-INFO: what the build made.
  let made: [SdistFile.Entry]
  /// Files that the source has with other bytes.
  let changed: [SdistFile.Entry]

  init(sdist: SdistFile, source: SourceListing, uploaded: Int64?, python: TargetPython) {
    self.sdist = sdist
    self.source = source
    self.uploaded = uploaded
    self.python = python
    backend = SdistBackend.of(object: source.buildSystem?.backend ?? WheelPlan().backend)
    let members = Dictionary(source.members.map { ($0.path, $0) }) { first, _ in first }
    var copied: [Copied] = []
    var made: [SdistFile.Entry] = []
    var changed: [SdistFile.Entry] = []
    for entry in sdist.files {
      // A source that has a PKG-INFO is a source distribution itself; the build writes its own.
      guard entry.path != "PKG-INFO", let member = members[entry.path] else {
        made.append(entry)
        continue
      }
      if member.crc32 == entry.crc32, member.size == entry.size {
        copied.append(Copied(entry: entry, member: member))
      } else {
        changed.append(entry)
      }
    }
    self.copied = copied
    self.made = made
    self.changed = changed
  }

  /// The one time of all files that were copied; nil when they have several, or fractions of a second.
  var copiedTime: Int64? {
    let times = Set(copied.map(\.entry.time))
    return times.count == 1 && !copied.contains { $0.entry.hasFraction } ? times.first : nil
  }

  /// The time that more than half of the copied files have, which the gzip header or the back end itself names too.
  ///
  /// One file of another time does not make it a coincidence; it is what the check then finds.
  var packingTime: Int64? {
    let whole = copied.filter { !$0.entry.hasFraction }
    let counts = Dictionary(grouping: whole, by: \.entry.time).mapValues(\.count)
    guard let (time, count) = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), count * 2 > copied.count,
      time == sdist.gzip?.time || time == backend?.ownTime
    else { return nil }
    return time
  }

  /// The name of a wheel's project among what the source needs, for example `setuptools-scm`.
  func needs(_ projects: Set<String>) -> String? {
    let asked = (source.buildSystem?.requires ?? []) + SetupRequirements.of(source)
    return asked.compactMap { PythonRequirement($0)?.name }.first(where: projects.contains)
  }
}
