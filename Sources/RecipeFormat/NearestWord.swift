/// Finds what somebody probably meant.
enum NearestWord {
  /// The candidate within two edits of a word, when there is one.
  static func among(_ candidates: [String], to word: String) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let limit = word.utf8.count < 4 ? 1 : 2
    let near = candidates.map { ($0, distance($0, word)) }.min { $0.1 < $1.1 }
    return near.flatMap { $0.1 <= limit ? $0.0 : nil }
  }

  /// How many insertions, deletions, replacements and swaps of neighbours make one word of the other.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().utf8)
    let right = Array(right.lowercased().utf8)
    var rows = [Array(0...right.count)]
    for row in 1..<(left.count + 1) {
      var current = [row]
      for column in 1..<(right.count + 1) {
        let replaced = rows[row - 1][column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
        var best = min(replaced, rows[row - 1][column] + 1, current[column - 1] + 1)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, rows[row - 2][column - 2] + 1)
        }
        current.append(best)
      }
      rows.append(current)
    }
    return rows[left.count][right.count]
  }
}
