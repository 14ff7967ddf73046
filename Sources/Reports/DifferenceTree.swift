import Model

/// Differences as an indented tree, in as many lines as there is room for.
///
/// Where not all fit, those are shown that matter most: other contents before other attributes, what is unexplained
/// before what has a cause.
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

  /// Adds the differences of one artifact below its name, which is there even when none of them fits.
  mutating func add(_ artifact: ArtifactResult) {
    let all = artifact.differences
    guard !all.isEmpty else { return }
    let title = wrapped("\(artifact.name): \(DifferenceWords.counts(all))", depth: 0)
    let space = room - lines.count - title.count
    // Each takes a line at least, so that no more of them can fit than there are lines.
    let candidates = all.indices.sorted { (Self.rank(all[$0]), $0) < (Self.rank(all[$1]), $1) }
      .prefix(max(1, space))
    var shown = tree(candidates.prefix(1).map { all[$0] })
    var count = 1
    // The first is shown whatever it takes: a report of a difference must show one.
    if shown.count > space, !lines.isEmpty { (shown, count) = ([], 0) }
    var (fits, tooMany) = (count, candidates.count + 1)
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      let tried = tree(candidates.prefix(middle).sorted().map { all[$0] })
      if tried.count <= space {
        (shown, fits) = (tried, middle)
      } else {
        tooMany = middle
      }
    }
    lines += title + shown
    left += all.count - fits
  }

  /// What is shown first when not all can be.
  private static func rank(_ difference: Difference) -> Int {
    let explained = difference.cause != nil || difference.exception != nil ? 2 : 0
    return switch difference.kind {
    case .bytes, .text, .missing, .extra, .moved: explained
    case .value, .order: explained + 1
    }
  }

  /// A path of so many parts that it would fill the report, with those in its middle left out.
  private static func folded(_ path: [String]) -> [String] {
    guard path.count > 8 else { return path }
    return path.prefix(4) + ["… \(path.count - 7) levels …"] + path.suffix(3)
  }

  private func tree(_ differences: [Difference]) -> [String] {
    var lines: [String] = []
    var open: [String] = []
    for difference in differences {
      let path = Self.folded(difference.path)
      let common = zip(open, path).prefix { $0 == $1 }.count
      for depth in common..<path.count { lines += wrapped(path[depth], depth: depth + 1) }
      lines += describe(difference, depth: path.count + 1)
      open = path
    }
    return lines
  }

  private func describe(_ difference: Difference, depth: Int) -> [String] {
    let region = difference.region.map { "\($0): " } ?? ""
    if let line = DifferenceWords.oneLine(difference) { return wrapped(region + line, depth: depth) }
    var block = wrapped(region + DifferenceWords.summary(difference), depth: depth)
    for (side, value) in [("shipped", difference.shipped), ("rebuilt", difference.rebuilt)] {
      guard let value else { continue }
      block += wrapped(
        "\(side)  \(VisibleText.shortened(VisibleText.escaped(value), to: 160))", depth: depth + 1)
    }
    if let cause = difference.cause {
      block += wrapped("cause: \(cause.name) (\(cause.evidence))", depth: depth + 1)
    }
    if let fix = difference.fix { block += wrapped("to mend it: \(fix)", depth: depth + 1) }
    return block
  }

  /// A deep tree is not indented beyond what leaves room for words.
  private func wrapped(_ text: String, depth: Int) -> [String] {
    let indentation = String(repeating: "  ", count: min(depth, width / 8))
    return LineWrapping(width: width)
      .lines(
        VisibleText.shortened(VisibleText.escaped(text), to: 400), first: indentation,
        rest: indentation + "  ")
  }
}

/// A difference in a few words.
enum DifferenceWords {
  /// How many there are, and of what, the most frequent first.
  static func counts(_ differences: [Difference]) -> String {
    let total = Amount.count(differences.count, "difference")
    guard differences.count > 1 else { return total }
    var counts: [String: Int] = [:]
    for difference in differences { counts[group(difference), default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(6).map { "\(Amount.count(Int64($0.value))) \($0.key)" }
    let rest = sorted.dropFirst(6).reduce(0) { $0 + $1.value }
    return "\(total) (\((shown + (rest > 0 ? ["\(rest) other"] : [])).joined(separator: ", ")))"
  }

  private static func group(_ difference: Difference) -> String {
    switch difference.kind {
    case .bytes: "content"
    case .text: "text"
    case .missing: "missing"
    case .extra: "extra"
    case .order: "order"
    case .moved: "moved"
    case .value: difference.region ?? "value"
    }
  }

  /// Both values of a field, where they are short and no more is known than the name of a cause; nil otherwise.
  static func oneLine(_ difference: Difference) -> String? {
    guard difference.kind == .value, difference.fix == nil, let shipped = difference.shipped,
      let rebuilt = difference.rebuilt, shipped.count + rebuilt.count <= 60
    else { return nil }
    return "shipped \(shipped), rebuilt \(rebuilt)" + (difference.cause.map { " (\($0.name))" } ?? "")
  }

  /// What kind of difference it is, where it is and how large.
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
    let place = difference.offset.map { ", the first at offset \(Amount.count($0))" } ?? ""
    guard let length = difference.length else { return nothingKnown + place }
    return "\(Amount.count(length)) byte\(length == 1 ? " differs" : "s differ")" + place
  }
}
