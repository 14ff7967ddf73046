import Model

/// The wheels of a build, chosen for a plan, and the pip that installs them.
struct BuildEnvironment: Sendable {
  var chosen: [ChosenWheel]
  /// The version of pip; it leaves no trace.
  var pip: String

  /// Chooses the wheels that a plan asks for, and adds to the plan what those need of the suite.
  ///
  /// `makesWheels` says that bdist_wheel is wanted, which setuptools took from the project wheel until 70.1.
  static func choose(
    _ plan: inout WheelPlan, _ resolution: PackageResolution, makesWheels: Bool
  ) async throws -> BuildEnvironment {
    var chosen = try await resolution.choose(plan)
    if makesWheels, isSetuptools(chosen, before: "70.1"), !chosen.contains(where: { $0.name == "wheel" }) {
      plan.require("wheel")
      chosen = try await resolution.choose(plan)
    }
    // It takes the standard library's distutils, which Debian packs apart.
    if isSetuptools(chosen, before: "60"), plan.suite == "bookworm", !plan.packages.contains(distutils) {
      plan.packages.append(distutils)
    }
    var caller = WheelPlan()
    caller.require("pip")
    let pip = try await resolution.choose(caller).first { $0.name == "pip" }?.version ?? "26.0"
    return BuildEnvironment(chosen: chosen.filter { $0.name != "pip" }, pip: pip)
  }

  private static let distutils = "python3-distutils"

  private static func isSetuptools(_ chosen: [ChosenWheel], before text: String) -> Bool {
    guard let tool = chosen.first(where: { $0.name == "setuptools" }), let version = ReleaseVersion(tool.version),
      let first = ReleaseVersion(text)
    else { return false }
    return version < first
  }

  /// The wheels as a recipe names them.
  var wheels: [String] { chosen.map { "\($0.name)==\($0.version)" } + ["pip==\(pip)"] }

  /// Why the wheels have their versions, and why the build waits where it does.
  func reasons(_ plan: WheelPlan) -> [Inference] {
    let others = chosen.filter { plan.pins[$0.name] == nil }
    var found: [Inference] = []
    if !others.isEmpty {
      let bound = plan.newest == .max ? "" : " and were there on \(TimeText.text(plan.newest).prefix(10))"
      found.append(
        Inference(
          setting: WheelRule.wheels, value: others.map { "\($0.name)==\($0.version)" }.joined(separator: ", "),
          evidence: "the newest that meet what is asked for\(bound)", confidence: Inference.likely))
    }
    if let clock = plan.clock, clock.wait > 0 {
      found.append(
        Inference(
          setting: "build.run", value: "the back end waits until the clock shows \(clock.callTime)",
          evidence: "what Python takes to start varies from machine to machine, and the clock must not",
          confidence: Inference.follows))
    }
    if plan.packages.contains(Self.distutils) {
      found.append(
        Inference(
          setting: "environment.python.packages", value: Self.distutils,
          evidence: "setuptools before 60 uses the standard library's, which Debian packs apart",
          confidence: Inference.follows))
    }
    found.append(
      Inference(
        setting: WheelRule.wheels, value: "pip==\(pip)",
        evidence: "pip installs the others and leaves no trace", confidence: Inference.follows))
    return found
  }
}
