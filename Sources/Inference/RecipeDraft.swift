public import RecipeFormat
public import SystemPackage

/// A recipe that was inferred, with the reason of each setting.
public struct RecipeDraft: Hashable, Sendable {
  /// A file that has to lie beside the recipe, because its `path:` inputs name it.
  public struct LocalFile: Hashable, Sendable {
    /// Its name in the recipe's folder.
    public var name: String
    /// Where it is now.
    public var origin: FilePath

    /// Makes a file of its parts.
    public init(name: String, origin: FilePath) {
      self.name = name
      self.origin = origin
    }
  }

  /// What the recipe says.
  public var recipe: Recipe
  /// Why, in the order in which it is told.
  public var inferences: [Inference]
  /// What a person has to find out, because the artifact does not tell; a sentence each.
  public var questions: [String]
  /// The files that lie beside it.
  public var files: [LocalFile]
  /// Whether it is only the start of a recipe, which a person has to complete before it can be locked or checked.
  public var isStart: Bool

  /// Makes a draft of its parts.
  public init(
    recipe: Recipe, inferences: [Inference], questions: [String] = [], files: [LocalFile] = [],
    isStart: Bool = false
  ) {
    self.recipe = recipe
    self.inferences = inferences
    self.questions = questions
    self.files = files
    self.isStart = isStart
  }
}
