/// The differences found so far that others may follow from, by where they are.
///
/// For each place only the first of each sort is kept, first by the order of the report, so that a question costs the
/// same however many there are.
struct FeedingRoots {
  /// What a difference may feed.
  struct Sorts: OptionSet {
    let rawValue: Int
    /// Checksums and identities: every difference does.
    static let any = Sorts(rawValue: 1)
    /// Sizes and offsets: what may be longer on one side.
    static let length = Sorts(rawValue: 2)
    /// Code and data: what compiled it.
    static let compiler = Sorts(rawValue: 4)
    /// Debug information: what has evidence of its own.
    static let evident = Sorts(rawValue: 8)
    /// Positions: an order.
    static let order = Sorts(rawValue: 16)
    /// Compressed streams: how they are compressed.
    static let compression = Sorts(rawValue: 32)

    static let count = 6
  }

  /// The first difference of each sort; -1 for none.
  private struct Firsts {
    private var found: (Int32, Int32, Int32, Int32, Int32, Int32) = (-1, -1, -1, -1, -1, -1)

    subscript(sort: Sorts) -> Int32 {
      get {
        switch sort {
        case .any: found.0
        case .length: found.1
        case .compiler: found.2
        case .evident: found.3
        case .order: found.4
        default: found.5
        }
      }
      set {
        switch sort {
        case .any: found.0 = newValue
        case .length: found.1 = newValue
        case .compiler: found.2 = newValue
        case .evident: found.3 = newValue
        case .order: found.4 = newValue
        default: found.5 = newValue
        }
      }
    }
  }

  private let parents: [Int]
  /// The place of each difference in the order of the report.
  private let ranks: [Int]
  /// At a node, by format.
  private var own: [[(format: String, firsts: Firsts)]]
  /// Below a node.
  private var below: [Firsts]

  init(_ tree: PathTree, ranks: [Int]) {
    parents = tree.parents
    self.ranks = ranks
    own = Array(repeating: [], count: tree.count)
    below = Array(repeating: Firsts(), count: tree.count)
  }

  /// Adds a difference at a node.
  mutating func add(_ index: Int, at node: Int, format: String, _ sorts: Sorts) {
    let place: Int
    if let known = own[node].firstIndex(where: { $0.format == format }) {
      place = known
    } else {
      place = own[node].count
      own[node].append((format, Firsts()))
    }
    for number in 0..<Sorts.count {
      let sort = Sorts(rawValue: 1 << number)
      guard sorts.contains(sort) else { continue }
      own[node][place].firsts[sort] = first(own[node][place].firsts[sort], Int32(index))
      var ancestor = node
      while ancestor != PathTree.root {
        ancestor = parents[ancestor]
        let better = first(below[ancestor][sort], Int32(index))
        // What does not change an ancestor changes none of those above it.
        guard better != below[ancestor][sort] else { break }
        below[ancestor][sort] = better
      }
    }
  }

  /// At a node, in the parts of one format.
  func at(_ node: Int, format: String, _ sort: Sorts) -> Int? {
    found(own[node].first { $0.format == format }?.firsts[sort] ?? -1)
  }

  /// At a node in parts of other formats, or below it: the contents of what the format packs.
  func within(_ node: Int, otherThan format: String, _ sort: Sorts) -> Int? {
    found(own[node].reduce(below[node][sort]) { $1.format == format ? $0 : first($0, $1.firsts[sort]) })
  }

  /// Below a node.
  func below(_ node: Int, _ sort: Sorts) -> Int? { found(below[node][sort]) }

  /// At or below a node.
  func around(_ node: Int, _ sort: Sorts) -> Int? {
    found(own[node].reduce(below[node][sort]) { first($0, $1.firsts[sort]) })
  }

  private func found(_ index: Int32) -> Int? { index < 0 ? nil : Int(index) }

  private func first(_ left: Int32, _ right: Int32) -> Int32 {
    if left < 0 { return right }
    if right < 0 { return left }
    return ranks[Int(left)] <= ranks[Int(right)] ? left : right
  }
}
