import Model

/// Differences as an indented tree, in as many lines as there is room for.
///
/// Where not all fit, those are shown that matter most: other contents before other attributes, what is unexplained
/// before what has a cause.
struct DifferenceTree {
  /// In columns.
  let width: Int
  /// How many lines there may be; nil for all, with nothing shortened.
  let room: Int?
  let paint: Paint
  /// What fitted.
  private(set) var lines: [String] = []
  /// How many differences did not fit.
  private(set) var left = 0

  init(width: Int, room: Int?, paint: Paint = Paint(isOn: false)) {
    self.width = width
    self.room = room
    self.paint = paint
  }

  /// Adds the differences of one artifact below its name, which is there even when none of them fits.
  mutating func add(_ artifact: ArtifactResult) {
    let all = artifact.differences
    guard !all.isEmpty else { return }
    let title = title(artifact)
    guard let room else {
      lines += title + tree(all)
      return
    }
    let space = room - lines.count - title.count
    // Each takes a line at least, so that no more of them can fit than there are lines.
    let ranks = Self.ranks(all)
    let candidates = all.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
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

  /// The artifact's name, how many differences it has, and how its bytes are accounted for.
  private func title(_ artifact: ArtifactResult) -> [String] {
    let accounting = AccountingWords(artifact)
    var lines = wrapped("\(artifact.name): \(DifferenceWords.counts(artifact.differences))", depth: 0)
    if !accounting.line.isEmpty { lines += wrapped(accounting.line, depth: 1) }
    if !accounting.deeper.isEmpty {
      lines += paint.lines(wrapped(accounting.deeper, depth: 1), word: "unexplained", .red)
    }
    if room == nil {
      for part in accounting.parts {
        lines += wrapped("\(part.path.joined(separator: " › ")): \(accounting.line(part))", depth: 1)
      }
    }
    return lines
  }

  /// Whether it is of a field or of bytes without a meaning of their own, rather than of contents.
  private static func isMinor(_ difference: Difference) -> Bool {
    switch difference.kind {
    case .value, .order: return true
    case .bytes, .text, .missing, .extra, .moved: break
    }
    return switch difference.role {
    case .padding, .offset, .size, .checksum, .order, .flags: true
    default: false
    }
  }

  /// What is shown first when not all can be: for each difference a number, the lowest the most important.
  static func ranks(_ differences: [Difference]) -> [Int] {
    let roots = Roots(differences)
    return differences.indices.map { index in
      let difference = differences[index]
      let known = difference.exception != nil || !CauseTable.isGrave(difference.cause?.name) ? 2 : 0
      let follows = roots.isRoot(index) ? 0 : 4
      return known + follows + (isMinor(difference) ? 1 : 0)
    }
  }

  /// A path of so many parts that it would fill the report, with those in its middle left out.
  private func folded(_ path: [String]) -> [String] {
    guard room != nil, path.count > 8 else { return path }
    return path.prefix(4) + ["… \(path.count - 7) levels …"] + path.suffix(3)
  }

  private func tree(_ differences: [Difference]) -> [String] {
    var lines: [String] = []
    var open: [String] = []
    for difference in differences {
      let path = folded(difference.path)
      let common = zip(open, path).prefix { $0.utf8.elementsEqual($1.utf8) }.count
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
      let shown = VisibleText.escaped(value)
      let text = "\(side)  \(room == nil ? shown : VisibleText.shortened(shown, to: 160))"
      block += paint.lines(wrapped(text, depth: depth + 1), word: side, .faint)
    }
    if let cause = difference.cause {
      let follows = cause.follows == nil ? "" : ", follows from another difference"
      block += paint.lines(
        wrapped("cause: \(cause.name) (\(cause.evidence))\(follows)", depth: depth + 1), word: cause.name,
        CauseTable.isGrave(cause.name) ? .red : .strong)
    }
    if let exception = difference.exception { block += wrapped("declared: \(exception)", depth: depth + 1) }
    // Where there is little room, the table of causes has it, once for all.
    if let fix = difference.fix, room == nil || difference.cause == nil {
      block += wrapped("to mend it: \(fix)", depth: depth + 1)
    }
    return block
  }

  /// A deep tree is not indented beyond what leaves room for words.
  private func wrapped(_ text: String, depth: Int) -> [String] {
    let indentation = String(repeating: "  ", count: min(depth, width / 8))
    return LineWrapping(width: width)
      .lines(
        shortened(VisibleText.escaped(text)), first: indentation,
        rest: indentation + "  ")
  }

  private func shortened(_ text: String) -> String { room == nil ? text : VisibleText.shortened(text, to: 400) }
}
