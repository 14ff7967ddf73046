import Model
import RecipeFormat

/// A change of a source distribution's plan.
typealias SdistMove = PlanMove<SdistPlan>

extension SdistMove {
  /// The same change of what builds of wheels and of source distributions have in common.
  init(_ move: WheelMove) {
    inference = move.inference
    change = { move.change(&$0.build) }
  }
}

/// What a check of a source distribution's recipe showed, in the words that moves ask for.
struct SdistSymptoms: Sendable {
  /// Why there is nothing to compare.
  var failure: InconclusiveReason?
  /// Entries of the same name: the shipped and the rebuilt one.
  var pairs: [(shipped: SdistFile.Entry, rebuilt: SdistFile.Entry)] = []
  /// Names that only one of them has.
  var missing: [String] = []
  var extra: [String] = []
  var rebuilt: SdistFile?

  init(_ result: CheckResult, shipped: SdistFile, rebuilt: SdistFile?) {
    failure = result.verdict == .inconclusive ? result.reason : nil
    self.rebuilt = rebuilt
    guard let rebuilt else { return }
    let built = Dictionary(rebuilt.entries.map { ($0.path, $0) }) { first, _ in first }
    let names = Set(shipped.entries.map(\.path))
    for entry in shipped.entries {
      if let other = built[entry.path] { pairs.append((entry, other)) } else { missing.append(entry.path) }
    }
    extra = rebuilt.entries.map(\.path).filter { !names.contains($0) }
  }

  /// Names of entries whose bytes differ.
  var unequal: [String] { pairs.filter { $0.shipped.crc32 != $0.rebuilt.crc32 }.map(\.shipped.path) }
}

/// What a check's outcome suggests to try next; a new suggestion is one entry in the list.
struct SdistMoves: Sendable {
  let facts: SdistFacts
  let plan: SdistPlan
  let chosen: [ChosenWheel]
  let symptoms: SdistSymptoms

  static let all: [@Sendable (SdistMoves) -> [SdistMove]] = [
    { $0.afterFailure() }, { $0.version() }, { $0.clock() }, { $0.modes() }, { $0.backendAge() },
  ]

  /// All that is suggested, the most likely first.
  var suggestions: [SdistMove] { Self.all.flatMap { $0(self) } }

  private func afterFailure() -> [SdistMove] {
    guard let failure = symptoms.failure else { return [] }
    return MissingModule.moves(failure, plan.build).map { SdistMove($0) }
  }

  /// A plugin that did not find the version, or another one.
  private func version() -> [SdistMove] {
    let differs = symptoms.rebuilt.map { $0.version != facts.sdist.version } ?? (symptoms.failure != nil)
    guard differs, plan.variables.isEmpty else { return [] }
    let version = facts.sdist.version
    let variable = "SETUPTOOLS_SCM_PRETEND_VERSION"
    return [
      SdistMove("build.variables.\(variable)", version, evidence: "PKG-INFO says it", confidence: 0.5) {
        $0.variables[variable] = version
      }
    ]
  }

  /// The time in the gzip header is the clock's where nothing else sets it.
  private func clock() -> [SdistMove] {
    guard let time = facts.sdist.gzip?.time, let other = symptoms.rebuilt?.gzip?.time, other != time,
      time > WheelTime.zipEpoch, plan.clock == nil,
      let clock = BuildClock(seconds: time, nanoseconds: 500_000_000, rate: 0)
    else { return [] }
    return [
      SdistMove(
        "build.clock", clock.text,
        evidence: "the gzip header is of \(TimeText.text(time)), the rebuilt one of \(TimeText.text(other))"
      ) { $0.clock = clock }
    ]
  }

  private func modes() -> [SdistMove] {
    guard let pair = symptoms.pairs.first(where: { $0.shipped.mode != $0.rebuilt.mode }) else { return [] }
    let evidence =
      "\(pair.shipped.path) has mode 0\(String(pair.shipped.mode, radix: 8)), rebuilt "
      + "0\(String(pair.rebuilt.mode, radix: 8))"
    var moves: [SdistMove] = []
    let mask = WheelRule.umask(leaving: pair.shipped.mode)
    let isMade = facts.made.contains { $0.path == pair.shipped.path } || pair.shipped.isFolder
    if isMade, mask & 0o700 == 0, mask != plan.build.umask ?? 0o022 {
      moves.append(
        SdistMove("build.umask", WheelRule.octal(mask, 3), evidence: evidence) { $0.build.umask = mask })
    }
    guard !isMade, plan.build.modes == nil else { return moves }
    for change in ["go-w", "g+w", "a-x", "go+rX"] {
      moves.append(
        SdistMove("build.run", "chmod -R \(change)", evidence: evidence, confidence: 0.5) {
          $0.build.modes = change
        })
    }
    return moves
  }

  /// PKG-INFO or other texts of tools differ: the back end was older than the newest that fits.
  private func backendAge() -> [SdistMove] {
    let written = Set((facts.made + facts.changed.filter { $0.path == "setup.cfg" }).map(\.path))
    guard let first = symptoms.unequal.first(where: written.contains),
      let project = facts.backend?.project, let tool = chosen.first(where: { $0.name == project })
    else { return [] }
    // The next older one, which may be one of a patch, then the next older series, then the one before that.
    let evidence = "\(first) differs, which \(project) wrote"
    var moves: [SdistMove] = []
    for bound in Self.olderBounds(tool.version) {
      moves.append(
        SdistMove(WheelRule.wheels, "\(project)<\(bound)", evidence: evidence, confidence: 0.5) {
          SdistRule.bound(&$0, project, "<\(bound)")
        })
    }
    for wheel in chosen where wheel.name != project && wheel.neededBy == nil {
      moves.append(
        SdistMove(WheelRule.wheels, "\(wheel.name)<\(wheel.version)", evidence: evidence, confidence: 0.5) {
          SdistRule.bound(&$0, wheel.name, "<\(wheel.version)")
        })
    }
    return moves
  }

  /// `1.27.3` → below itself, below `1.27`, below `1.26`.
  static func olderBounds(_ version: String) -> [String] {
    guard let release = ReleaseVersion(version)?.release, release.count >= 2 else { return [version] }
    var bounds = [version]
    let series = "\(release[0]).\(release[1])"
    if series != version { bounds.append(series) }
    if release[1] > 0 { bounds.append("\(release[0]).\(release[1] - 1)") }
    return bounds
  }
}
