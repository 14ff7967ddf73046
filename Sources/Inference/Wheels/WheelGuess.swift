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
struct WheelGuess: MovedGuess {
  let subject: WheelSubject
  let facts: WheelFacts
  let plan: WheelPlan
  /// The plan before the search changed it.
  let basis: WheelPlan
  /// What the search changed.
  let moves: [WheelMove]
  let environment: BuildEnvironment
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
    try BackEndCall.check(plan)
    let environment = try await BuildEnvironment.choose(&plan, resolution, makesWheels: true)
    return WheelGuess(
      subject: subject, facts: facts, plan: plan, basis: basis, moves: moves, environment: environment,
      inferences: inferences, context: context)
  }

  var draft: RecipeDraft {
    let folder = "\(subject.name)-\(subject.version)"
    var build = BuildRecipe(path: "/build/\(subject.name)/\(folder)", run: commands)
    build.epoch = plan.epoch
    build.clock = plan.clock?.clock
    build.umask = plan.umask
    build.limits.time = 600
    if let zone = plan.zone { build.variables["TZ"] = zone }
    build.variables.merge(plan.variables) { $1 }
    let replacement = plan.isZlibNG ? [ZlibReplacement.input] : []
    let recipe = Recipe(
      name: subject.name, version: subject.version, source: [SourceInput(input: subject.source)] + replacement,
      environment: .python(DebianEnvironment(suite: plan.suite, packages: plan.packages), wheels: environment.wheels),
      build: build,
      artifacts: [ArtifactRecipe(built: "../dist/\(subject.fileName)", shipped: subject.shipped)])
    return RecipeDraft(
      recipe: recipe, inferences: [subject.sourceReason] + reasons + environment.reasons(plan), questions: questions,
      files: subject.files)
  }

  /// The rules' reasons, but for those that the search put others in the place of.
  private var reasons: [Inference] {
    let replaced = Set(moves.map(\.inference.setting)).subtracting([WheelRule.wheels, "build.run"])
    return inferences.filter { !replaced.contains($0.setting) } + moves.map(\.inference)
  }

  private var commands: [String] {
    var commands = plan.isZlibNG ? [ZlibReplacement.command] : []
    commands += plan.treeCommands
    if plan.isUniversal { commands.append("printf '[bdist_wheel]\\nuniversal=1\\n' > \"$HOME/.pydistutils.cfg\"") }
    commands.append("mkdir ../dist")
    if plan.isWindows { commands.append(WindowsImitation.command) }
    let folders = plan.isWindows ? [WindowsImitation.folder] : []
    commands.append(
      BackEndCall.command(
        "build_wheel", plan, folders: folders, before: plan.isZlibNG ? ZlibReplacement.prefix : ""))
    return commands
  }

  private var questions: [String] {
    var questions: [String] = []
    if facts.backend == nil {
      let tool = facts.wheel.wheel["Generator"] ?? "no tool"
      questions.append("which version of which back end wrote the wheel, whose WHEEL names \"\(tool.prefix(80))\".")
    }
    switch facts.packer {
    case .other where !plan.isZlibNG:
      questions.append(
        "what compressed it? Its entries are deflated as zlib does at no level, and no zlib-ng is to be had.")
    case .zlib(let level) where level != 6:
      questions.append("what compressed it? Its entries are deflated as zlib does at level \(level); Python's is 6.")
    default: break
    }
    if !facts.wheel.tag.hasSuffix("-none-any") {
      questions.append(
        "which compiler and which libraries built the compiled parts; the recipe has those of \(plan.suite).")
    }
    return questions
  }
}
