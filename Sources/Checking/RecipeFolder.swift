import RecipeFormat
import SystemPackage

/// A recipe on disk and the place of its lock.
struct RecipeFolder: Sendable {
  /// The recipe file.
  let file: FilePath
  /// The recipe file's bytes.
  let bytes: [UInt8]
  /// What the recipe says.
  let recipe: Recipe

  /// Reads the recipe at a path: the file itself, or a folder that has a `recipe.yaml`.
  init(at path: FilePath) throws {
    file = try RecipeFile.locate(path)
    bytes = try RecipeFile.bytes(file)
    recipe = try RecipeParser.parse(bytes: bytes, file: file.string)
  }

  /// The folder that local inputs are relative to.
  var folder: FilePath {
    let parent = file.removingLastComponent()
    return parent.isEmpty ? "." : parent
  }

  /// The lock's place.
  var lockFile: FilePath { RecipeFile.lock(of: file) }

  /// The lock, where there is one; throws when it does not fit the recipe.
  func readFittingLock() throws -> Lock? {
    guard let lock = try LockFile.read(lockFile) else { return nil }
    try LockComparison.requireFit(recipe: recipe, lock: lock, file: lockFile.string)
    return lock
  }
}
