import Model

/// The entries of a zip file as its central directory has them.
///
/// libarchive turns times into those of the machine's zone and leaves out which system wrote an entry; both are what
/// inferring is about, so the directory is read here.
struct ZipListing: Sendable {
  struct Entry: Hashable, Sendable {
    var name: String
    /// The time as it is written, taken for UTC; in seconds since 1970, even ones only.
    var time: Int64
    /// The upper half of the external attributes: a Unix mode, where one was written.
    var mode: UInt16
    /// The system that wrote it: 0 is Windows, 3 is Unix.
    var system: UInt8
    /// The method of compression: 0 is stored, 8 is deflated.
    var method: Int
    var crc32: UInt32
    var size: Int64
    /// How many bytes it is compressed to, and where its local header is.
    var compressedSize = 0
    var place = 0

    var isFolder: Bool { name.hasSuffix("/") }
    /// The mode's permission bits.
    var permissions: UInt16 { mode & 0o7777 }
  }

  /// In the order of the central directory.
  var entries: [Entry]

  /// The most entries that are read.
  static let entryLimit = 200_000
  private static let endSize = 22

  /// Reads the directory of a zip file that is in memory.
  init(_ bytes: [UInt8], name: String) throws(InferenceError) {
    func damaged(_ what: String) -> InferenceError {
      InferenceError(
        "reading \(name): \(what)", advice: "Give a wheel as it was shipped.", inconclusive: .missingInput)
    }
    guard bytes.starts(with: [0x50, 0x4B]) else { throw damaged("it is no zip file, so it is no wheel") }
    guard let end = Self.end(of: bytes) else {
      throw damaged("the end of its zip directory is missing; it was cut or damaged")
    }
    let count = Self.number(bytes, end + 10, 2)
    let size = Self.number(bytes, end + 12, 4)
    let start = Self.number(bytes, end + 16, 4)
    guard count != 0xFFFF, start != 0xFFFF_FFFF, start + size <= end, count <= Self.entryLimit else {
      throw damaged("its zip directory lies outside of the file")
    }
    entries = []
    entries.reserveCapacity(count)
    var place = start
    for _ in 0..<count {
      guard place + 46 <= end, Self.number(bytes, place, 4) == 0x0201_4B50 else {
        throw damaged("its zip directory is damaged at byte \(place)")
      }
      let nameSize = Self.number(bytes, place + 28, 2)
      let next = place + 46 + nameSize + Self.number(bytes, place + 30, 2) + Self.number(bytes, place + 32, 2)
      guard next <= end else { throw damaged("its zip directory is damaged at byte \(place)") }
      entries.append(
        Entry(
          name: String(decoding: bytes[place + 46..<place + 46 + nameSize], as: UTF8.self),
          time: Self.time(date: Self.number(bytes, place + 14, 2), time: Self.number(bytes, place + 12, 2)),
          mode: UInt16(Self.number(bytes, place + 40, 2)), system: bytes[place + 5],
          method: Self.number(bytes, place + 10, 2), crc32: UInt32(Self.number(bytes, place + 16, 4)),
          size: Int64(Self.number(bytes, place + 24, 4)), compressedSize: Self.number(bytes, place + 20, 4),
          place: Self.number(bytes, place + 42, 4)))
      place = next
    }
  }

  /// The compressed bytes of an entry, behind its local header; nil where they are not in the file.
  static func compressed(_ entry: Entry, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
    guard entry.place <= bytes.count - 30, number(bytes, entry.place, 4) == 0x0403_4B50 else { return nil }
    let start = entry.place + 30 + number(bytes, entry.place + 26, 2) + number(bytes, entry.place + 28, 2)
    guard entry.compressedSize <= bytes.count, start <= bytes.count - entry.compressedSize else { return nil }
    return bytes[start..<start + entry.compressedSize]
  }

  /// The last place that can be the end record; a comment may follow it.
  private static func end(of bytes: [UInt8]) -> Int? {
    guard bytes.count >= endSize else { return nil }
    let lowest = max(0, bytes.count - endSize - 0xFFFF)
    return stride(from: bytes.count - endSize, through: lowest, by: -1).first { place in
      number(bytes, place, 4) == 0x0605_4B50 && place + endSize + number(bytes, place + 20, 2) == bytes.count
    }
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  private static func time(date: Int, time: Int) -> Int64 {
    WheelTime.seconds(
      year: 1980 + date >> 9, month: date >> 5 & 15, day: date & 31, hour: time >> 11, minute: time >> 5 & 63,
      second: (time & 31) * 2)
  }
}
