import Model

/// Sections that only one side of a program has, with what they follow from or are.
struct LoneSections {
  private struct Section: Hashable {
    let node: Int
    let name: Substring
  }

  private var roots: [Section: (rank: Int, root: Int)] = [:]

  /// The first at each node.
  private var firsts: [Int: (rank: Int, root: Int)] = [:]

  /// Takes a difference into account where it is a whole section that only one side has.
  mutating func add(_ difference: Difference, at node: Int, root: Int, rank: Int) {
    guard difference.kind == .missing || difference.kind == .extra, difference.format == "ELF",
      let region = difference.region, region.hasPrefix("."), !region.contains(" ")
    else { return }
    let section = Section(node: node, name: region[...])
    // The first of the report, so that nothing depends on the order of the list.
    if rank < roots[section]?.rank ?? .max { roots[section] = (rank, root) }
    if rank < firsts[node]?.rank ?? .max { firsts[node] = (rank, root) }
  }

  /// The root of the section that a field of a header, or a name of sections, is about; nil where both sides have it.
  func root(_ difference: Difference, at node: Int) -> Int? {
    guard let names = Self.names(difference) else { return nil }
    if let root = names.lazy.compactMap({ roots[Section(node: node, name: $0)]?.root }).first { return root }
    // The table of names is for sections alone, and in their order.
    return difference.role == .name ? firsts[node]?.root : nil
  }

  /// The sections that a difference names; nil where it names none.
  static func names(_ difference: Difference) -> [Substring]? {
    guard difference.format == "ELF", let region = difference.region else { return nil }
    if region.hasPrefix("section header "), difference.role == .flags || difference.role == nil,
      difference.kind == .missing || difference.kind == .extra
    {
      return [region.dropFirst("section header ".utf8.count).prefix { $0 != " " }]
    }
    guard region.hasPrefix(".shstrtab "), difference.role == .name else { return nil }
    return [difference.shipped, difference.rebuilt].compactMap { $0?[...] }
  }
}
