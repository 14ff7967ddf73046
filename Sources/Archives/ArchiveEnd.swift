import CLibArchive

extension ArchiveReader {
  /// Checks how the archive ended after libarchive said that it did.
  ///
  /// libarchive takes a tar for whole that stops between two entries, and does not look at what follows the end.
  mutating func checkEnd(endOfData: Int64) throws {
    let taken = handle.taken
    switch handle.formatFamily {
    case Int32(ARCHIVE_FORMAT_TAR):
      try checkEmptyTar()
      try checkTarEnd(blockBytes: taken - endOfData)
      try checkRest(after: taken)
    case Int32(ARCHIVE_FORMAT_CPIO): try checkRest(after: taken)
    case Int32(ARCHIVE_FORMAT_AR):
      // An ar has no mark of the end: what is left over is an entry that was cut within its header.
      guard try restOfArchive(after: taken).count == 0 else {
        throw ArchiveError(.cut, "reading \(name): it ends within the header of an entry")
      }
    default: break
    }
    if !filterNames.isEmpty { try drainFilters() }
  }

  /// An empty tar is one record of zeros at most; other formats begin with zeros as well, such as a cut iso9660.
  private func checkEmptyTar() throws {
    guard nextIndex == 0, try restOfArchive(after: 0).count > 10240 else { return }
    throw ArchiveError(.notAnArchive, "reading \(name): it begins with zeros, and has no entry")
  }

  private mutating func checkTarEnd(blockBytes: Int64) throws {
    switch blockBytes {
    case ..<512:
      throw ArchiveError(
        .cut, "reading \(name): it ends without the mark of a tar's end",
        details: [
          "A tar ends with two blocks of zeros; without them nobody can tell whether entries are missing."
        ])
    case 512:
      findings.append(.init(rule: .loneEndBlock, text: "one block of zeros instead of two ends the archive"))
    default: break
    }
  }

  private mutating func checkRest(after taken: Int64) throws {
    let rest = try restOfArchive(after: taken)
    guard !rest.isZero else { return }
    findings.append(.init(rule: .bytesAfterEnd, text: "\(rest.count) bytes follow the end of the archive"))
  }

  /// How many bytes follow a place, and whether they are only padding.
  private func restOfArchive(after taken: Int64) throws -> (count: Int64, isZero: Bool) {
    let state = handle.state
    guard let size = state.feed.randomAccessSize else {
      try state.drain(name: name)
      return (state.position - taken, state.lastNonZeroEnd <= taken)
    }
    try state.seek(to: taken)
    while true {
      let bytes = unsafe try state.next()
      if unsafe bytes.isEmpty { return (size - taken, true) }
      if unsafe bytes.contains(where: { $0 != 0 }) { return (size - taken, false) }
    }
  }

  /// Lets the decompressors come to their own end, which is where they check what they gave out.
  private mutating func drainFilters() throws {
    try handle.state.drain(name: name)
    guard let size = outer.feed.randomAccessSize, let end = filterFeed?.storedEnd else { return }
    checkStoredEnd(end, size: size)
  }

  /// Records what follows the compressed stream in the archive's file.
  mutating func checkStoredEnd(_ end: Int64, size: Int64) {
    guard end < size else { return }
    findings.append(.init(rule: .bytesAfterEnd, text: "\(size - end) bytes follow the compressed data"))
  }
}
