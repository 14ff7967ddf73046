import Model

/// One difference as rules see it: what its values say is worked out once, and only when a rule asks.
final class Subject {
  let difference: Difference
  let facts: BuildFacts
  /// The shipped value's bytes; empty where there is none.
  let shipped: ValueBytes
  /// The rebuilt value's bytes; empty where there is none.
  let rebuilt: ValueBytes
  /// The stretches in which the values differ; none where one side has no value.
  private(set) lazy var changes: [Change] = readChanges()
  /// The times in the shipped value.
  private(set) lazy var shippedTimes = TimeScanner.times(in: shipped.bytes)
  /// The times in the rebuilt value.
  private(set) lazy var rebuiltTimes = TimeScanner.times(in: rebuilt.bytes)
  /// The region's name in lower case; empty where it has none.
  private(set) lazy var region = Array((difference.region ?? "").utf8).map(\.lowered)[...]
  /// The name of the innermost part in lower case; empty for the artifact itself.
  private(set) lazy var name = Array((difference.path.last ?? "").utf8).map(\.lowered)[...]

  init(_ difference: Difference, facts: BuildFacts) {
    self.difference = difference
    self.facts = facts
    let isOfBytes = difference.kind != .text && difference.format != "text"
    var shipped = ValueBytes(difference.shipped ?? "", isOfBytes: isOfBytes)
    var rebuilt = ValueBytes(difference.rebuilt ?? "", isOfBytes: isOfBytes)
    // Bytes within a text that only one side has: the other side has the text without them.
    if difference.shipped == nil, let other = ValueBytes(without: rebuilt) {
      shipped = other
      hasBoth = true
    } else if difference.rebuilt == nil, let other = ValueBytes(without: shipped) {
      rebuilt = other
      hasBoth = true
    } else {
      hasBoth = difference.shipped != nil && difference.rebuilt != nil
    }
    self.shipped = shipped
    self.rebuilt = rebuilt
  }

  /// Whether there is a value on both sides, or what it is can be told from the other side's.
  let hasBoth: Bool

  /// Whether it is a whole member that only one side has.
  var isLoneFile: Bool {
    (difference.kind == .missing || difference.kind == .extra) && difference.region == nil && difference.format != nil
  }

  /// Whether it is a path that debug information or byte code records of its source, and that nothing opens when it runs.
  var isPathOfDebug: Bool {
    guard difference.role == .path else { return false }
    return switch difference.format {
    case "ELF", "Mach-O": region.mentions(any: [".debug", ".stab", "__debug"]) || region.begins("dw_at")
    case "PE", "COFF object", "Python bytecode", "Java class": true
    default: false
    }
  }

  /// Whether its format lets anyone choose keys, so that a role is no more than what a key is called.
  var hasFreeKeys: Bool { ["JSON", "XML", "device tree"].contains(difference.format) }

  /// Whether the region is called after a build.
  var isOfBuild: Bool { region.mentions(any: ["build", "built", "compil", "packag"]) }

  /// Whether a rule may look into its values for what people or programs wrote there.
  var isReadable: Bool {
    switch difference.role {
    case .size, .offset, .checksum, .mode, .owner, .signature, .flags: false
    default: hasBoth && difference.kind != .order
    }
  }

  private func readChanges() -> [Change] {
    guard isReadable else { return [] }
    return Alignment.stretches(shipped.bytes, rebuilt.bytes).map {
      Change(
        shipped: Stretch(shipped.bytes, $0.shipped, region: region),
        rebuilt: Stretch(rebuilt.bytes, $0.rebuilt, region: region))
    }
  }
}

/// A place in which the two values differ.
struct Change {
  let shipped: Stretch
  let rebuilt: Stretch

  /// Both sides' words, for evidence.
  var shown: String { "\(shipped.word.shown) / \(rebuilt.word.shown)" }
}

/// A stretch of one side's value, and what is around it.
struct Stretch {
  /// Where it is in the value.
  let range: Range<Int>
  /// The stretch itself.
  let bytes: ArraySlice<UInt8>
  /// The stretch and what belongs to it on both sides, up to white space, quotes, brackets and the like.
  let word: ArraySlice<UInt8>
  /// What stands before the word in its line, as far as it is near.
  let lead: ArraySlice<UInt8>
  /// The same after the region's name.
  let before: ArraySlice<UInt8>
  /// What stands after the stretch in its line, as far as it is near.
  let after: ArraySlice<UInt8>

  private static let reach = 96

  init(_ value: [UInt8], _ range: Range<Int>, region: ArraySlice<UInt8>) {
    self.range = range
    bytes = value[range]
    var start = range.lowerBound
    while start > 0, start > range.lowerBound - 1024, !Self.separates(value[start - 1]) { start -= 1 }
    var end = range.upperBound
    // A stretch that ends with a separator is not continued behind it.
    if range.isEmpty || !Self.separates(value[end - 1]) {
      while end < value.count, end < range.upperBound + 1024, !Self.separates(value[end]) { end += 1 }
    }
    word = value[start..<end]
    var lineStart = start
    while lineStart > 0, lineStart > start - Self.reach, value[lineStart - 1] != 0x0A { lineStart -= 1 }
    lead = value[lineStart..<start]
    before = (region + [0x20] + lead)[...]
    var lineEnd = range.upperBound
    while lineEnd < value.count, lineEnd < range.upperBound + Self.reach, value[lineEnd] != 0x0A { lineEnd += 1 }
    after = value[range.upperBound..<lineEnd]
  }

  private static func separates(_ byte: UInt8) -> Bool {
    byte <= 0x20 || "\"'`<>()[]{},;=|".utf8.contains(byte) || byte == 0x7F
  }
}

extension Subject {
  /// The times that a change lies within, one on each side.
  func times(at change: Change) -> (shipped: TimeMark, rebuilt: TimeMark)? {
    guard let shipped = Self.mark(shippedTimes, around: change.shipped.range),
      let rebuilt = Self.mark(rebuiltTimes, around: change.rebuilt.range)
    else { return nil }
    return (shipped, rebuilt)
  }

  private static func mark(_ marks: [TimeMark], around range: Range<Int>) -> TimeMark? {
    // Marks are in order and apart: the last one that begins before the range is the only one to look at.
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].range.lowerBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    guard low > 0, marks[low - 1].range.upperBound >= range.upperBound else { return nil }
    return marks[low - 1]
  }
}

extension Change {
  /// What stands before it on either side, as far as it is near.
  func isAfter(any texts: [String]) -> Bool {
    shipped.before.suffix(40).mentions(any: texts) || rebuilt.before.suffix(40).mentions(any: texts)
  }

  /// What stands before it on either side, in all its line as far as it is looked at.
  func isAnywhereAfter(_ texts: [String]) -> Bool {
    shipped.before.mentions(any: texts) || rebuilt.before.mentions(any: texts)
  }

  /// Whether both sides' words pass.
  func bothWords(_ passes: (ArraySlice<UInt8>) -> Bool) -> Bool { passes(shipped.word) && passes(rebuilt.word) }

  /// Whether one side's word, or both, pass.
  func eitherWord(_ passes: (ArraySlice<UInt8>) -> Bool) -> Bool { passes(shipped.word) || passes(rebuilt.word) }
}

extension Subject {
  /// Both values, for evidence.
  var shown: String {
    "\((difference.shipped ?? "none").utf8.shown) / \((difference.rebuilt ?? "none").utf8.shown)"
  }
}
