import Archives
import Fetching
import Model
import Store

/// Chooses the versions of a build's wheels: the newest that meet every requirement and were there at the time.
struct PackageResolution: Sendable {
  let context: InferenceContext
  let python: TargetPython

  private static let roundLimit = 25
  private static let packageLimit = 200

  /// Chooses wheels for a plan's requirements and all that they need in turn.
  func choose(_ plan: WheelPlan) async throws -> [ChosenWheel] {
    var chosen: [String: ChosenWheel] = [:]
    var needs: [String: [PythonRequirement]] = [:]
    for _ in 0..<Self.roundLimit {
      try Task.checkCancellation()
      let wanted = demands(plan, chosen, needs)
      guard wanted.count <= Self.packageLimit else {
        throw InferenceError("choosing the build's wheels: they need more than \(Self.packageLimit) others")
      }
      let next = try await pick(wanted, plan)
      for (name, wheel) in next where needs["\(name)==\(wheel.version)"] == nil {
        needs["\(name)==\(wheel.version)"] = try await requirements(of: name, wheel.version)
      }
      if next.mapValues(\.version) == chosen.mapValues(\.version), !hasNew(plan, next, needs) {
        return order(next, plan)
      }
      chosen = next
    }
    throw InferenceError("choosing the build's wheels: what they need contradicts itself")
  }

  private struct Demand {
    var versions: [VersionSpecifiers] = []
    var extras: Set<String> = []
    var neededBy: String?
  }

  /// What is asked for of each project, by the source and by what was chosen so far.
  private func demands(
    _ plan: WheelPlan, _ chosen: [String: ChosenWheel], _ needs: [String: [PythonRequirement]]
  ) -> [String: Demand] {
    var demands: [String: Demand] = [:]
    func add(_ requirement: PythonRequirement, by name: String?, extras: Set<String>) -> Bool {
      guard requirement.applies(to: python, extras: Array(extras)) else { return false }
      var demand = demands[requirement.name] ?? Demand(neededBy: name)
      let isNew = demands[requirement.name] == nil || !demand.extras.isSuperset(of: requirement.extras)
      demand.versions.append(requirement.versions)
      demand.extras.formUnion(requirement.extras)
      demands[requirement.name] = demand
      return isNew
    }
    for requirement in plan.requires { _ = add(requirement, by: nil, extras: []) }
    var open = demands.keys.sorted()
    var steps = 0
    while let name = open.popLast(), steps < 10_000 {
      steps += 1
      guard let wheel = chosen[name], let extras = demands[name]?.extras else { continue }
      for requirement in needs["\(name)==\(wheel.version)"] ?? [] where requirement.name != name {
        if add(requirement, by: name, extras: extras) { open.append(requirement.name) }
      }
    }
    return demands
  }

  private func hasNew(
    _ plan: WheelPlan, _ chosen: [String: ChosenWheel], _ needs: [String: [PythonRequirement]]
  ) -> Bool {
    demands(plan, chosen, needs).keys.contains { chosen[$0] == nil }
  }

  private func pick(_ wanted: [String: Demand], _ plan: WheelPlan) async throws -> [String: ChosenWheel] {
    try await withThrowingTaskGroup(of: ChosenWheel.self) { group in
      var chosen: [String: ChosenWheel] = [:]
      var started = 0
      for (name, demand) in wanted.sorted(by: { $0.key < $1.key }) {
        if started >= 6, let wheel = try await group.next() { chosen[wheel.name] = wheel }
        started += 1
        group.addTask { try await pick(name, demand, plan) }
      }
      for try await wheel in group { chosen[wheel.name] = wheel }
      return chosen
    }
  }

  private func pick(_ name: String, _ demand: Demand, _ plan: WheelPlan) async throws -> ChosenWheel {
    let newest = min(plan.newest, plan.newestOf[name] ?? .max)
    let files = try await wheels(of: name, asOf: newest)
    if let pin = plan.pins[name] {
      guard let version = ReleaseVersion(pin), let file = files.first(where: { $0.version == version }) else {
        throw InferenceError(
          "choosing \(name)==\(pin) for the build: the index has no wheel of it that fits Python \(python.series)",
          advice: "Without the tool that made the shipped file it cannot be rebuilt here.",
          inconclusive: .missingInput)
      }
      return ChosenWheel(name: name, version: pin, uploaded: file.uploaded, neededBy: demand.neededBy)
    }
    let specifiers = demand.versions + (plan.bounds[name].map { [$0] } ?? [])
    let fitting = files.filter { file in specifiers.allSatisfy { $0.contains(file.version) } }
    let early = fitting.filter { ($0.uploaded ?? 0) <= newest }
    let allowsPrereleases = specifiers.contains(where: \.allowsPrereleases)
    let stable = early.filter { !$0.version.isPrerelease || allowsPrereleases }
    // Where nothing is old enough, the oldest that fits is nearest to what was used.
    guard
      let file = (stable.isEmpty ? early : stable).max(by: { $0.version < $1.version })
        ?? fitting.min(by: { $0.version < $1.version })
    else {
      let text = specifiers.map(\.description).filter { !$0.isEmpty }.joined(separator: ",")
      throw InferenceError(
        "choosing \(name)\(text) for the build: the index has no wheel of it that fits Python \(python.series)",
        details: demand.neededBy.map { ["\($0) needs it"] } ?? [], inconclusive: .missingInput)
    }
    return ChosenWheel(
      name: name, version: file.version.text, uploaded: file.uploaded, neededBy: demand.neededBy)
  }

  private struct Candidate {
    var version: ReleaseVersion
    var uploaded: Int64?
    var file: PythonProject.File
  }

  /// The wheels of a project that the target takes.
  private func wheels(of name: String, asOf: Int64) async throws -> [Candidate] {
    guard let project = try await context.fetcher.pythonProject(name, asOf: asOf) else {
      throw InferenceError(
        "choosing \(name) for the build: the index has no project of that name", inconclusive: .missingInput)
    }
    return project.files.compactMap { file in
      guard case .wheel(let tag) = file.kind, !file.isYanked, python.takes(tag: tag),
        let version = ReleaseVersion(file.version)
      else { return nil }
      if let text = file.requiresPython, let versions = VersionSpecifiers(text), !versions.contains(python.version) {
        return nil
      }
      return Candidate(version: version, uploaded: file.uploaded, file: file)
    }
  }

  /// The releases of a project that have a wheel for the target, oldest upload first.
  func releases(of name: String, asOf: Int64) async throws -> [WheelFacts.Release] {
    guard try await context.fetcher.pythonProject(name, asOf: asOf) != nil else { return [] }
    return try await wheels(of: name, asOf: asOf)
      .map { WheelFacts.Release(version: $0.version, uploaded: $0.uploaded ?? 0) }
      .sorted { $0.uploaded < $1.uploaded }
  }

  /// What a wheel needs: from the METADATA that the index serves, or from the wheel itself.
  private func requirements(of name: String, _ version: String) async throws -> [PythonRequirement] {
    guard let wanted = ReleaseVersion(version),
      let file = try await wheels(of: name, asOf: 0).first(where: { $0.version == wanted })?.file
    else { return [] }
    let text: String
    if let bytes = try await context.fetcher.metadata(of: file) {
      text = String(decoding: bytes, as: UTF8.self)
    } else {
      let identity = try await context.fetcher.bring(file)
      guard let path = try context.store.verified(identity.sha256) else { return [] }
      text = try WheelFile(path, fileName: file.name).metadata.text
    }
    return HeaderText(text).all("Requires-Dist").compactMap { PythonRequirement($0) }
  }

  /// What the source names first, then what that needs; each by name.
  private func order(_ chosen: [String: ChosenWheel], _ plan: WheelPlan) -> [ChosenWheel] {
    let direct = plan.requires.map(\.name)
    return chosen.values.sorted { left, right in
      let places = (direct.firstIndex(of: left.name) ?? .max, direct.firstIndex(of: right.name) ?? .max)
      return places.0 != places.1 ? places.0 < places.1 : left.name < right.name
    }
  }
}
