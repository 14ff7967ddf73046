import Model

/// Differences as an indented tree, in as many lines as there is room for.
struct DifferenceTree {
  /// In columns.
  let width: Int
  /// How many lines there may be.
  let room: Int
  /// What fitted.
  private(set) var lines: [String] = []
  /// How many differences did not fit.
  private(set) var left = 0

  init(width: Int, room: Int) {
    self.width = width
    self.room = room
  }

  /// Adds the differences of one artifact below its name.
  mutating func add(_ artifact: ArtifactResult) {
    guard !artifact.differences.isEmpty else { return }
    var open: [String] = []
    var title = ["\(artifact.name): \(Amount.count(artifact.differences.count, "difference"))"]
    for difference in artifact.differences {
      // Once one was left out the others are too: what is shown is the beginning, without holes.
      guard left == 0 else {
        left += 1
        continue
      }
      var block = title.flatMap { wrapped($0, depth: 0) }
      let common = zip(open, difference.path).prefix { $0 == $1 }.count
      for depth in common..<difference.path.count {
        block += wrapped(difference.path[depth], depth: depth + 1)
      }
      block += describe(difference, depth: difference.path.count + 1)
      guard lines.count + block.count <= room || lines.isEmpty else {
        left += 1
        continue
      }
      lines += block
      open = difference.path
      title = []
    }
  }

  private func describe(_ difference: Difference, depth: Int) -> [String] {
    let region = difference.region.map { "\($0): " } ?? ""
    if let line = DifferenceWords.oneLine(difference) { return wrapped(region + line, depth: depth) }
    var block = wrapped(region + DifferenceWords.summary(difference), depth: depth)
    for (side, value) in [("shipped", difference.shipped), ("rebuilt", difference.rebuilt)] {
      guard let value else { continue }
      block += wrapped("\(side)  \(VisibleText.shortened(VisibleText.escaped(value), to: 160))", depth: depth + 1)
    }
    if let cause = difference.cause { block += wrapped("cause: \(cause.name) (\(cause.evidence))", depth: depth + 1) }
    if let fix = difference.fix { block += wrapped("to mend it: \(fix)", depth: depth + 1) }
    return block
  }

  /// A deep tree is not indented beyond what leaves room for words.
  private func wrapped(_ text: String, depth: Int) -> [String] {
    let indentation = String(repeating: "  ", count: min(depth, width / 8))
    return LineWrapping(width: width)
      .lines(VisibleText.shortened(VisibleText.escaped(text), to: 400), first: indentation, rest: indentation + "  ")
  }
}

/// A difference in a few words.
enum DifferenceWords {
  /// Both values of a field, where they are short and nothing else is known; nil otherwise.
  static func oneLine(_ difference: Difference) -> String? {
    guard difference.kind == .value, difference.cause == nil, difference.fix == nil,
      let shipped = difference.shipped, let rebuilt = difference.rebuilt, shipped.count + rebuilt.count <= 60
    else { return nil }
    return "shipped \(shipped), rebuilt \(rebuilt)"
  }

  static func summary(_ difference: Difference) -> String {
    switch difference.kind {
    case .bytes: extent(difference, "bytes differ")
    case .text: "text differs"
    case .value: "another value"
    case .missing: "only in what was shipped"
    case .extra: "only in what was rebuilt"
    case .order: "the same parts in another order"
    case .moved: "the same part at another place"
    }
  }

  private static func extent(_ difference: Difference, _ nothingKnown: String) -> String {
    let place = difference.offset.map { "the first at offset \(Amount.count($0))" }
    guard let length = difference.length else { return nothingKnown + (place.map { ", \($0)" } ?? "") }
    return "\(Amount.count(length)) byte\(length == 1 ? " differs" : "s differ")" + (place.map { ", \($0)" } ?? "")
  }
}
