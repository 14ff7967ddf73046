import Archives
import Comparing
import Digests
import Drops
import Environments
import Fetching
public import Model
import Rebuilding
import RecipeFormat
import Reports
import Sandbox
public import Store
public import SystemPackage

/// What is asked of a check.
public struct CheckRequest: Sendable {
  /// The recipe file, its folder, or a drop that has it.
  public var recipe: FilePath
  /// Folders that inputs are looked for in first.
  public var inputs: [FilePath] = []
  /// Whether nothing may be resolved: the lock must be there.
  public var locked = false
  /// Whether nothing may be fetched from a network.
  public var offline = false
  /// Whether a build that gives other bytes is made once more, to tell whether it is deterministic.
  public var buildsAgain = true
  /// Where the evidence goes; nil is `evidence/<name>-<version>` in the current folder.
  public var evidence: FilePath?
  /// The drop that the recipe was taken from.
  var drop: OpenedDrop?

  /// Asks for the check of a recipe.
  public init(recipe: FilePath) { self.recipe = recipe }
}

/// From a recipe to a verdict: lock, fetch, environment, source, build, compare, and the evidence of it.
public struct Check: Sendable {
  let request: CheckRequest
  let store: Store
  let program: ProgramIdentity
  let executable: FilePath
  let environment: [String: String]
  let clock: StageClock

  /// Prepares a check.
  ///
  /// `executable` is this program's, which compares artifacts in a process of its own; `environment` is the program's
  /// own, for the settings of the machine's clients.
  public init(
    _ request: CheckRequest, store: Store, program: ProgramIdentity, executable: FilePath,
    environment: [String: String], progress: any ProgressSink
  ) {
    self.request = request
    self.store = store
    self.program = program
    self.executable = executable
    self.environment = environment
    clock = StageClock(progress: progress, tellsTimes: environment["SOURCE_DATE_EPOCH"] == nil)
  }

  /// Makes the check and leaves its evidence; returns the result and where the evidence is.
  ///
  /// Throws only for wrong usage and cancellation; then nothing is left.
  public func run() async throws -> (result: CheckResult, evidence: FilePath) {
    if let opened = try request.opened(store, clock.progress) {
      return try await Check(
        opened, store: store, program: program, executable: executable, environment: environment,
        progress: clock.progress
      ).run()
    }
    let folder = try RecipeFolder(at: request.recipe)
    let place = request.evidence ?? FilePath("evidence/\(folder.recipe.name)-\(folder.recipe.version)")
    let evidence = try EvidenceFolder(at: place)
    do {
      let result = try await conclude(folder, evidence)
      try evidence.write(EvidenceFolder.reportName, try JSONReport().render(.check(result)))
      try evidence.write(EvidenceFolder.pageName, HTMLReport().render(.check(result)))
      try evidence.publish()
      return (result, place)
    } catch {
      evidence.discard()
      throw error
    }
  }

  /// Makes the check; what ends it before its time becomes the reason of an inconclusive result.
  private func conclude(_ folder: RecipeFolder, _ evidence: EvidenceFolder) async throws -> CheckResult {
    var result = CheckResult(
      program: program, verdict: .inconclusive,
      recipe: RecipeIdentity(
        name: folder.recipe.name, version: folder.recipe.version, digest: .of(folder.bytes)))
    do {
      try await conclude(&result, folder, evidence)
    } catch {
      guard !Task.isCancelled, let reason = InconclusiveReason(error) else { throw error }
      result.reason = reason
    }
    result.stages = clock.stages
    return result
  }

  private func conclude(
    _ result: inout CheckResult, _ folder: RecipeFolder, _ evidence: EvidenceFolder
  ) async throws {
    let engine = try await SandboxEngine()
    let scratch = try store.makeScratch()
    let fetcher = Fetcher(
      store: store, inputs: try InputFolders(request.inputs), recipeFolder: folder.folder, offline: request.offline,
      recipeStandsAlone: request.drop != nil, machine: Machine(environment: environment), progress: clock.progress)

    let lock = try await lock(folder, fetcher)
    let lockBytes = try LockFile.encode(lock)
    result.recipe.lock = .of(lockBytes)
    try evidence.write("recipe.yaml", folder.bytes)
    try evidence.write("recipe.lock", lockBytes)

    try await fetch(lock, fetcher)
    let assembled = try await assemble(lock, engine)
    result.environment = assembled.identity

    let source = try await prepare(folder.recipe, lock, assembled, engine, scratch)
    result.source = source.identities

    let stages = RebuildStages(
      recipe: folder.recipe,
      rebuild: Rebuild(recipe: folder.recipe, build: lock.build, environment: assembled, source: source.folder),
      engine: engine, store: store, evidence: evidence, clock: clock, executable: executable,
      buildsAgain: request.buildsAgain,
      epoch: lock.build.variables["SOURCE_DATE_EPOCH"].flatMap { Int64($0) })
    try await stages.conclude(&result, shipped: try shippedFiles(lock, scratch))
  }

  private func lock(_ folder: RecipeFolder, _ fetcher: Fetcher) async throws -> Lock {
    try await clock.run("lock") {
      try await Locking(fetcher: fetcher, store: store).lock(folder, locked: request.locked, progress: clock.progress)
    }
  }

  private func fetch(_ lock: Lock, _ fetcher: Fetcher) async throws {
    try await clock.run("fetch") {
      try await fetcher.fetch(lock)
      return ((), "every input is there and has its digest")
    }
  }

  private func assemble(_ lock: Lock, _ engine: SandboxEngine) async throws -> AssembledEnvironment {
    try await clock.run("environment") {
      let assembled = try await EnvironmentBuilder(store: store, engine: engine)
        .assemble(lock, progress: clock.progress)
      let count = assembled.identity.packages.count
      return (assembled, (count > 0 ? "\(count) packages, " : "") + "sha256 \(assembled.identity.sha256.short)")
    }
  }

  private func prepare(
    _ recipe: Recipe, _ lock: Lock, _ environment: AssembledEnvironment, _ engine: SandboxEngine,
    _ scratch: ScratchFolder
  ) async throws -> PreparedSource {
    try await clock.run("source") {
      let preparation = SourcePreparation(
        store: store, engine: engine, environment: environment, progress: clock.progress)
      let source = try await preparation.prepare(recipe: recipe, lock: lock, scratch: scratch.path)
      return (source, source.identities.map(\.swhid.description).joined(separator: ", "))
    }
  }

  private func shippedFiles(_ lock: Lock, _ scratch: ScratchFolder) throws -> [RebuildStages.Shipped] {
    try lock.artifacts.map { artifact in
      guard let file = artifact.files.first,
        let path = try store.verified(file.sha256, named: file.name, in: scratch.path)
      else {
        throw CheckError(
          "taking the shipped artifact \(artifact.input) from the store: it is not there", inconclusive: .missingInput)
      }
      let identity = FileIdentity(name: file.name, sha256: file.sha256, size: file.size)
      return RebuildStages.Shipped(identity: identity, path: path)
    }
  }
}
