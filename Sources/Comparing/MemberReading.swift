import Archives
import Digests
import Model
import SystemPackage

/// A member of an archive without its bytes.
struct Member: Sendable {
  let entry: ArchiveEntry
  /// How many members of the same name came before it.
  let occurrence: Int
  /// How many bytes it has, holes counted.
  let size: Int64
  /// Of these bytes.
  let digest: SHA256Digest

  var key: MemberKey { MemberKey(path: entry.pathBytes, occurrence: occurrence) }
}

/// What members of two archives are paired by.
struct MemberKey: Hashable, Comparable, Sendable {
  let path: [UInt8]
  let occurrence: Int

  static func < (left: Self, right: Self) -> Bool {
    left.path == right.path
      ? left.occurrence < right.occurrence : left.path.lexicographicallyPrecedes(right.path)
  }

  /// For the path of a difference.
  var text: String {
    let name = ExactText.text(path)
    switch occurrence {
    case 0: return name
    case 1: return "\(name) (2nd)"
    case 2: return "\(name) (3rd)"
    default: return "\(name) (\(occurrence + 1)th)"
    }
  }
}

/// All members of an archive in its order, and what is odd about it.
struct ArchiveListing: Sendable {
  var members: [Member] = []
  var findings: [ArchiveFinding] = []
  var format = ""
  var filters: [String] = []
}

/// Reads one side's archive; every failure says which side it was.
struct MemberReading: Sendable {
  let content: Content
  let side: Side
  let explainer: Explainer

  /// Reads the whole archive and hashes each member.
  @concurrent func listing() async -> Result<ArchiveListing, any Error> { Result { try list() } }

  private func list() throws -> ArchiveListing {
    var listing = ArchiveListing()
    try eachMember { reader, entry, occurrence in
      var digest = MemberDigest()
      let size = try read(&reader, entry) { offset, bytes in digest.add(bytes, at: offset) }
      listing.members.append(
        Member(entry: entry, occurrence: occurrence, size: size, digest: digest.finish(size: size)))
    } atEnd: { reader in
      listing.findings = reader.findings
      listing.format = reader.formatName
      listing.filters = reader.filterNames
    }
    return listing
  }

  /// Reads the archive once more and keeps the contents of some of its members.
  @concurrent func unpack(
    _ wanted: Set<MemberKey>, depth: Int
  ) async -> Result<[MemberKey: Content], any Error> {
    Result {
      // Halved on each level, so that all levels together keep at most twice the limit.
      let spool = MemberSpool(
        folder: explainer.limits.temporaryFolder, memory: explainer.limits.memory >> min(depth, 62))
      var kept: [MemberKey: Content] = [:]
      try eachMember { reader, entry, occurrence in
        let key = MemberKey(path: entry.pathBytes, occurrence: occurrence)
        guard wanted.contains(key) else { return }
        var writer = spool.begin()
        let size = try read(&reader, entry) { offset, bytes in try writer.write(bytes, at: offset) }
        kept[key] = try writer.finish(size: size)
      }
      return kept
    }
  }

  /// Goes through the members in the archive's order, counting how often each name came.
  private func eachMember(
    _ body: (inout ArchiveReader, ArchiveEntry, _ occurrence: Int) throws -> Void,
    atEnd: (borrowing ArchiveReader) -> Void = { _ in }
  ) throws {
    var occurrences: [[UInt8]: Int] = [:]
    var count = 0
    try withReader { reader in
      while let entry = try reader.nextEntry() {
        if Task.isCancelled { throw ComparisonError.cancelled }
        count += 1
        guard count <= explainer.limits.entries else {
          throw Unexplainable(side, "not unpacked, for it has more than \(explainer.limits.entries) entries")
        }
        let occurrence = occurrences[entry.pathBytes, default: 0]
        occurrences[entry.pathBytes] = occurrence + 1
        try body(&reader, entry, occurrence)
      }
      atEnd(reader)
    }
  }

  /// Runs a closure with a reader; what the reader throws is told as this side's failure.
  private func withReader(_ body: (inout ArchiveReader) throws -> Void) throws {
    do {
      switch try content.standalone(in: explainer.limits.temporaryFolder).place {
      case .memory(let bytes):
        var reader = try ArchiveReader(bytes: bytes, name: "it")
        try body(&reader)
      case .file(let file, _):
        // The descriptor must stay open until the reader is gone.
        try withExtendedLifetime(file) {
          var reader = try ArchiveReader(
            descriptor: FileDescriptor(rawValue: file.descriptor), name: "it")
          try body(&reader)
        }
      }
    } catch let error as ArchiveError {
      throw Unexplainable(side, "not unpacked: \(error.message)")
    }
  }

  /// Reads the current member's data in order and returns its size, holes counted.
  func read(
    _ reader: inout ArchiveReader, _ entry: ArchiveEntry,
    data: (_ offset: Int64, _ bytes: RawSpan) throws -> Void
  ) throws -> Int64 {
    var end: Int64 = 0
    try reader.readData { offset, bytes in
      if Task.isCancelled { throw ComparisonError.cancelled }
      let next = offset + Int64(bytes.byteCount)
      try take(next - end)
      try data(offset, bytes)
      end = next
    }
    // A sparse file may end in a hole.
    guard !entry.extents.isEmpty, let size = entry.size, size > end else { return end }
    try take(size - end)
    return size
  }

  private func take(_ bytes: Int64) throws {
    guard explainer.budget.take(bytes) else {
      throw Unexplainable(
        side, "not unpacked, for there are more than \(explainer.limits.unpackedBytes) bytes to unpack")
    }
  }
}

/// The digest of a member that comes in pieces, with holes between them that count as zeros.
private struct MemberDigest: ~Copyable {
  private static let zeros = [UInt8](repeating: 0, count: 64 << 10)
  private var digest = StreamingDigest()
  private var end: Int64 = 0

  mutating func add(_ bytes: RawSpan, at offset: Int64) {
    fill(to: offset)
    digest.update(bytes)
    end = offset + Int64(bytes.byteCount)
  }

  consuming func finish(size: Int64) -> SHA256Digest {
    fill(to: size)
    return digest.finishSHA256()
  }

  private mutating func fill(to offset: Int64) {
    while end < offset {
      let count = min(Int64(Self.zeros.count), offset - end)
      unsafe digest.update(Self.zeros.span.bytes.extracting(first: Int(count)))
      end += count
    }
  }
}

extension Content {
  /// The same bytes as all of a file, or in memory: readers of archives start at the start of a file.
  func standalone(in folder: FilePath) throws(ComparisonError) -> Content {
    guard case .file(let file, let offset) = place, offset != 0 || file.size != size else { return self }
    let copy = try UnlinkedFile.make(in: folder)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var position: Int64 = 0
    while position < size {
      let count = try read(at: position, into: &buffer)
      try UnlinkedFile.write(unsafe buffer.span.bytes.extracting(first: count), to: copy, at: position, folder: folder)
      position += Int64(count)
    }
    return Content(copy, size: size)
  }
}
