/// Up to 256 entries, each after its length in two bytes.
enum EntryBundle {
  /// In bytes, of one entry.
  static let entryLimit = 65_535
  /// In bytes, of a bundle.
  static let sizeLimit = 256 * (entryLimit + 2)

  /// Adds an entry, which is no longer than the limit.
  static func append(_ entry: [UInt8], to bundle: inout [UInt8]) {
    bundle.append(UInt8(truncatingIfNeeded: entry.count >> 8))
    bundle.append(UInt8(truncatingIfNeeded: entry.count))
    bundle.append(contentsOf: entry)
  }

  /// The entries; nil when there are not exactly so many.
  static func entries(_ bundle: [UInt8], count: UInt64) -> [ArraySlice<UInt8>]? {
    var entries: [ArraySlice<UInt8>] = []
    var place = 0
    while place < bundle.count {
      guard place + 2 <= bundle.count else { return nil }
      let length = Int(bundle[place]) << 8 | Int(bundle[place + 1])
      place += 2
      guard place + length <= bundle.count else { return nil }
      entries.append(bundle[place..<place + length])
      place += length
    }
    return entries.count == count ? entries : nil
  }
}
