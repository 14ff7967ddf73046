/// Where tiles are, below the log's folder: C2SP tlog-tiles.
enum TilePath {
  /// Hashes or entries of a full tile.
  static let width: UInt64 = 256

  /// The path of a tile of hashes, or of a bundle of entries where there is no level.
  ///
  /// - Parameter width: how many it holds, 1 to 256.
  static func path(level: Int?, number: UInt64, width: UInt64) -> String {
    var rest = number / 1000
    var name = padded(number % 1000)
    while rest > 0 {
      name = "x\(padded(rest % 1000))/\(name)"
      rest /= 1000
    }
    let folder = level.map { String($0) } ?? "entries"
    return "tile/\(folder)/\(name)" + (width < Self.width ? ".p/\(width)" : "")
  }

  /// How many hashes the tile has in a tree of that many hashes at its level; none when it is beyond.
  static func width(of number: UInt64, count: UInt64) -> UInt64 {
    let start = number * width
    return start >= count ? 0 : min(width, count - start)
  }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
