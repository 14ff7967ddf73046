/// What lies between ranges.
enum Holes {
  /// The parts of a range that none of the others covers.
  static func between(_ ranges: [Range<Int64>], in whole: Range<Int64>) -> [Range<Int64>] {
    var holes: [Range<Int64>] = []
    var place = whole.lowerBound
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > place { holes.append(place..<min(range.lowerBound, whole.upperBound)) }
      place = max(place, range.upperBound)
      guard place < whole.upperBound else { return holes }
    }
    if place < whole.upperBound { holes.append(place..<whole.upperBound) }
    return holes
  }
}
