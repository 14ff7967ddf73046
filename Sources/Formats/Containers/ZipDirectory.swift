import Model

/// The end of a zip archive: where the central directory is, and the records that say so.
struct ZipEnd {
  static let mark: [UInt8] = [0x50, 0x4B, 5, 6]
  private static let longest = 22 + 0xFFFF

  /// The central directory, as places in the file.
  let directory: Range<Int64>
  /// How many entries it is said to have.
  let count: UInt64
  /// What is to be added to the offsets that the archive gives, because something was put before it.
  let shift: Int64
  private let record: Range<Int64>
  private let record64: Range<Int64>?
  private let locator: Range<Int64>?

  /// Whether a file's last bytes are those of an archive, up to the end of its comment.
  static func endsArchive(_ tail: [UInt8]) -> Bool {
    guard tail.count >= 22 else { return false }
    for start in stride(from: tail.count - 22, through: 0, by: -1)
    where tail[start] == mark[0] && tail[start..<start + 4].elementsEqual(mark) {
      return Int(tail[start + 20]) | Int(tail[start + 21]) << 8 == tail.count - start - 22
    }
    return false
  }

  /// Finds the last end record, as unzip programs do.
  init(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    let count = Int(min(Int64(Self.longest), Int64(range.count)))
    let tailStart = range.upperBound - Int64(count)
    let tail = try source.bytes(at: tailStart, count: count)
    var found: Int?
    for start in stride(from: count - 22, through: 0, by: -1)
    where tail[start] == Self.mark[0] && tail[start..<start + 4].elementsEqual(Self.mark) {
      found = start
      break
    }
    guard let found else { throw .malformed(at: range.upperBound, "it has no end of a central directory") }
    let place = tailStart + Int64(found)
    let comment = Int64(try source.u16(at: place + 20))
    record = place..<min(range.upperBound, place + 22 + comment)
    var entries = UInt64(try source.u16(at: place + 10))
    var size = try source.u32(at: place + 12)
    var offset = try source.u32(at: place + 16)
    var end = place
    (record64, locator) = try Self.find64(&source, range, before: place)
    if let record64 {
      let start = record64.lowerBound
      entries = try source.unsigned(at: start + 32, count: 8)
      size = try source.u64(at: start + 40)
      offset = try source.u64(at: start + 48)
      end = start
    }
    guard size <= end - range.lowerBound else {
      throw .malformed(at: place, "the central directory is said to be larger than what comes before its end")
    }
    // The offset counts from where the archive began before something was put before it.
    var isBeforeEnd = size == 0
    if !isBeforeEnd { isBeforeEnd = try source.has(ZipDirectory.mark, at: end - size) }
    if !isBeforeEnd {
      let isWithin = offset <= end - range.lowerBound - size
      guard isWithin, try source.has(ZipDirectory.mark, at: range.lowerBound + offset) else {
        throw .malformed(at: end - size, "no central directory is where it should be")
      }
    }
    let start = isBeforeEnd ? end - size : range.lowerBound + offset
    directory = start..<start + size
    self.count = entries
    shift = size == 0 && offset == 0 ? range.lowerBound : start - offset
  }

  /// The two records of large archives.
  private static func find64(
    _ source: inout ByteSource, _ range: Range<Int64>, before place: Int64
  ) throws(FormatError) -> (Range<Int64>?, Range<Int64>?) {
    let start = place - 20
    guard start >= range.lowerBound, try source.has([0x50, 0x4B, 6, 7], at: start) else { return (nil, nil) }
    let mark: [UInt8] = [0x50, 0x4B, 6, 6]
    let said = try source.unsigned(at: start + 8, count: 8)
    // Where it says; or right before, when something was put before the archive.
    var candidates = [start - 56]
    if let said = Int64(exactly: said), said <= start { candidates.insert(range.lowerBound + said, at: 0) }
    for candidate in candidates where candidate >= range.lowerBound && candidate <= start - 56 {
      guard try source.has(mark, at: candidate) else { continue }
      let size = try source.unsigned(at: candidate + 4, count: 8)
      guard let size = Int64(exactly: size), size <= start - candidate - 12, size >= 44 else { continue }
      return (candidate..<candidate + 12 + size, start..<place)
    }
    return (nil, start..<place)
  }

  func add(to layout: inout LayoutBuilder, _ range: Range<Int64>) throws(FormatError) {
    if let record64 { try layout.addPart("zip64 end record", record64, ZipEndRecord64()) }
    if let locator { try layout.addPart("zip64 end locator", locator, FixedRecord(fields: ZipEndRecord64.locator)) }
    try layout.addPart("end record", record, ZipEndRecord())
    if record.upperBound < range.upperBound {
      try layout.add(
        "after the archive", at: record.upperBound, count: range.upperBound - record.upperBound,
        .file(name: "after the archive"), role: .data)
    }
  }
}

/// One entry as the central directory tells it.
struct ZipEntry {
  let name: [UInt8]
  let flags: Int
  let method: Int
  let checksum: Int64
  let compressedSize: Int64
  let size: Int64
  /// As a place in the file.
  let localOffset: Int64
  /// Its record in the central directory.
  let place: Range<Int64>

  /// How its data is read.
  var shape: Shape {
    // What is encrypted is nobody's to read.
    guard flags & 1 == 0 else { return .opaque }
    switch method {
    case 0: return .file()
    case 8: return .file(.deflate)
    case 12: return .file(.bzip2)
    case 20, 93: return .file(.zstd)
    case 95: return .file(.xz)
    default: return .opaque
    }
  }
}

/// The central directory of a zip archive.
struct ZipDirectory {
  static let mark: [UInt8] = [0x50, 0x4B, 1, 2]

  private(set) var entries: [ZipEntry] = []
  /// The signature that some archives have after the last entry.
  private(set) var signature: Range<Int64>?
  /// Why not all of it could be read.
  private(set) var problem: FormatError?

  init(_ source: inout ByteSource, _ end: ZipEnd) throws(FormatError) {
    var place = end.directory.lowerBound
    let limit = end.directory.upperBound
    while place < limit {
      guard limit - place >= 46, try source.has(Self.mark, at: place) else {
        if limit - place >= 6, try source.has([0x50, 0x4B, 5, 5], at: place) { signature = place..<limit; return }
        problem = .malformed(at: place, "the central directory has something other than an entry")
        return
      }
      let name = Int64(try source.u16(at: place + 28))
      let extra = Int64(try source.u16(at: place + 30))
      let length = 46 + name + extra + Int64(try source.u16(at: place + 32))
      guard length <= limit - place else {
        problem = .malformed(at: place, "an entry reaches beyond the central directory")
        return
      }
      do {
        entries.append(try Self.entry(&source, place..<place + length, name: name, extra: extra, end.shift))
      } catch {
        guard case .malformed = error else { throw error }
        problem = error
      }
      place += length
    }
    if UInt64(entries.count) & 0xFFFF != end.count & 0xFFFF {
      problem = problem ?? .malformed(at: limit, "the central directory has not as many entries as its end says")
    }
  }

  private static func entry(
    _ source: inout ByteSource, _ range: Range<Int64>, name: Int64, extra: Int64, _ shift: Int64
  ) throws(FormatError) -> ZipEntry {
    let place = range.lowerBound
    var size = try source.u32(at: place + 24)
    var compressed = try source.u32(at: place + 20)
    var offset = try source.u32(at: place + 42)
    let isLarge = size == 0xFFFF_FFFF || compressed == 0xFFFF_FFFF
    if isLarge || offset == 0xFFFF_FFFF {
      var values = try largeValues(&source, place + 46 + name..<place + 46 + name + extra)[...]
      if size == 0xFFFF_FFFF, let value = values.popFirst() { size = value }
      if compressed == 0xFFFF_FFFF, let value = values.popFirst() { compressed = value }
      if offset == 0xFFFF_FFFF, let value = values.popFirst() { offset = value }
    }
    let (local, overflow) = offset.addingReportingOverflow(shift)
    guard !overflow else { throw .malformed(at: place + 42, "an entry's offset is too large") }
    return ZipEntry(
      name: try source.bytes(at: place + 46, count: Int(name)), flags: try source.u16(at: place + 8),
      method: try source.u16(at: place + 10), checksum: try source.u32(at: place + 16), compressedSize: compressed,
      size: size, localOffset: local, place: range)
  }

  /// The numbers of the extra field for large files, as many as there are.
  private static func largeValues(_ source: inout ByteSource, _ extra: Range<Int64>) throws(FormatError) -> [Int64] {
    var place = extra.lowerBound
    while extra.upperBound - place >= 4 {
      let (kind, count) = (try source.u16(at: place), Int64(try source.u16(at: place + 2)))
      place += 4
      guard count <= extra.upperBound - place else { return [] }
      if kind == 1 {
        var values: [Int64] = []
        for offset in stride(from: place, to: place + min(count, 24) / 8 * 8, by: 8) {
          values.append(try source.u64(at: offset))
        }
        return values
      }
      place += count
    }
    return []
  }
}
