import Formats
import Model

/// Compares long tables row by row: rows are paired by name, and what many rows have in common is one difference.
struct TableComparison {
  /// Tables of no more rows have a region for each row.
  static let usualRows = 16

  let layout: LayoutComparison
  let regions: LayoutComparison.RegionPair
  let shipped: TableRows
  let rebuilt: TableRows

  /// What accounts for the bytes that differ; nil where no row says it.
  func explain() -> Explanation? {
    guard shipped.rowLength == rebuilt.rowLength, shipped.fields.count == rebuilt.fields.count,
      shipped.bytes.count == Int(regions.shipped.length),
      rebuilt.bytes.count == Int(regions.rebuilt.length)
    else { return nil }
    let pairing = RowPairing(shipped.keys, rebuilt.keys)
    var found = Explanation()
    if let parting = pairing.parting {
      found.differences.append(
        difference(
          "order of \(shipped.noun)", .order, .order,
          offset: regions.shipped.offset + Int64(parting * shipped.rowLength), length: nil,
          ("\(parting + 1): \(shipped.title(parting))", "\(parting + 1): \(rebuilt.title(pairing.firstRebuilt))")))
    }
    for (number, field) in shipped.fields.enumerated() { compare(field, rebuilt.fields[number], pairing, &found) }
    alone(.shipped, pairing.shippedAlone, &found)
    alone(.rebuilt, pairing.rebuiltAlone, &found)
    rest(&found)
    guard !found.differences.isEmpty else { return nil }
    // Drawn as one: rows are shorter than what a drawing shows.
    if layout.pair.isDrawn, found.shipped.named + found.shipped.unexplained > 0 {
      let state: Accounting.State = layout.isNamed(regions.shipped) ? .named : .unexplained
      found.stretches = [Stretch(offset: regions.shipped.offset, length: regions.shipped.length, state: state)]
    }
    return found
  }

  /// One field of all rows that both sides have.
  private func compare(
    _ field: TableRows.Field, _ other: TableRows.Field, _ pairing: RowPairing, _ found: inout Explanation
  ) {
    var rows: [(Int, Int)] = []
    for (ours, theirs) in pairing.pairs where !isSame(field, ours, theirs) { rows.append((ours, theirs)) }
    guard !rows.isEmpty else { return }
    count(Int64(rows.count * field.length), Int64(rows.count * field.length), &found)
    let suffix = field.name.isEmpty ? "" : " \(field.name)"
    guard rows.count > FoldedPlaces.limit else {
      for (ours, theirs) in rows {
        found.differences.append(
          difference(
            "\(shipped.title(ours))\(suffix)", .value, field.role, offset: place(ours) + Int64(field.offset),
            length: Int64(field.length),
            (field.text(shipped, ours), other.text(rebuilt, theirs))))
      }
      return
    }
    var one = difference(
      shipped.noun + suffix, .value, field.role, offset: rows.first.map { place($0.0) + Int64(field.offset) },
      length: Int64(rows.count * field.length), (nil, nil))
    fold(rows, field, other).tell(in: &one)
    found.differences.append(one)
  }

  /// All values of one field; of rows one after another that are displaced alike, the first and the last.
  private func fold(_ rows: [(Int, Int)], _ field: TableRows.Field, _ other: TableRows.Field) -> FoldedPlaces {
    var folded = FoldedPlaces("values")
    for run in DisplacedRows.runs(rows, (field, shipped), (other, rebuilt)) {
      let last = (run.shipped + run.count - 1, run.rebuilt + run.count - 1)
      let (name, value, otherValue) = (
        shipped.title(run.shipped), field.text(shipped, run.shipped), other.text(rebuilt, run.rebuilt)
      )
      if run.count == 1 {
        folded.add(name, shipped: value, rebuilt: otherValue)
      } else {
        folded.add(
          "\(name) to \(shipped.title(last.0)) (\(run.count) displaced alike)",
          shipped: "\(value) to \(field.text(shipped, last.0))",
          rebuilt: "\(otherValue) to \(other.text(rebuilt, last.1))", count: run.count)
      }
    }
    return folded
  }

  private func isSame(_ field: TableRows.Field, _ ours: Int, _ theirs: Int) -> Bool {
    let (start, other) = (ours * shipped.rowLength + field.offset, theirs * rebuilt.rowLength + field.offset)
    for index in 0..<field.length where shipped.bytes[start + index] != rebuilt.bytes[other + index] { return false }
    return true
  }

  /// Rows that only one side has.
  private func alone(_ side: Side, _ rows: [Int], _ found: inout Explanation) {
    guard !rows.isEmpty else { return }
    let (table, region) = side == .shipped ? (shipped, regions.shipped) : (rebuilt, regions.rebuilt)
    let kind: Difference.Kind = side == .shipped ? .missing : .extra
    let length = Int64(table.rowLength)
    func place(_ row: Int) -> Int64 { region.offset + Int64(row) * length }
    let total = Int64(rows.count) * length
    count(side == .shipped ? total : 0, side == .rebuilt ? total : 0, &found)
    func text(_ row: Int) -> String {
      table.fields.map { "\($0.name.isEmpty ? "" : $0.name + " ")\($0.text(table, row))" }.joined(separator: ", ")
    }
    func add(_ name: String, _ value: String, _ row: Int, _ bytes: Int64) {
      found.differences.append(
        difference(
          name, kind, table.role, offset: place(row), length: bytes,
          (side == .shipped ? value : nil, side == .rebuilt ? value : nil)))
    }
    guard rows.count > FoldedPlaces.limit else {
      for row in rows { add(table.title(row), text(row), row, length) }
      return
    }
    add(table.noun, "", rows[0], total)
    var folded = FoldedPlaces(table.noun)
    for row in rows {
      let value = text(row)
      folded.add(
        table.title(row), shipped: side == .shipped ? value : nil, rebuilt: side == .rebuilt ? value : nil)
    }
    folded.tell(in: &found.differences[found.differences.count - 1])
  }

  /// What is left after the last whole row.
  private func rest(_ found: inout Explanation) {
    let (ours, theirs) = (shipped.bytes.count % shipped.rowLength, rebuilt.bytes.count % rebuilt.rowLength)
    let (left, right) = (Array(shipped.bytes.suffix(ours)), Array(rebuilt.bytes.suffix(theirs)))
    guard left != right else { return }
    let kind: Difference.Kind = right.isEmpty ? .missing : left.isEmpty ? .extra : .bytes
    let offset = regions.shipped.end - Int64(ours)
    found.differences.append(
      difference(
        "after the last of the \(shipped.noun)", kind, nil, offset: offset, length: Int64(max(ours, theirs)),
        (left.isEmpty ? nil : Hexadecimal.string(left), right.isEmpty ? nil : Hexadecimal.string(right))))
    count(Int64(ours), Int64(theirs), &found)
  }

  private func place(_ row: Int) -> Int64 { regions.shipped.offset + Int64(row * shipped.rowLength) }

  private func count(_ shipped: Int64, _ rebuilt: Int64, _ found: inout Explanation) {
    found.count(
      shipped: shipped, rebuilt: rebuilt, at: regions.shipped.offset, named: layout.isNamed(regions.shipped),
      drawn: false)
  }

  private func difference(
    _ name: String, _ kind: Difference.Kind, _ role: Difference.Role?, offset: Int64?, length: Int64?,
    _ values: (String?, String?)
  ) -> Difference {
    Difference(
      path: regions.path, region: "\(layout.regionName(regions.shipped, regions.prefix)) \(name)",
      format: layout.format, role: role, kind: kind, offset: offset, length: length, shipped: values.0,
      rebuilt: values.1)
  }
}

extension TableRows.Field {
  /// A row's value, for people.
  fileprivate func text(_ table: TableRows, _ row: Int) -> String { encoding.text(Array(bytes(table, row))) }

  /// A row's value as its bytes.
  func bytes(_ table: TableRows, _ row: Int) -> ArraySlice<UInt8> {
    let start = row * table.rowLength + offset
    return table.bytes[start..<start + length]
  }
}

/// Which rows of two tables belong together: those of one name, in their order.
struct RowPairing {
  /// Rows of both sides.
  private(set) var pairs: [(shipped: Int, rebuilt: Int)] = []
  /// Rows that the rebuilt side has not.
  private(set) var shippedAlone: [Int] = []
  /// Rows that the shipped side has not.
  private(set) var rebuiltAlone: [Int] = []
  /// The first shipped row that comes in another order; nil where the order is the same.
  private(set) var parting: Int?
  /// The rebuilt row in its place.
  private(set) var firstRebuilt = 0

  init(_ shipped: [UInt64], _ rebuilt: [UInt64]) {
    // Most tables differ little: what begins and ends alike needs no search.
    let shorter = min(shipped.count, rebuilt.count)
    var front = 0
    while front < shorter, shipped[front] == rebuilt[front] { front += 1 }
    var back = 0
    while back < shorter - front, shipped[shipped.count - 1 - back] == rebuilt[rebuilt.count - 1 - back] { back += 1 }
    pairs.reserveCapacity(shorter)
    for row in 0..<front { pairs.append((row, row)) }
    search(shipped, front..<shipped.count - back, rebuilt, front..<rebuilt.count - back)
    for row in 0..<back { pairs.append((shipped.count - back + row, rebuilt.count - back + row)) }
  }

  private mutating func search(_ shipped: [UInt64], _ ours: Range<Int>, _ rebuilt: [UInt64], _ theirs: Range<Int>) {
    // For each name the next row that has it, and for each row the one after it of the same name.
    var next: [UInt64: Int] = [:]
    var following = [Int](repeating: -1, count: theirs.count)
    for row in theirs.reversed() {
      following[row - theirs.lowerBound] = next[rebuilt[row]] ?? -1
      next[rebuilt[row]] = row
    }
    var isTaken = [Bool](repeating: false, count: theirs.count)
    var found: [(shipped: Int, rebuilt: Int)] = []
    for row in ours {
      guard let partner = next[shipped[row]], partner >= 0 else {
        shippedAlone.append(row)
        continue
      }
      next[shipped[row]] = following[partner - theirs.lowerBound]
      isTaken[partner - theirs.lowerBound] = true
      found.append((row, partner))
    }
    for row in theirs where !isTaken[row - theirs.lowerBound] { rebuiltAlone.append(row) }
    let sorted = found.map(\.rebuilt).sorted()
    if let place = found.indices.first(where: { found[$0].rebuilt != sorted[$0] }) {
      (parting, firstRebuilt) = (found[place].shipped, sorted[place])
    }
    pairs += found
  }
}
