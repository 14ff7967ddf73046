import Model

/// The home folder of who built.
struct Home: CauseRule {
  let name = "home"
  let summary = "paths that differ in somebody's home folder only"

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    guard let shipped = PathText(change.shipped.word), let rebuilt = PathText(change.rebuilt.word),
      shipped.prefix.elementsEqual(rebuilt.prefix)
    else { return nil }
    let evidence = "home folders that differ: \(change.shown)"
    if change.isAfter(any: ["home="]) || (subject.region.elementsEqual("home".utf8)) {
      return Finding(0.95, evidence)
    }
    if let home = subject.facts.home, let known = PathText(Array(home.utf8)[...]) {
      let count = known.components.count
      func isHome(_ path: PathText) -> Bool {
        path.components.count >= count && zip(path.components, known.components).allSatisfy { $0.elementsEqual($1) }
      }
      let (first, second) = isHome(shipped) ? (shipped, rebuilt) : (rebuilt, shipped)
      let rest = first.components.count - count
      if isHome(first), second.homeCount > 0 || second.components.count > rest, first.commonEnd(second) == rest {
        return Finding(0.98, "\(evidence), one of them the build's own")
      }
    }
    let (count, other) = (shipped.homeCount, rebuilt.homeCount)
    guard count > 0, other > 0 else { return nil }
    let (rest, otherRest) = (shipped.components.dropFirst(count), rebuilt.components.dropFirst(other))
    guard rest.count == otherRest.count, zip(rest, otherRest).allSatisfy({ $0.elementsEqual($1) }) else { return nil }
    return Finding(0.95, evidence)
  }

  func fix(_ subject: Subject) -> String { "build with the same HOME, or do not record paths below it" }
}
