import Model

/// Finds roots by the names that lists of checksums have for the members that they are in.
struct MemberNames {
  private let parents: [Int]
  private let ranks: [Int]
  /// A number for each name, and that of each node.
  private var numbers: [String: Int] = [:]
  private var names: [Int] = []
  /// For each name the first root at or below a member of that name; -1 for none.
  private var firsts: [Int] = []

  /// Nothing is kept where there is no list to ask.
  init(_ tree: PathTree, ranks: [Int], isNeeded: Bool) {
    parents = tree.parents
    self.ranks = ranks
    guard isNeeded else { return }
    for name in tree.names {
      let plain = Self.plain(name[...])
      let number = numbers[plain] ?? numbers.count
      numbers[plain] = number
      names.append(number)
    }
    firsts = Array(repeating: -1, count: numbers.count)
  }

  /// Adds a root at a node.
  mutating func add(_ index: Int, at node: Int) {
    guard !names.isEmpty else { return }
    var node = node
    while node != PathTree.root {
      let first = firsts[names[node]]
      if first < 0 || ranks[index] < ranks[first] { firsts[names[node]] = index }
      node = parents[node]
    }
  }

  /// The first root in a member that a line names, other than a node's own.
  func first(in line: Substring, besides node: Int) -> Int? {
    var found: Int?
    for word in line.split(whereSeparator: { $0 == "," || $0 == "\"" || $0.isWhitespace }) {
      guard let number = numbers[Self.plain(word)], number != names[node], firsts[number] >= 0 else { continue }
      let first = firsts[number]
      found = found.map { ranks[$0] <= ranks[first] ? $0 : first } ?? first
    }
    return found
  }

  /// Whether it is a line or field of a list of checksums.
  static func isList(_ difference: Difference) -> Bool {
    if difference.kind == .order || difference.kind == .moved { return false }
    let format = difference.format ?? ""
    if listFormats.contains(format) { return true }
    if formatsWithChecksums.contains(format) { return difference.role == .checksum }
    guard !ContainerFormats.names.contains(format), format == "text" || difference.role == .checksum,
      let last = difference.path.last
    else {
      return false
    }
    let name = last.split(separator: "/").last.map(String.init) ?? last
    return names.contains(name) || endings.contains { name.hasSuffix($0) }
  }

  /// The lines on both sides, each of which must be about a member; at most as many as are worth a look.
  static func lines(_ difference: Difference) -> [Substring] {
    var lines: [Substring] = []
    for value in [difference.shipped, difference.rebuilt] {
      let found = (value ?? "").prefix(1 << 20).split(whereSeparator: \.isNewline)
      // A field names its member by its region.
      lines += found.count == 1 ? [Substring("\(difference.region ?? "") \(found[0])")] : found
    }
    return lines
  }

  private static func plain(_ name: Substring) -> String {
    var name = name
    while name.hasPrefix("./") { name = name.dropFirst(2) }
    while name.hasPrefix("/") || name.hasPrefix("*") { name = name.dropFirst() }
    return String(name)
  }

  private static let listFormats: Set<String> = ["wheel RECORD", "checksums"]
  private static let formatsWithChecksums: Set<String> = ["jar manifest", "Debian control"]
  private static let names: Set<String> = [
    "RECORD", "md5sums", "MD5SUMS", "SHA1SUMS", "SHA256SUMS", "SHA512SUMS", "sha256sums", "MANIFEST.MF", "checksums",
    "CHECKSUMS",
  ]
  private static let endings = [".md5", ".sha256", ".sha512", ".sha1", ".SF", ".md5sums", ".sha256sums"]
}
