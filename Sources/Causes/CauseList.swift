public import Model

/// Why shipped and rebuilt differ.
public enum CauseList {
  /// The rules in the order that decides between two that are equally sure.
  static let rules: [any CauseRule] = [
    Signature(), MissingFile(), ExtraFile(), TimeZone(), Clock(), Home(), Randomness(), BuildPath(), UserGroup(),
    HostName(), Locale(), UmaskModes(), Parallelism(), Processor(), Kernel(), Toolchain(), Compression(),
    VersionStamp(), BuilderSystem(), FileOrder(), UninitialisedPadding(), DebugInformation(),
  ]

  /// What remains where no rule has evidence.
  static let content = Content()

  /// The same differences in the same order, each with its cause and its fix.
  ///
  /// A difference that only follows from another says so. Time grows in proportion to the differences.
  public static func explain(_ differences: [Difference], facts: BuildFacts = BuildFacts()) -> [Difference] {
    finish(differences, facts, verdicts(differences[...], facts))
  }

  /// The same, with as many tasks as there are processors.
  @concurrent public static func explain(
    _ differences: [Difference], facts: BuildFacts, parallel: Int
  ) async -> [Difference] {
    let batch = 2048
    guard parallel > 1, differences.count > batch else { return explain(differences, facts: facts) }
    let starts = Array(stride(from: 0, to: differences.count, by: batch))
    let found = await withTaskGroup(of: (Int, [Verdict]).self) { group in
      var found = [[Verdict]](repeating: [], count: starts.count)
      var next = 0
      func begin() {
        guard next < starts.count else { return }
        let (number, start) = (next, starts[next])
        next += 1
        group.addTask { @concurrent in
          (number, verdicts(differences[start..<min(start + batch, differences.count)], facts))
        }
      }
      for _ in 0..<parallel { begin() }
      while let (number, verdicts) = await group.next() {
        found[number] = verdicts
        begin()
      }
      return found
    }
    return finish(differences, facts, found.flatMap { $0 })
  }

  private static func verdicts(_ differences: ArraySlice<Difference>, _ facts: BuildFacts) -> [Verdict] {
    var verdicts: [Verdict] = []
    verdicts.reserveCapacity(differences.count)
    for difference in differences { verdicts.append(verdict(Subject(difference, facts: facts))) }
    return verdicts
  }

  private static func finish(
    _ differences: [Difference], _ facts: BuildFacts, _ verdicts: [Verdict]
  ) -> [Difference] {
    var verdicts = verdicts
    let displaced = LonePairs.judge(differences, facts, &verdicts)
    let feeders = Propagation.feeders(differences, verdicts, displaced: displaced)
    return differences.indices.map { index in
      var explained = differences[index]
      let feeder = feeders[index]
      let verdict = verdicts[feeder?.root ?? index]
      explained.fix = verdict.fix
      explained.cause =
        if let feeder {
          Cause(
            name: verdict.cause.name, confidence: feeder.confidence,
            evidence: "\(feeder.evidence): \(differences[feeder.root].place)",
            follows: differences[feeder.root].id.isEmpty ? nil : differences[feeder.root].id)
        } else {
          verdict.cause
        }
      return explained
    }
  }

  /// A difference's own cause, whatever others there are.
  struct Verdict {
    var cause: Cause
    var fix: String

    /// Whether some rule had evidence.
    var hasEvidence: Bool { cause.name != CauseList.content.name }
  }

  static func verdict(_ subject: Subject) -> Verdict {
    var stretches = StretchCauses()
    guard let (rule, finding) = best(subject, &stretches) else {
      return Verdict(
        cause: Cause(name: content.name, confidence: 0.5, evidence: content.evidence(subject, stretches)),
        fix: content.fix(subject))
    }
    return Verdict(
      cause: Cause(name: rule.name, confidence: min(finding.confidence, 1), evidence: finding.evidence),
      fix: rule.fix(subject))
  }

  private static func best(_ subject: Subject, _ stretches: inout StretchCauses) -> (any CauseRule, Finding)? {
    var best: (rule: any CauseRule, finding: Finding)?
    for rule in rules {
      guard let finding = rule.finding(subject), finding.confidence > best?.finding.confidence ?? 0 else { continue }
      best = (rule, finding)
    }
    if let joint = joint(subject, &stretches), joint.1.confidence > best?.finding.confidence ?? 0 { return joint }
    return best
  }

  /// The cause of all changed stretches together: none unless each has one, for otherwise it is not all explained.
  private static func joint(
    _ subject: Subject, _ stretches: inout StretchCauses
  ) -> (any CauseRule, Finding)? {
    // Of many places told as one the values show the first ones only: what these have in common is no cause of all.
    guard subject.difference.places == nil else { return nil }
    stretches.count = subject.changes.count
    guard !subject.changes.isEmpty, subject.changes.count <= Alignment.stretchLimit else { return nil }
    var votes = [Int](repeating: 0, count: rules.count)
    var firsts = [Finding?](repeating: nil, count: rules.count)
    var confidence = 1.0
    for change in subject.changes {
      var found: (rule: Int, finding: Finding)?
      for (index, rule) in rules.enumerated() {
        guard let finding = rule.finding(change, in: subject), finding.confidence > found?.finding.confidence ?? 0
        else { continue }
        found = (index, finding)
      }
      guard let found else {
        stretches.unexplained = change
        stretches.causes = votes.indices.filter { votes[$0] > 0 }.map { rules[$0].name }
        return nil
      }
      confidence = min(confidence, found.finding.confidence)
      votes[found.rule] += 1
      firsts[found.rule] = firsts[found.rule] ?? found.finding
    }
    guard let most = votes.max(), let winner = votes.firstIndex(of: most), let finding = firsts[winner] else {
      return nil
    }
    let others = votes.indices.filter { $0 != winner && votes[$0] > 0 }.map { rules[$0].name }
    let also = others.isEmpty ? "" : "; also \(others.joined(separator: ", "))"
    return (rules[winner], Finding(confidence, finding.evidence + also))
  }
}

extension Difference {
  /// Where it is, for people.
  var place: String {
    let parts = path + (region.map { [$0] } ?? [])
    return parts.isEmpty ? "the artifact itself" : parts.joined(separator: " › ")
  }
}
