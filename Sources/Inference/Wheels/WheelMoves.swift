import Model
import RecipeFormat

/// What a check's outcome suggests to try next; a new suggestion is one entry in the list.
struct WheelMoves: Sendable {
  let facts: WheelFacts
  let plan: WheelPlan
  let chosen: [ChosenWheel]
  let symptoms: WheelSymptoms

  static let all: [@Sendable (WheelMoves) -> [WheelMove]] = [
    { $0.afterFailure() }, { $0.epoch() }, { $0.clock() }, { $0.umask() }, { $0.sourceModes() }, { $0.companions() },
    { $0.environmentAge() }, { $0.setuptoolsAge() }, { $0.companionAge() },
  ]

  /// All that is suggested, the most likely first.
  var suggestions: [WheelMove] { Self.all.flatMap { $0(self) } }

  // MARK: A build that failed

  private func afterFailure() -> [WheelMove] {
    guard let failure = symptoms.failure else { return [] }
    var moves = MissingModule.moves(failure, plan)
    if !plan.isUniversal, facts.backend?.isSetuptools == true, facts.wheel.tag.hasPrefix("py2.py3-") {
      moves.append(
        WheelMove("build.run", "universal=1 for bdist_wheel", evidence: "the build left no \(facts.wheel.fileName)") {
          $0.isUniversal = true
        })
    }
    if failure.kind == .buildFailed, facts.wheel.tag.hasSuffix("-none-any") {
      moves += Self.switches(facts.source.texts["setup.py"] ?? "").filter { plan.variables[$0] == nil }.map { name in
        WheelMove(
          "build.variables.\(name)", "1",
          evidence: "the build left no \(facts.wheel.fileName), and setup.py leaves something out where this is set"
        ) { $0.variables[name] = "1" }
      }
    }
    return moves
  }

  /// Variables that setup.py asks for, and whose names say that something is left out, as compiled modules are.
  static func switches(_ setup: String) -> [String] {
    var found: [String] = []
    for part in setup.split(whereSeparator: { "\"'".contains($0) }).dropFirst() {
      let words = Set(part.split(separator: "_"))
      let isName =
        part.utf8.count <= 60 && part.contains("_") && part.allSatisfy { $0.isASCII }
        && part.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
      guard isName, !words.isDisjoint(with: ["DISABLE", "NO", "SKIP", "PURE", "WITHOUT"]), found.count < 3 else {
        continue
      }
      if !found.contains(String(part)) { found.append(String(part)) }
    }
    return found
  }

  // MARK: Times

  private func epoch() -> [WheelMove] {
    guard symptoms.failure == nil, facts.times.count == 1, let time = facts.times.first, plan.epoch == .unset,
      symptoms.pairs.contains(where: { $0.rebuilt.time != time })
    else { return [] }
    return [
      WheelMove(
        "build.epoch", String(time), evidence: "all entries are of \(TimeText.text(time)), and the rebuilt ones are not"
      ) { $0.epoch = .seconds(time) }
    ]
  }

  /// Entries that were written over several ticks: where the build is, measured by a build whose clock runs fast.
  private func clock() -> [WheelMove] {
    guard symptoms.failure == nil else { return [] }
    if let clock = plan.clock { return ClockFitting(symptoms: symptoms, clock: clock).moves }
    // What was written after the upload was written by this build.
    guard plan.epoch == .unset, let uploaded = facts.uploaded else { return [] }
    let stamped = symptoms.pairs.filter { $0.rebuilt.time > uploaded + 86_400 && $0.shipped.time != $0.rebuilt.time }
    guard let first = stamped.map(\.shipped.time).min() else { return [] }
    let clock = ClockSetting.held(at: first)
    return [
      WheelMove(
        "build.clock", clock.text,
        evidence: "\(stamped[0].shipped.name) is of \(TimeText.text(first)), and the rebuilt one of the rebuild's time"
      ) { $0.clock = clock }
    ]
  }

  // MARK: Modes

  private func umask() -> [WheelMove] {
    guard
      let (shipped, _) = symptoms.shippedMode(differsFor: {
        WheelFile.isMetadata($0) && $0.system == 3 && !$0.name.hasSuffix("/RECORD")
      })
    else { return [] }
    let mask = WheelRule.umask(leaving: shipped.permissions)
    guard mask & 0o600 == 0, mask != plan.umask ?? 0o022 else { return [] }
    return [
      WheelMove(
        "build.umask", WheelRule.octal(mask, 3),
        evidence: "\(shipped.name) has mode 0\(String(shipped.permissions, radix: 8))"
      ) { $0.umask = mask }
    ]
  }

  private func sourceModes() -> [WheelMove] {
    guard plan.modes == nil, let (shipped, rebuilt) = symptoms.shippedMode(differsFor: { !WheelFile.isMetadata($0) })
    else { return [] }
    let changes = ["go-w", "g+w", "a-x", "go+rX"]
    return changes.map { change in
      WheelMove(
        "build.run", "chmod -R \(change)",
        evidence: "\(shipped.name) has mode 0\(String(shipped.permissions, radix: 8)), rebuilt "
          + "0\(String(rebuilt.permissions, radix: 8))", confidence: 0.5
      ) { $0.modes = change }
    }
  }

  // MARK: Tools

  /// An old wheel that was installed as well is used by newer setuptools in place of its own.
  private func companions() -> [WheelMove] {
    guard symptoms.toolsDiffer || recordModeDiffers, facts.backend?.generator == "setuptools" else { return [] }
    let evidence = "what bdist_wheel writes differs, and setuptools takes parts of an installed wheel"
    if chosen.contains(where: { $0.name == "wheel" }) {
      guard plan.bounds["wheel"] == nil else { return [] }
      return [
        WheelMove(WheelRule.wheels, "wheel<=0.38.4", evidence: evidence, confidence: 0.5) {
          $0.bounds["wheel"] = VersionSpecifiers("<=0.38.4")
        }
      ]
    }
    return [WheelMove(WheelRule.wheels, "wheel", evidence: evidence, confidence: 0.5) { $0.require("wheel") }]
  }

  private var recordModeDiffers: Bool {
    symptoms.pairs.contains { $0.shipped.name.hasSuffix(".dist-info/RECORD") && $0.shipped.mode != $0.rebuilt.mode }
  }

  /// Builders that keep an environment have companions as old as their back end.
  private func environmentAge() -> [WheelMove] {
    guard symptoms.toolsDiffer, let backend = facts.backend, let pin = plan.pins[backend.project],
      let version = ReleaseVersion(pin),
      let release = facts.releases[backend.project]?.first(where: { $0.version == version })
    else { return [] }
    var moves: [WheelMove] = []
    if let uploaded = facts.uploaded, uploaded > plan.newest {
      moves.append(
        WheelMove(
          WheelRule.wheels, "none newer than \(TimeText.text(uploaded))",
          evidence: "\(described) differs, and the wheel was uploaded then"
        ) { $0.newest = uploaded })
    }
    let settled = release.uploaded + 86_400
    if settled < plan.newest {
      moves.append(
        WheelMove(
          WheelRule.wheels, "none newer than \(TimeText.text(settled))",
          evidence: "\(described) differs, and \(backend.project) \(pin) is of that time"
        ) { $0.newest = settled })
    }
    return moves
  }

  /// Versions of setuptools from which on it writes something otherwise.
  private static let setuptoolsSteps = ["70.1", "68", "66", "62.1", "61", "60", "57", "50", "47", "42", "40.9"]

  private func setuptoolsAge() -> [WheelMove] {
    guard symptoms.toolsDiffer, plan.pins["setuptools"] == nil,
      let tool = chosen.first(where: { $0.name == "setuptools" }), let version = ReleaseVersion(tool.version)
    else { return [] }
    return Self.setuptoolsSteps.compactMap { step in
      guard let bound = ReleaseVersion(step), bound <= version else { return nil }
      return WheelMove(
        WheelRule.wheels, "setuptools<\(step)", evidence: "\(described) differs, which setuptools wrote",
        confidence: 0.5
      ) { $0.bounds["setuptools"] = VersionSpecifiers("<\(step)") }
    }
  }

  /// Other wheels of the environment, each a step older.
  private func companionAge() -> [WheelMove] {
    guard symptoms.toolsDiffer else { return [] }
    let fixed = Set(plan.pins.keys).union(["setuptools", "wheel", "packaging", "typing-extensions"])
    return chosen.filter { !fixed.contains($0.name) && $0.neededBy == nil }.map { wheel in
      WheelMove(
        WheelRule.wheels, "\(wheel.name)<\(wheel.version)", evidence: "\(described) differs", confidence: 0.5
      ) { $0.bounds[wheel.name] = VersionSpecifiers("<\(wheel.version)") }
    }
  }

  /// What differs, in a few words.
  private var described: String {
    let names = symptoms.unequal + symptoms.missing + symptoms.extra
    return names.first.map { $0 + (names.count > 1 ? " and \(names.count - 1) more" : "") } ?? "RECORD"
  }
}
