import Fetching
import Model
import Rebuilding
import RecipeFormat
import Store

/// Pins every input of a recipe by digest.
struct Locking: Sendable {
  let fetcher: Fetcher
  let store: Store

  /// Resolves everything anew; the sources are fetched, because SOURCE_DATE_EPOCH may be written in them.
  func resolve(_ recipe: Recipe) async throws -> Lock {
    var sources: [LockedInput] = []
    for source in recipe.source {
      sources.append(try await fetcher.resolve(source: source.input, for: recipe.environment))
    }
    var artifacts: [LockedInput] = []
    for artifact in recipe.artifacts {
      artifacts.append(try await fetcher.resolve(shipped: artifact.shipped, for: recipe.environment))
    }
    var lock = Lock(
      recipe: recipe, sources: sources, environment: try await fetcher.resolve(recipe.environment),
      build: BuildDefaults.lockedBuild(recipe, sourceEpoch: nil), artifacts: artifacts)
    if BuildDefaults.takesEpochFromSource(recipe) {
      try await fetcher.fetch(lock, [.sources])
      lock.build = BuildDefaults.lockedBuild(
        recipe, sourceEpoch: try SourceDate.newest(of: sources, store: store))
    }
    return lock
  }

  /// The lock beside a recipe, or where there is none and it may be made, a new one that is written there.
  func lock(
    _ folder: RecipeFolder, locked: Bool, progress: any ProgressSink
  ) async throws -> (Lock, note: String) {
    if let lock = try folder.readFittingLock() { return (lock, Self.summary(lock)) }
    guard !locked else {
      throw CheckError(
        "looking for the lock \(folder.lockFile): there is none, and --locked refuses to resolve anything",
        advice: "Run `verbatim lock \(folder.file)` where there is a network, and bring recipe.lock along.")
    }
    let lock = try await resolve(folder.recipe)
    try LockFile.write(lock, to: folder.lockFile)
    progress.report(.notice("resolved what was not locked, and wrote \(folder.lockFile)"))
    // The same words as the next time, so that the report is the same.
    return (lock, Self.summary(lock))
  }

  /// How much a lock pins, in a few words.
  static func summary(_ lock: Lock) -> String {
    let packages = lock.environment.base.count + lock.environment.packages.count + lock.environment.wheels.count
    let files = (lock.sources + lock.artifacts).reduce(0) { $0 + $1.files.count }
    return "\(files) files and \(packages) packages pinned"
  }
}
