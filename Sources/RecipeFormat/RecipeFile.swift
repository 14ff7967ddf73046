public import SystemPackage

/// Finds and reads the files of a recipe's folder.
public enum RecipeFile {
  /// The file that a command line means: a recipe, or the `recipe.yaml` of a folder.
  ///
  /// Throws a `RecipeError` when neither is there.
  public static func locate(_ argument: FilePath) throws(RecipeError) -> FilePath {
    let inside = argument.appending("recipe.yaml")
    if (try? FileDescriptor.open(argument, .readOnly, options: [.closeOnExec, .directory]).close()) == nil {
      return argument
    }
    guard (try? FileDescriptor.open(inside, .readOnly, options: [.closeOnExec, .nonBlocking]).close()) != nil else {
      throw RecipeError(
        "reading the recipe \(argument): the folder holds no recipe.yaml that can be read",
        advice: "Give a recipe file, or a folder with a recipe.yaml in it.")
    }
    return inside
  }

  /// Reads and parses a recipe.
  ///
  /// Throws a `RecipeError` when it is not there, cannot be read, or is wrong.
  public static func read(_ path: FilePath) throws(RecipeError) -> Recipe {
    try RecipeParser.parse(bytes: try bytes(path), file: path.string)
  }

  /// The bytes of a recipe, at most one more than a recipe may have.
  public static func bytes(_ path: FilePath) throws(RecipeError) -> [UInt8] {
    guard let bytes = try BoundedFile.read(path, what: "the recipe", limit: YAMLReader.sizeLimit) else {
      throw RecipeError(
        "reading the recipe \(path): there is no such file",
        advice: "Give a recipe file, or a folder with a recipe.yaml in it.")
    }
    return bytes
  }

  /// Where the lock of a recipe stands: beside it, `recipe.lock` for `recipe.yaml`.
  public static func lock(of recipe: FilePath) -> FilePath {
    var path = recipe
    path.extension = "lock"
    return path
  }
}
