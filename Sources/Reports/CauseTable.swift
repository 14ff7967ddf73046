import Model

/// How many differences each cause has: roots, and those that only follow from them.
struct CauseTable {
  /// One cause.
  struct Row {
    /// As in the list of causes; nil for what nothing is known about.
    var name: String?
    /// How many differences have it and follow from no other.
    var roots = 0
    /// How many follow from these, whatever they are called themselves.
    var followers = 0
    /// How many of the roots a declared exception covers.
    var declared = 0
    /// What would mend most of the roots.
    var fix: String?

    /// The cause's name, or that there is none.
    var title: String { name ?? "not explained" }
  }

  /// What is grave first, then what is frequent.
  let rows: [Row]

  init(_ artifacts: [ArtifactResult]) {
    var found: [String?: Row] = [:]
    var fixes: [String?: [String: Int]] = [:]
    for artifact in artifacts {
      let all = artifact.differences
      let roots = Roots(all)
      for (index, difference) in all.enumerated() {
        let name = all[roots.root[index]].cause?.name
        if roots.isRoot(index) {
          found[name, default: Row(name: name)].roots += 1
          if difference.exception != nil { found[name, default: Row(name: name)].declared += 1 }
          if let fix = difference.fix { fixes[name, default: [:]][fix, default: 0] += 1 }
        } else {
          found[name, default: Row(name: name)].followers += 1
        }
      }
    }
    for (name, counts) in fixes {
      found[name]?.fix = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
    rows = found.values.sorted { Self.key($0) < Self.key($1) }
  }

  /// Whether a cause stands for other source rather than for another way of building it.
  static func isGrave(_ name: String?) -> Bool { name == nil || name == "content" }

  private static func key(_ row: Row) -> (Int, Int, String) {
    (isGrave(row.name) ? 0 : 1, -row.roots, row.title)
  }
}
