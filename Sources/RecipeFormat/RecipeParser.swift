/// Makes a recipe of its YAML.
///
/// Strict: everything that is not known to be right is a problem with a line and a column, and all problems of a file
/// are told at once. `Documentation/Formats/Recipe.md` describes what is right.
public enum RecipeParser {
  static let keys = ["verbatim", "name", "version", "source", "environment", "build", "artifacts"]

  /// Parses the bytes of a recipe; `file` is the name that messages give it.
  ///
  /// Throws a `RecipeError` with up to ten problems in the file's order.
  public static func parse(bytes: [UInt8], file: String) throws(RecipeError) -> Recipe {
    var problems = ProblemList()
    guard let document = YAMLReader.read(bytes: bytes, problems: &problems),
      let recipe = recipe(document, problems: &problems), problems.isEmpty
    else { throw problems.error(file: file) }
    return recipe
  }

  private static func recipe(_ document: YAMLValue, problems: inout ProblemList) -> Recipe? {
    guard let top = MappingReader(document, name: "the recipe", allowed: keys, problems: &problems) else { return nil }
    readFormat(top, problems: &problems)
    let name = top.required("name", "the product's name", problems: &problems)?
      .text(.productName, problems: &problems)
    let version = top.required("version", "the product's version", problems: &problems)?
      .text(.productVersion, problems: &problems)
    let source = top.required("source", "the list of what was reviewed", problems: &problems)?
      .list("source", of: "inputs", count: 1...64, problems: &problems, read: SourceReading.source)
    let environment = top.required("environment", "the root file system to build in", problems: &problems)
      .flatMap { EnvironmentReading.environment($0, problems: &problems) }
    let build = top.required("build", "how to build", problems: &problems)
      .flatMap { BuildReading.build($0, problems: &problems) }
    let artifacts = top.required("artifacts", "the list of what was shipped", problems: &problems)
      .flatMap { ArtifactReading.artifacts($0, problems: &problems) }
    guard let name, let version, let source, let environment, let build, let artifacts else { return nil }
    return Recipe(
      name: name, version: version, source: source, environment: environment, build: build, artifacts: artifacts)
  }

  /// Notes a problem unless the file is of the version that this program reads.
  static func readFormat(_ top: MappingReader, problems: inout ProblemList) {
    guard let format = top.required("verbatim", "the version of the recipe's format, 1", problems: &problems) else {
      return
    }
    if format.content != .scalar("1", quoted: false) {
      problems.add(format.place, "found \(format.found) as the version of the recipe's format; this program reads 1")
    }
  }
}
