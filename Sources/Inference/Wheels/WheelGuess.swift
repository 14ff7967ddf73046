import Model
import RecipeFormat

/// What a wheel's recipe names: the wheel, its source, and where both come from.
struct WheelSubject: Sendable {
  var name: String
  var version: String
  var fileName: String
  var shipped: InputReference
  var source: InputReference
  var files: [RecipeDraft.LocalFile] = []
  /// How the source was found.
  var sourceReason: Inference
}

/// A guess at what built a wheel.
struct WheelGuess: Guess {
  let subject: WheelSubject
  let facts: WheelFacts
  let plan: WheelPlan
  /// The plan before the search changed it.
  let basis: WheelPlan
  /// What the search changed.
  let moves: [WheelMove]
  let chosen: [ChosenWheel]
  /// The version of pip that calls the back end.
  let pip: String
  let inferences: [Inference]
  let context: InferenceContext

  /// The settings of a plan: the versions are chosen anew.
  static func make(
    _ subject: WheelSubject, _ facts: WheelFacts, _ plan: WheelPlan, basis: WheelPlan? = nil, moves: [WheelMove] = [],
    inferences: [Inference], _ context: InferenceContext
  ) async throws -> WheelGuess {
    let resolution = PackageResolution(context: context, python: facts.python)
    let basis = basis ?? plan
    var plan = plan
    try check(plan)
    var chosen = try await resolution.choose(plan)
    // Until 70.1 setuptools took the command that makes wheels from the project wheel.
    if let tool = chosen.first(where: { $0.name == "setuptools" }), !chosen.contains(where: { $0.name == "wheel" }),
      let version = ReleaseVersion(tool.version), let first = ReleaseVersion("70.1"), version < first
    {
      plan.require("wheel")
      chosen = try await resolution.choose(plan)
    }
    if usesDistutils(chosen), plan.suite == "bookworm" { plan.packages.append("python3-distutils") }
    var caller = WheelPlan()
    caller.require("pip")
    let pip = try await resolution.choose(caller).first { $0.name == "pip" }?.version ?? "26.0"
    return WheelGuess(
      subject: subject, facts: facts, plan: plan, basis: basis, moves: moves,
      chosen: chosen.filter { $0.name != "pip" }, pip: pip,
      inferences: inferences, context: context)
  }

  /// Whether setuptools still takes the standard library's distutils, which Debian packs apart.
  private static func usesDistutils(_ chosen: [ChosenWheel]) -> Bool {
    guard let tool = chosen.first(where: { $0.name == "setuptools" }), let version = ReleaseVersion(tool.version),
      let first = ReleaseVersion("60")
    else { return false }
    return version < first
  }

  /// What pyproject.toml names goes into a command, so it must be what it should be: names with dots.
  private static func check(_ plan: WheelPlan) throws(InferenceError) {
    func isPlain(_ text: String, _ extra: String) -> Bool {
      !text.isEmpty && text.utf8.count < 200
        && text.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || extra.utf8.contains(byte)
        }
    }
    let parts = plan.backend.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ isPlain(String($0), "_.") }),
      plan.backendPath.allSatisfy({ isPlain($0, "_./-") && !$0.hasPrefix("/") && !$0.contains("..") })
    else {
      throw InferenceError(
        "reading pyproject.toml: it names the back end \"\(plan.backend.prefix(80))\", which is no Python object")
    }
  }

  var draft: RecipeDraft {
    let folder = "\(subject.name)-\(subject.version)"
    var build = BuildRecipe(path: "/build/\(subject.name)/\(folder)", run: commands)
    build.epoch = plan.epoch
    build.clock = plan.clock?.clock
    build.umask = plan.umask
    build.limits.time = 600
    if let zone = plan.zone { build.variables["TZ"] = zone }
    let wheels = chosen.map { "\($0.name)==\($0.version)" } + ["pip==\(pip)"]
    let recipe = Recipe(
      name: subject.name, version: subject.version, source: [SourceInput(input: subject.source)],
      environment: .python(DebianEnvironment(suite: plan.suite, packages: plan.packages), wheels: wheels),
      build: build,
      artifacts: [ArtifactRecipe(built: "../dist/\(subject.fileName)", shipped: subject.shipped)])
    return RecipeDraft(
      recipe: recipe, inferences: [subject.sourceReason] + reasons + choices, questions: questions,
      files: subject.files)
  }

  /// The rules' reasons, but for those that the search put others in the place of.
  private var reasons: [Inference] {
    let replaced = Set(moves.map(\.inference.setting)).subtracting([WheelRule.wheels, "build.run"])
    return inferences.filter { !replaced.contains($0.setting) } + moves.map(\.inference)
  }

  /// Why the wheels have their versions.
  private var choices: [Inference] {
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
    if plan.packages.contains("python3-distutils") {
      found.append(
        Inference(
          setting: "environment.python.packages", value: "python3-distutils",
          evidence: "setuptools before 60 uses the standard library's, which Debian packs apart",
          confidence: Inference.follows))
    }
    found.append(
      Inference(
        setting: WheelRule.wheels, value: "pip==\(pip)",
        evidence: "it installs the others and leaves no trace", confidence: Inference.follows))
    return found
  }

  private var commands: [String] {
    var commands: [String] = []
    if let modes = plan.modes { commands.append("chmod -R \(modes) .") }
    if plan.isUniversal { commands.append("printf '[bdist_wheel]\\nuniversal=1\\n' > \"$HOME/.pydistutils.cfg\"") }
    commands.append("mkdir ../dist")
    let parts = plan.backend.split(separator: ":").map(String.init)
    let backend = parts.count == 2 ? "from \(parts[0]) import \(parts[1]) as backend" : "import \(parts[0]) as backend"
    if plan.isWindows { commands.append(WindowsImitation.command) }
    let folders = plan.backendPath + (plan.isWindows ? [WindowsImitation.folder] : [])
    let path = folders.isEmpty ? "" : "PYTHONPATH=\(folders.joined(separator: ":")) "
    var wait = ""
    if let clock = plan.clock, clock.wait > 0 {
      wait =
        "; import time; backend.get_requires_for_build_wheel(); time.sleep(max(0, \(clock.callTime) - time.time()))"
    }
    commands.append("\(path)python3 -P -c '\(backend)\(wait); backend.build_wheel(\"../dist\")'")
    return commands
  }

  private var questions: [String] {
    var questions: [String] = []
    if facts.backend == nil {
      let tool = facts.wheel.wheel["Generator"] ?? "no tool"
      questions.append("which version of which back end wrote the wheel, whose WHEEL names \"\(tool.prefix(80))\".")
    }
    if !facts.wheel.tag.hasSuffix("-none-any") {
      questions.append(
        "which compiler and which libraries built the compiled parts; the recipe has those of \(plan.suite).")
    }
    return questions
  }
}
