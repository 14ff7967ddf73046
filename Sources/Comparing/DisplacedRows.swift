import Formats

/// Rows of two tables that follow one another on both sides and whose numbers differ by the same.
///
/// What is inserted into a table of strings displaces all names after it: that is one place, not thousands.
enum DisplacedRows {
  /// Rows from a first one on, on either side.
  struct Run {
    let shipped: Int
    let rebuilt: Int
    var count: Int
  }

  /// Fewer rows than this are told one by one.
  private static let shortest = 3

  /// The pairs of rows as runs, in an order that exchanging the sides keeps.
  static func runs(
    _ pairs: [(shipped: Int, rebuilt: Int)], _ shipped: (field: TableRows.Field, table: TableRows),
    _ rebuilt: (field: TableRows.Field, table: TableRows)
  ) -> [Run] {
    var runs: [Run] = []
    var displacement: UInt64?
    for pair in pairs {
      let next = shipped.field.number(shipped.table, pair.shipped).flatMap { number in
        rebuilt.field.number(rebuilt.table, pair.rebuilt).map { $0 &- number }
      }
      defer { displacement = next }
      if let last = runs.last, next != nil, next == displacement,
        pair.shipped == last.shipped + last.count, pair.rebuilt == last.rebuilt + last.count
      {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(Run(shipped: pair.shipped, rebuilt: pair.rebuilt, count: 1))
      }
    }
    runs = runs.flatMap { run in
      run.count >= shortest
        ? [run]
        : (0..<run.count).map { Run(shipped: run.shipped + $0, rebuilt: run.rebuilt + $0, count: 1) }
    }
    let keys = shipped.table.keys
    return runs.sorted { ($0.shipped + $0.rebuilt, keys[$0.shipped]) < ($1.shipped + $1.rebuilt, keys[$1.shipped]) }
  }
}

extension TableRows.Field {
  /// A row's value as a number that may be displaced; nil for what is none.
  fileprivate func number(_ table: TableRows, _ row: Int) -> UInt64? {
    switch encoding {
    case .unsigned(let order), .signed(let order), .hexadecimal(let order):
      let bytes = bytes(table, row)
      guard bytes.count <= 8 else { return nil }
      var number: UInt64 = 0
      if order == .big {
        for byte in bytes { number = number << 8 | UInt64(byte) }
      } else {
        for byte in bytes.reversed() { number = number << 8 | UInt64(byte) }
      }
      return number
    default: return nil
    }
  }
}
