import Digests
import Fetching
public import Model
import RecipeFormat
public import Store
public import SystemPackage

/// What is asked of locking alone, without a check.
public struct LockRequest: Sendable {
  /// The recipe file, or its folder.
  public var recipe: FilePath
  /// Folders that inputs are looked for in first.
  public var inputs: [FilePath] = []
  /// Whether nothing may be fetched from a network.
  public var offline = false
  /// Whether a lock that is there is resolved anew.
  public var update = false
  /// Where the lock goes; nil is beside the recipe.
  public var output: FilePath?

  /// What locking did.
  public struct Outcome: Codable, Sendable {
    /// The lock file.
    public let file: String
    /// Whether it was written; false when one was there that fits.
    public let written: Bool
    /// What is pinned otherwise than before, a line each.
    public let changes: [String]
    /// How much is pinned, in a few words.
    public let summary: String
  }

  /// Asks for the lock of a recipe.
  public init(recipe: FilePath) { self.recipe = recipe }

  /// Locks the recipe.
  public func run(
    store: Store, environment: [String: String], progress: any ProgressSink
  ) async throws -> Outcome {
    let folder = try RecipeFolder(at: recipe)
    let file = output ?? folder.lockFile
    let before = try LockFile.read(file)
    if let before, !update {
      try LockComparison.requireFit(recipe: folder.recipe, lock: before, file: file.string)
      return Outcome(file: file.string, written: false, changes: [], summary: Locking.summary(before))
    }
    let clock = StageClock(progress: progress)
    let lock = try await clock.run("lock") {
      let fetcher = Fetcher(
        store: store, inputs: try InputFolders(inputs), recipeFolder: folder.folder, offline: offline,
        machine: Machine(environment: environment), progress: progress)
      let lock = try await Locking(fetcher: fetcher, store: store).resolve(folder.recipe)
      return (lock, Locking.summary(lock))
    }
    try LockFile.write(lock, to: file)
    let changes = before.map { LockChanges.between($0, lock) } ?? []
    return Outcome(file: file.string, written: true, changes: changes, summary: Locking.summary(lock))
  }
}
