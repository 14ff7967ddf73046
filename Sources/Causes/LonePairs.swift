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
  }

  /// More on each side than these are not told apart.
  private static let limit = 16

  /// Gives both of a pair the cause that they have together, where they have one.
  static func judge(_ differences: [Difference], _ facts: BuildFacts, _ verdicts: inout [CauseList.Verdict]) {
    var places: [Place: Sides] = [:]
    for (index, difference) in differences.enumerated() {
      guard difference.kind == .missing || difference.kind == .extra, let region = difference.region,
        let role = difference.role, [.generator, .path, .data, .version].contains(role),
        let format = difference.format, ContainerFormats.programs.contains(format)
      else { continue }
      let place = Place(
        path: difference.path, format: format, role: role, part: region.prefix { $0 != " " })
      if difference.kind == .missing {
        places[place, default: Sides()].missing.append(index)
      } else {
        places[place, default: Sides()].extra.append(index)
      }
    }
    let ranks = Propagation.ranks(differences)
    for sides in places.values where sides.missing.count == sides.extra.count && sides.missing.count <= limit {
      let missing = sides.missing.sorted { ranks[$0] < ranks[$1] }
      let extra = sides.extra.sorted { ranks[$0] < ranks[$1] }
      for (ours, theirs) in zip(missing, extra) {
        var joined = differences[ours]
        joined.kind = .value
        joined.rebuilt = differences[theirs].rebuilt
        let verdict = CauseList.verdict(Subject(joined, facts: facts))
        guard verdict.hasEvidence, verdict.cause.name != "debug-information" else { continue }
        verdicts[ours] = verdict
        verdicts[theirs] = verdict
      }
    }
  }
}
