/// An archive whose compression and kind of access are found out, before its first entry.
struct OpenedArchive: ~Copyable {
  let handle: ReadHandle
  let outer: FeedState
  let filterNames: [String]
  let filterFeed: (any ByteFeed)?
  let findings: [ArchiveFinding]

  /// Opens what is around the archive, then the archive in it.
  ///
  /// The two have a reader each. So decompressing can have its own thread, and what follows the end of the
  /// archive within the compressed stream can be seen.
  init(_ feed: any ByteFeed, name: String, threaded: Bool) throws {
    let filters = try Self.openFilters(feed, name: name)
    let outer = filters.state
    let filterNames = filters.filterNames
    var findings: [ArchiveFinding] = []
    if filterNames.isEmpty, feed.randomAccessSize != nil {
      try ContainerEnd.check(outer, name: name, findings: &findings)
      try outer.seek(to: 0)
      self.init(
        try Self.openFormats(outer, name: name), outer: outer, filterNames: [], filterFeed: nil,
        findings: findings)
    } else {
      let threads = threaded && !filterNames.isEmpty
      let inner: any ByteFeed = threads ? ThreadedFilterFeed(filters) : FilterFeed(filters)
      self.init(
        try Self.openFormats(FeedState(inner), name: name), outer: outer, filterNames: filterNames,
        filterFeed: inner,
        findings: [])
    }
  }

  /// Opens one compressed file.
  init(compressed feed: any ByteFeed, name: String) throws {
    let filters = try Self.openFilters(feed, name: name)
    let names = filters.filterNames
    guard !names.isEmpty else {
      throw ArchiveError(.notAnArchive, "opening \(name): it is not compressed in a way that is known here")
    }
    let state = filters.state
    self.init(filters, outer: state, filterNames: names, filterFeed: nil, findings: [])
  }

  private init(
    _ handle: consuming ReadHandle, outer: FeedState, filterNames: [String], filterFeed: (any ByteFeed)?,
    findings: [ArchiveFinding]
  ) {
    self.handle = handle
    self.outer = outer
    self.filterNames = filterNames
    self.filterFeed = filterFeed
    self.findings = findings
  }

  private static func openFormats(_ state: FeedState, name: String) throws -> ReadHandle {
    let handle = ReadHandle(state, name: name)
    handle.supportFormats(randomAccess: state.feed.randomAccessSize != nil)
    try handle.open()
    return handle
  }

  /// Afterwards the handle's only entry is the uncompressed bytes.
  private static func openFilters(_ feed: any ByteFeed, name: String) throws -> ReadHandle {
    let filters = ReadHandle(FeedState(feed), name: name)
    filters.supportFilters()
    filters.supportRaw()
    try filters.open()
    guard try filters.nextEntry(index: 0) != nil else {
      throw ArchiveError(.notAnArchive, "opening \(name): it is empty")
    }
    return filters
  }
}
