import CLibArchive
import Synchronization
public import SystemPackage

/// Reads the entries of an archive one after another.
///
/// Formats: tar in all dialects, cpio, ar, zip, 7z, cab, xar, iso9660, rpm; compressed with gzip, bzip2, xz, lzma,
/// lzip, lz4, zstd or compress. Every method throws `ArchiveError`, or what the closure that it was given throws.
/// An archive that ends before it is whole is an error; only its own mark of the end is an end.
public struct ArchiveReader: ~Copyable {
  var handle: ReadHandle
  /// The archive's bytes as they are stored.
  let outer: FeedState
  /// The archive's bytes as its decompressors give them; nil when the format reads the stored bytes.
  private(set) var filterFeed: (any ByteFeed)?
  private let compressed: Bool
  /// How many entries came.
  private(set) var nextIndex = 0
  private var current: ArchiveEntry?
  private var delivered: Int64 = 0
  private var furthest: Int64 = 0
  private var dataEnded = true

  /// What the archive is called in messages.
  public let name: String
  /// The names of the compressions around the archive, innermost first; empty for an uncompressed one.
  public let filterNames: [String]
  /// What is odd about the archive itself; complete once `nextEntry` returned nil.
  public internal(set) var findings: [ArchiveFinding] = []

  /// The format's name in libarchive's words; known after the first entry.
  public var formatName: String { handle.formatName }
  /// How many bytes of the archive, uncompressed, were taken so far.
  public var bytesTaken: Int64 { handle.taken }
  /// How many bytes of the archive as it is stored were taken from its file so far.
  ///
  /// May run ahead of the entries by what is buffered.
  public var storedBytesTaken: Int64 { outer.mark.place.load(ordering: .relaxed) }

  /// Opens the archive in a file.
  ///
  /// - Parameter decompressingOnThread: whether compressed bytes are undone on a thread of their own, which is
  ///   faster for large archives.
  public init(path: FilePath, decompressingOnThread: Bool = false) throws {
    try self.init(FileFeed(path: path), name: path.string, threaded: decompressingOnThread)
  }

  /// Reads the archive in an open regular file from its start; the descriptor must stay open meanwhile.
  public init(descriptor: FileDescriptor, name: String, decompressingOnThread: Bool = false) throws {
    try self.init(FileFeed(descriptor: descriptor, name: name), name: name, threaded: decompressingOnThread)
  }

  /// Opens an archive in memory.
  public init(bytes: [UInt8], name: String) throws {
    try self.init(MemoryFeed(bytes), name: name, threaded: false)
  }

  /// Opens an archive whose bytes a closure hands out piece by piece; an empty piece is the end.
  ///
  /// Formats that need random access (zip, 7z) cannot be read this way.
  public init(name: String, pull: @escaping () throws -> [UInt8]) throws {
    try self.init(PullFeed(pull), name: name, threaded: false)
  }

  /// Opens one compressed file, which then is the only entry, of unknown size and name.
  ///
  /// Throws `notAnArchive` when the bytes are not compressed.
  public init(compressedFile bytes: [UInt8], name: String) throws {
    try self.init(compressed: MemoryFeed(bytes), name: name)
  }

  /// Opens one compressed file, which then is the only entry, of unknown size and name.
  ///
  /// Throws `notAnArchive` when the bytes are not compressed.
  public init(compressedFile path: FilePath) throws {
    try self.init(compressed: FileFeed(path: path), name: path.string)
  }

  /// Opens one compressed stream whose bytes a closure hands out piece by piece; an empty piece is the end.
  ///
  /// Throws `notAnArchive` when the bytes are not compressed.
  public init(compressedStream pull: @escaping () throws -> [UInt8], name: String) throws {
    try self.init(compressed: PullFeed(pull), name: name)
  }

  init(_ feed: any ByteFeed, name: String, threaded: Bool) throws {
    self.init(try OpenedArchive(feed, name: name, threaded: threaded), name: name, compressed: false)
  }

  private init(compressed feed: any ByteFeed, name: String) throws {
    self.init(try OpenedArchive(compressed: feed, name: name), name: name, compressed: true)
  }

  private init(_ opened: consuming OpenedArchive, name: String, compressed: Bool) {
    self.name = name
    self.compressed = compressed
    outer = opened.outer
    filterNames = opened.filterNames
    filterFeed = opened.filterFeed
    findings = opened.findings
    handle = opened.handle
  }

  /// Goes to the next entry, past what was not read of the current one's data; nil at the archive's end.
  public mutating func nextEntry() throws -> ArchiveEntry? {
    if compressed { return try onlyEntry() }
    if current != nil, !dataEnded { try handle.skipData() }
    let endOfData = handle.taken
    guard var entry = try handle.nextEntry(index: nextIndex) else {
      current = nil
      dataEnded = true
      try checkEnd(endOfData: endOfData)
      return nil
    }
    nextIndex += 1
    delivered = 0
    furthest = 0
    dataEnded = false
    entry.pathBytes.removeAll { $0 == 0 }
    findings += entry.warnings.map { .init(rule: .readerWarning, path: entry.path, text: $0) }
    current = entry
    return entry
  }

  private mutating func onlyEntry() throws -> ArchiveEntry? {
    guard nextIndex == 0 else {
      if !dataEnded { try readData { _, _ in } }
      if let size = outer.feed.randomAccessSize { checkStoredEnd(handle.takenRaw, size: size) }
      return nil
    }
    nextIndex = 1
    dataEnded = false
    current = ArchiveEntry(
      index: 0, pathBytes: [], kind: .file, mode: 0o644, userID: 0, groupID: 0, extendedAttributes: [],
      extents: [],
      hasAccessControlList: false, headerOffset: 0, warnings: [])
    return current
  }

  /// Hands out the next piece of the current entry's data with its place in the file; false at the end of it.
  ///
  /// A gap between pieces is a hole of a sparse file.
  public mutating func nextChunk(_ body: (_ offset: Int64, _ bytes: RawSpan) throws -> Void) throws -> Bool {
    guard !dataEnded, let entry = current else { return false }
    guard let block = unsafe try handle.nextBlock() else {
      dataEnded = true
      try checkDelivery(of: entry)
      return false
    }
    let count = Int64(unsafe block.bytes.count)
    let offset = unsafe block.offset
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard offset >= furthest, !overflow else {
      throw ArchiveError(.corrupt, "reading \(entry.path) of \(name): its data overlap at byte \(offset)")
    }
    if let size = entry.size, end > size {
      throw ArchiveError(.corrupt, "reading \(entry.path) of \(name): it has more than its \(size) bytes")
    }
    delivered += count
    furthest = end
    if count > 0 { try body(offset, unsafe block.bytes.bytes) }
    return true
  }

  /// Hands out all of the current entry's data.
  public mutating func readData(_ body: (_ offset: Int64, _ bytes: RawSpan) throws -> Void) throws {
    while try nextChunk(body) {}
  }

  /// All of the current entry's data, holes filled with zeros.
  ///
  /// Throws `limit` when there are more bytes than the limit.
  public mutating func readBytes(limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let entry = current
    let name = name
    func check(_ count: Int64) throws {
      guard count <= limit else {
        throw ArchiveError(
          .limit("bytes"), "reading \(entry?.path ?? "") of \(name): it has more than \(limit) bytes")
      }
    }
    if let size = entry?.size {
      try check(size)
      bytes.reserveCapacity(Int(size))
    }
    try readData { offset, chunk in
      try check(offset + Int64(chunk.byteCount))
      if bytes.count < Int(offset) { bytes += repeatElement(0, count: Int(offset) - bytes.count) }
      unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
    if let size = entry?.size, bytes.count < Int(size) {
      bytes += repeatElement(0, count: Int(size) - bytes.count)
    }
    return bytes
  }

  /// Reads the current entry's data as an archive of its own, without keeping it in memory or in a file.
  ///
  /// Formats that need random access (zip, 7z) cannot be read this way; read those into memory.
  public mutating func withNestedArchive<Result: ~Copyable>(
    _ body: (inout ArchiveReader) throws -> Result
  ) throws -> Result {
    let entry = current
    let feed = EntryFeed(entry.flatMap(\.size))
    return unsafe try withUnsafeMutablePointer(to: &self) { pointer in
      unsafe feed.reader = unsafe pointer
      defer { unsafe feed.reader = nil }
      var nested = try ArchiveReader(
        feed, name: "\(unsafe pointer.pointee.name)/\(entry?.path ?? "")", threaded: false)
      return try body(&nested)
    }
  }

  private func checkDelivery(of entry: ArchiveEntry) throws {
    guard let size = entry.size else { return }
    let expected = entry.extents.isEmpty ? size : entry.extents.reduce(0) { $0 + $1.length }
    // The later names of a file may carry its size without its data.
    if entry.kind == .hardLink, delivered == 0 { return }
    guard delivered == expected || (entry.kind != .file && delivered == 0) else {
      throw ArchiveError(
        .cut, "reading \(entry.path) of \(name): it ends after \(delivered) of its \(expected) bytes")
    }
  }
}

/// The data of another reader's current entry.
@safe private final class EntryFeed: ByteFeed {
  // Set for the time of one call of `withNestedArchive`, whose reader cannot be used otherwise meanwhile.
  var reader: UnsafeMutablePointer<ArchiveReader>?
  private var pending: UnsafeRawBufferPointer
  private var position: Int64 = 0
  private let size: Int64?

  init(_ size: Int64?) {
    self.size = size
    unsafe pending = UnsafeRawBufferPointer(start: nil, count: 0)
    unsafe reader = nil
  }

  var randomAccessSize: Int64? { nil }

  func next() throws -> UnsafeRawBufferPointer {
    guard let reader = unsafe reader else { return unsafe pending }
    unsafe pending = UnsafeRawBufferPointer(start: nil, count: 0)
    while unsafe pending.isEmpty {
      let more = unsafe try reader.pointee.nextChunk { offset, bytes in
        guard offset == position else {
          throw ArchiveError(
            .corrupt, unsafe "reading \(reader.pointee.name): an archive in it is a sparse file")
        }
        position += Int64(bytes.byteCount)
        // libarchive's own memory, which stays until the next piece is asked for.
        unsafe bytes.withUnsafeBytes { unsafe pending = $0 }
      }
      if !more { break }
    }
    return unsafe pending
  }

  func seek(to offset: Int64) throws {}
}
