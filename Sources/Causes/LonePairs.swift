import Model

/// Values that only one side has, where the other side has as many of the same sort in the same place.
///
/// Formats name strings by what they say, so that a changed one is a string that shipped has and another that rebuilt
/// has. Read as the two values of one difference they may show why.
enum LonePairs {
  private struct Place: Hashable {
    let path: [String]
    let format: String
    let role: Difference.Role
    /// The region's first word, such as a section's name.
    let part: Substring
  }

  private struct Sides {
    var missing: [Int] = []
    var extra: [Int] = []

    mutating func add(_ index: Int, _ kind: Difference.Kind) {
      if kind == .missing { missing.append(index) } else { extra.append(index) }
    }

    /// One of each side, in order; none where one side has more than the other.
    func pairs(_ ranks: [Int]) -> [(missing: Int, extra: Int)] {
      guard missing.count == extra.count, missing.count <= LonePairs.limit else { return [] }
      return Array(zip(missing.sorted { ranks[$0] < ranks[$1] }, extra.sorted { ranks[$0] < ranks[$1] }))
    }
  }

  /// More on each side than these are not told apart.
  private static let limit = 16

  /// Gives both of a pair the cause that they have together, where they have one.
  ///
  /// - Returns: those that the other side has as well, at another place and with more or fewer zeros around.
  static func judge(
    _ differences: [Difference], _ facts: BuildFacts, _ verdicts: inout [CauseList.Verdict]
  ) -> Set<Int> {
    var places: [Place: Sides] = [:]
    for (index, difference) in differences.enumerated() {
      guard let format = format(difference), let region = difference.region, let role = difference.role,
        [.generator, .path, .data, .version].contains(role)
      else { continue }
      let place = Place(
        path: difference.path, format: format, role: role, part: region.prefix { $0 != " " })
      places[place, default: Sides()].add(index, difference.kind)
    }
    let ranks = Propagation.ranks(differences)
    var displaced: Set<Int> = []
    for (ours, theirs) in places.values.flatMap({ $0.pairs(ranks) }) {
      if isSameData(differences[ours], differences[theirs]) { displaced.formUnion([ours, theirs]) }
      var joined = differences[ours]
      joined.kind = .value
      joined.rebuilt = differences[theirs].rebuilt
      let verdict = CauseList.verdict(Subject(joined, facts: facts))
      guard verdict.hasEvidence, verdict.cause.name != "debug-information" else { continue }
      (verdicts[ours], verdicts[theirs]) = (verdict, verdict)
    }
    judgePaths(differences, facts, ranks, &verdicts)
    return displaced
  }

  /// A path's text may be in another section on the other side, as its length decides: the file's own name pairs them.
  private static func judgePaths(
    _ differences: [Difference], _ facts: BuildFacts, _ ranks: [Int], _ verdicts: inout [CauseList.Verdict]
  ) {
    var places: [Place: Sides] = [:]
    for (index, difference) in differences.enumerated() where !verdicts[index].hasEvidence {
      guard let format = format(difference), let text = text(difference),
        let name = PathText(Array(text.utf8)[...])?.components.last, name.contains(0x2E)
      else { continue }
      let place = Place(
        path: difference.path, format: format, role: .path, part: String(decoding: name, as: UTF8.self)[...])
      places[place, default: Sides()].add(index, difference.kind)
    }
    for (ours, theirs) in places.values.flatMap({ $0.pairs(ranks) }) {
      var joined = differences[ours]
      (joined.kind, joined.role) = (.value, .path)
      (joined.shipped, joined.rebuilt) = (text(differences[ours]), text(differences[theirs]))
      let verdict = CauseList.verdict(Subject(joined, facts: facts))
      guard verdict.hasEvidence else { continue }
      (verdicts[ours], verdicts[theirs]) = (verdict, verdict)
    }
  }

  /// The format of a program's part that only one side has; nil for all others.
  private static func format(_ difference: Difference) -> String? {
    guard difference.kind == .missing || difference.kind == .extra, let format = difference.format,
      ContainerFormats.programs.contains(format)
    else { return nil }
    return format
  }

  /// A text that is all of a value, with the zero after it or without; nil where there is more, or less.
  private static func text(_ difference: Difference) -> String? {
    guard let value = difference.shipped ?? difference.rebuilt else { return nil }
    let read = ValueBytes(value, isOfBytes: difference.kind != .text)
    let bytes = read.excerpt ?? read.bytes
    let text = bytes.prefix { $0 != 0 }
    guard !read.isCut, !text.isEmpty, bytes.dropFirst(text.count).allSatisfy({ $0 == 0 }) else { return nil }
    return String(validating: text, as: UTF8.self)
  }

  /// Whether both sides have the same bytes, zeros at either end aside.
  private static func isSameData(_ first: Difference, _ second: Difference) -> Bool {
    let sides = [first, second].map { ValueBytes($0.shipped ?? $0.rebuilt ?? "", isOfBytes: $0.kind != .text) }
    guard sides.allSatisfy({ !$0.isCut }), let shipped = sides[0].excerpt, let rebuilt = sides[1].excerpt else {
      return false
    }
    func trimmed(_ bytes: [UInt8]) -> ReversedCollection<ArraySlice<UInt8>>.SubSequence {
      bytes.drop { $0 == 0 }.reversed().drop { $0 == 0 }
    }
    // Zeros that align are few; more of them would be data.
    guard abs(shipped.count - rebuilt.count) < 64 else { return false }
    return !trimmed(shipped).isEmpty && trimmed(shipped).elementsEqual(trimmed(rebuilt))
  }
}
