import Archives
public import Environments
public import Model
public import RecipeFormat
public import Sandbox
import Store
public import SystemPackage

/// One build of a source tree in an environment.
public struct Rebuild: Sendable {
  /// What a rebuild left.
  public struct Outcome: Sendable {
    /// Why it is not to be used; nil when all steps succeeded.
    public let failure: InconclusiveReason?
    /// One for each artifact of the recipe, in its order; empty after a failure.
    public let artifacts: [RebuiltArtifact]
    /// How the build was confined.
    public let confinement: [String]
    /// Wall-clock time of the steps.
    public let seconds: Double
  }

  let recipe: Recipe
  let build: LockedBuild
  let environment: AssembledEnvironment
  let source: FilePath

  /// Prepares a rebuild of an unpacked source tree.
  public init(recipe: Recipe, build: LockedBuild, environment: AssembledEnvironment, source: FilePath) {
    self.recipe = recipe
    self.build = build
    self.environment = environment
    self.source = source
  }

  /// Runs the steps in a sandbox of their own and takes the artifacts.
  ///
  /// The log goes to a file that is made for it; artifacts go to the scratch folder.
  public func run(
    engine: SandboxEngine, scratch: FilePath, log: FilePath, progress: any ProgressSink
  ) async throws -> Outcome {
    guard let tree = BuildTree(buildPath: build.path) else {
      throw RebuildError("preparing the build: \(build.path) has no parent folder to build in", inconclusive: nil)
    }
    let places = try recipe.artifacts.map { try place(of: $0.built, in: tree) }
    let collected = scratch.appending("artifacts.tar")
    let tail = LogTail(progress: progress)
    let outcome = try await engine.run(
      request(tree: tree, places: places, collectTo: collected, log: log), onLine: { tail.take($0) })
    if let failure = failure(of: outcome, tail: tail) {
      return Outcome(failure: failure, artifacts: [], confinement: outcome.confinement, seconds: outcome.seconds)
    }
    let folder = scratch.appending("artifacts")
    try Disk.makeFolders(folder)
    let artifacts = try CollectedArtifacts(archive: collected, wanted: places, into: folder)
    return Outcome(
      failure: nil, artifacts: places.map { artifacts.artifact(at: $0) }, confinement: outcome.confinement,
      seconds: outcome.seconds)
  }

  private func place(of built: String, in tree: BuildTree) throws -> [String] {
    guard let place = tree.place(of: built) else {
      throw RebuildError(
        "naming the artifact \(built): it leads out of the build's tree \(tree.mountPoint)", inconclusive: nil)
    }
    return place
  }

  private func request(tree: BuildTree, places: [[String]], collectTo: FilePath, log: FilePath) -> SandboxRequest {
    var request = SandboxRequest(
      root: .layers(environment.layerFolders), command: BuildDriver.command(steps: recipe.build.run),
      workingDirectory: build.path)
    request.tree = .init(mountPoint: tree.mountPoint, contents: [.init(host: source, at: tree.sourceName)])
    request.variables = build.variables
    request.user = .builder
    request.hostName = build.host
    request.umask = build.umask
    request.processors = build.processors
    request.clock = build.clock
    request.limits = SandboxLimits(recipe.build.limits)
    request.collect = .artifacts(places.map { $0.joined(separator: "/") })
    request.collectTo = collectTo
    request.log = log
    return request
  }

  /// The recipe's key for a limit; the log counts as output.
  private static func key(of limit: SandboxOutcome.Limit) -> String {
    limit == .log ? SandboxOutcome.Limit.output.rawValue : limit.rawValue
  }

  private func failure(of outcome: SandboxOutcome, tail: LogTail) -> InconclusiveReason? {
    let what = "building \(recipe.name) \(recipe.version)"
    switch outcome.termination {
    case .exited(0): return nil
    case .exited(let status):
      return InconclusiveReason(
        kind: .buildFailed, message: "\(what): step \(tail.step ?? "") ended with exit code \(status)",
        details: tail.lines, advice: "The whole output is in build.log.")
    case .signalled(let signal):
      return InconclusiveReason(
        kind: .buildFailed, message: "\(what): step \(tail.step ?? "") was killed by signal \(signal)",
        details: tail.lines, advice: "The whole output is in build.log.")
    case .limit(let name, let detail):
      return InconclusiveReason(
        kind: .limitHit, message: "\(what): the limit of \(name) was hit: \(detail)", details: tail.lines,
        advice: "Raise build.limits.\(Self.key(of: name)) in the recipe if the build honestly needs more.")
    }
  }
}

extension SandboxLimits {
  /// The recipe's limits, with the defaults where it names none.
  init(_ recipe: LimitsRecipe) {
    self.init()
    if let time = recipe.time { self.time = time }
    if let memory = recipe.memory { self.memory = memory }
    if let processes = recipe.processes { self.processes = processes }
    if let output = recipe.output { self.output = output }
    if let openFiles = recipe.openFiles { self.openFiles = openFiles }
  }
}
