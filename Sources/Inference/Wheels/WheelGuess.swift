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
  let chosen: [ChosenWheel]
  /// The version of pip that calls the back end.
  let pip: String
  let inferences: [Inference]
  let context: InferenceContext

  /// The settings of a plan: the versions are chosen anew.
  static func make(
    _ subject: WheelSubject, _ facts: WheelFacts, _ plan: WheelPlan, inferences: [Inference],
    _ context: InferenceContext
  ) async throws -> WheelGuess {
    let resolution = PackageResolution(context: context, python: facts.python)
    var plan = plan
    var chosen = try await resolution.choose(plan)
    // Until 70.1 setuptools took the command that makes wheels from the project wheel.
    if let tool = chosen.first(where: { $0.name == "setuptools" }), !chosen.contains(where: { $0.name == "wheel" }),
      let version = ReleaseVersion(tool.version), let first = ReleaseVersion("70.1"), version < first
    {
      plan.require("wheel")
      chosen = try await resolution.choose(plan)
    }
    var caller = WheelPlan()
    caller.require("pip")
    let pip = try await resolution.choose(caller).first { $0.name == "pip" }?.version ?? "26.0"
    return WheelGuess(
      subject: subject, facts: facts, plan: plan, chosen: chosen.filter { $0.name != "pip" }, pip: pip,
      inferences: inferences, context: context)
  }

  var draft: RecipeDraft {
    let folder = "\(subject.name)-\(subject.version)"
    var build = BuildRecipe(path: "/build/\(subject.name)/\(folder)", run: commands)
    build.epoch = plan.epoch
    build.umask = plan.umask
    build.limits.time = 600
    if let zone = plan.zone { build.variables["TZ"] = zone }
    let wheels = chosen.map { "\($0.name)==\($0.version)" } + ["pip==\(pip)"]
    let recipe = Recipe(
      name: subject.name, version: subject.version, source: [SourceInput(input: subject.source)],
      environment: .python(DebianEnvironment(suite: plan.suite, packages: plan.packages), wheels: wheels),
      build: build,
      artifacts: [ArtifactRecipe(built: "dist/\(subject.fileName)", shipped: subject.shipped)])
    return RecipeDraft(
      recipe: recipe, inferences: [subject.sourceReason] + inferences + choices, questions: questions,
      files: subject.files)
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
    found.append(
      Inference(
        setting: WheelRule.wheels, value: "pip==\(pip)",
        evidence: "it only calls the back end and leaves no trace in the wheel", confidence: Inference.follows))
    return found
  }

  private var commands: [String] {
    var commands: [String] = []
    if let modes = plan.modes { commands.append("chmod -R \(modes) .") }
    if plan.isUniversal { commands.append("printf '[bdist_wheel]\\nuniversal=1\\n' > \"$HOME/.pydistutils.cfg\"") }
    if let module = plan.directBackend {
      commands.append("mkdir -p dist")
      commands.append("python3 -c 'import \(module) as backend; backend.build_wheel(\"dist\")'")
    } else {
      commands.append("python3 -m pip wheel --no-deps --no-build-isolation --no-index --no-cache-dir -w dist .")
    }
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
