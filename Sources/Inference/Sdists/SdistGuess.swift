import Model
import RecipeFormat
import SystemPackage

/// A guess at what built a source distribution.
struct SdistGuess: MovedGuess {
  let subject: WheelSubject
  let facts: SdistFacts
  let plan: SdistPlan
  /// The plan before the search changed it.
  let basis: SdistPlan
  /// What the search changed.
  let moves: [SdistMove]
  let environment: BuildEnvironment
  let inferences: [Inference]
  let context: InferenceContext

  /// The settings of a plan: the versions are chosen anew.
  static func make(
    _ subject: WheelSubject, _ facts: SdistFacts, _ plan: SdistPlan, basis: SdistPlan? = nil, moves: [SdistMove] = [],
    inferences: [Inference], _ context: InferenceContext
  ) async throws -> SdistGuess {
    let basis = basis ?? plan
    var plan = plan
    try BackEndCall.check(plan.build)
    let environment = try await BuildEnvironment.choose(
      &plan.build, PackageResolution(context: context, python: facts.python), makesWheels: false)
    return SdistGuess(
      subject: subject, facts: facts, plan: plan, basis: basis, moves: moves, environment: environment,
      inferences: inferences, context: context)
  }

  var draft: RecipeDraft {
    let folder = "\(subject.name)-\(subject.version)"
    var build = BuildRecipe(path: "/build/\(subject.name)/\(folder)", run: commands)
    build.epoch = plan.build.epoch
    build.clock = plan.clock
    build.umask = plan.build.umask
    build.limits.time = 600
    build.variables.merge(plan.variables) { $1 }
    let recipe = Recipe(
      name: subject.name, version: subject.version, source: [SourceInput(input: subject.source)],
      environment: .python(
        DebianEnvironment(suite: plan.build.suite, packages: plan.build.packages), wheels: environment.wheels),
      build: build, artifacts: [ArtifactRecipe(built: "../dist/\(subject.fileName)", shipped: subject.shipped)])
    let replaced = Set(moves.map(\.inference.setting)).subtracting([WheelRule.wheels, "build.run"])
    let reasons = inferences.filter { !replaced.contains($0.setting) } + moves.map(\.inference)
    return RecipeDraft(
      recipe: recipe, inferences: [subject.sourceReason] + reasons + environment.reasons(plan.build),
      questions: plan.questions, files: subject.files)
  }

  private var commands: [String] {
    var commands: [String] = []
    if plan.dropsMetadata { commands.append("rm PKG-INFO") }
    commands += plan.build.treeCommands
    if let owner = plan.owner { commands.append(BuilderImitation.command(owner)) }
    if plan.isOldPython { commands.append(OldPythonImitation.command(isGNU: facts.sdist.dialect == .gnu)) }
    commands.append("mkdir ../dist")
    commands.append(
      BackEndCall.command(
        "build_sdist", plan.build, folders: plan.isOldPython ? [OldPythonImitation.folder] : [],
        before: plan.owner == nil ? "" : BuilderImitation.prefix))
    return commands
  }

  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] {
    let built = rebuilt.first.flatMap { try? SdistFile($0, fileName: subject.fileName) }
    let symptoms = SdistSymptoms(result, shipped: facts.sdist, rebuilt: built)
    let found = SdistMoves(facts: facts, plan: plan, chosen: environment.chosen, symptoms: symptoms).suggestions
    return try await adding(each: found, replacing: ["build.clock"])
  }

  func made(_ plan: SdistPlan, by moves: [SdistMove]) async throws -> SdistGuess {
    try await SdistGuess.make(subject, facts, plan, basis: basis, moves: moves, inferences: inferences, context)
  }

  func remarks(on result: CheckResult) -> [String] {
    guard result.verdict == .different else { return [] }
    // The back ends' own files, which the build has to make.
    let own = ["PKG-INFO", "setup.cfg", "setup.py"]
    let foreign = facts.made.map(\.path).filter { !own.contains($0) && !$0.contains(".egg-info/") }
    var remarks: [String] = []
    if let first = foreign.first {
      remarks.append(
        "\(foreign.count) of its files are not in the source archive, \(first) for one; the build would have to make them."
      )
    }
    let changed = facts.changed.map(\.path).filter { !own.contains($0) }
    if let first = changed.first {
      remarks.append("\(changed.count) of its files are in the source archive with other bytes, \(first) for one.")
    }
    return remarks
  }
}
