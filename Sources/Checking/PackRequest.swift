import Digests
public import Drops
import Fetching
public import Model
import RecipeFormat
public import Store
public import SystemPackage

/// What is asked of packing: one file with everything that a check of a recipe needs.
public struct PackRequest: Sendable {
  /// The recipe file, or its folder.
  public var recipe: FilePath
  /// Folders that inputs are looked for in first.
  public var inputs: [FilePath] = []
  /// Whether nothing may be resolved: the lock must be there.
  public var locked = false
  /// Whether nothing may be fetched from a network.
  public var offline = false
  /// Patterns of names and references of inputs whose bytes stay behind.
  public var without: [String] = []
  /// Where the drop goes; nil is `<name>-<version>.verbatim` in the current folder.
  public var output: FilePath?

  /// What packing did.
  public struct Outcome: Codable, Sendable {
    /// The drop.
    public let file: String
    /// Of its manifest, which stands for the whole drop.
    public let manifest: SHA256Digest
    /// In bytes.
    public let size: Int64
    /// What the lock pins, and whether its bytes are packed.
    public let inputs: [DropInput]
  }

  /// Asks for the drop of a recipe.
  public init(recipe: FilePath) { self.recipe = recipe }

  /// Locks where there is no lock, fetches what is to be packed, and writes the drop.
  public func run(store: Store, environment: [String: String], progress: any ProgressSink) async throws -> Outcome {
    let folder = try RecipeFolder(at: recipe)
    let clock = StageClock(progress: progress)
    let fetcher = Fetcher(
      store: store, inputs: try InputFolders(inputs), recipeFolder: folder.folder, offline: offline,
      machine: Machine(environment: environment), progress: progress)
    let lock = try await clock.run("lock") {
      try await Locking(fetcher: fetcher, store: store).lock(folder, locked: locked, progress: progress)
    }
    let withheld = try DropInput.digests(matching: without, in: DropInput.list(lock))
    try await clock.run("fetch") {
      try await fetcher.fetch(lock.leavingOut(withheld))
      return ((), "every input is there and has its digest")
    }
    let place = output ?? FilePath("\(folder.recipe.name)-\(folder.recipe.version).verbatim")
    return try await clock.run("pack") {
      let written = try DropWriter(
        recipe: folder.bytes, lock: lock, withheld: withheld, store: store, progress: progress
      ).write(to: place)
      let outcome = Outcome(
        file: place.string, manifest: written.manifest, size: written.size, inputs: written.inputs)
      return (outcome, "sha256 \(written.manifest.short)")
    }
  }
}

extension Lock {
  /// What is to be fetched when some digests are not.
  fileprivate func leavingOut(_ digests: Set<SHA256Digest>) -> Lock {
    func kept(_ packages: [LockedPackage]) -> [LockedPackage] {
      packages.filter { !digests.contains($0.file.sha256) }
    }
    func kept(_ input: LockedInput) -> LockedInput {
      LockedInput(input: input.input, files: input.files.filter { !digests.contains($0.sha256) })
    }
    var lock = self
    lock.sources = sources.map(kept)
    lock.artifacts = artifacts.map(kept)
    lock.environment.base = kept(environment.base)
    lock.environment.packages = kept(environment.packages)
    lock.environment.wheels = kept(environment.wheels)
    lock.environment.image = environment.image.map(kept)
    return lock
  }
}
