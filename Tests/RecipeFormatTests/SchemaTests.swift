import Foundation
import Testing

@testable import RecipeFormat

/// The repository that this file is in.
private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

@Suite("The recipe's JSON Schema, and the recipes of this repository")
struct SchemaTests {
  @Test("A good recipe is parsed", arguments: GoodRecipes.all)
  func good(_ text: String) throws {
    _ = try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml")
  }

  @Test("The repository's own recipes are parsed, and their folders say what they are")
  func own() throws {
    let recipes = try Self.ownRecipes()
    #expect(recipes.count >= 12)
    for url in recipes {
      let recipe = try RecipeParser.parse(bytes: Array(try Data(contentsOf: url)), file: url.path)
      let folders = url.deletingLastPathComponent().pathComponents.suffix(2)
      #expect(Array(folders) == [recipe.name, recipe.version])
    }
  }

  @Test("The documentation's examples are parsed: a whole recipe, then parts that stand in one")
  func documentation() throws {
    let data = try Data(contentsOf: repository.appending(path: "Documentation/Formats/Recipe.md"))
    let blocks = String(decoding: data, as: UTF8.self).split(separator: "```yaml\n").dropFirst().compactMap {
      $0.split(separator: "```").first.map(String.init)
    }
    let recipes = try blocks.enumerated().map { index, block in
      switch (index, block.prefix { $0 != ":" }) {
      case (0, _): block
      case (_, "source"): RecipeTexts.recipe(source: block)
      case (_, "environment"): RecipeTexts.recipe(environment: block)
      case (_, "build"): RecipeTexts.recipe(build: block)
      case (_, "artifacts"): RecipeTexts.recipe(artifacts: block)
      default: throw RecipeError("the documentation has an example that no test knows")
      }
    }
    #expect(recipes.count == 5)
    for text in recipes { _ = try RecipeParser.parse(bytes: Array(text.utf8), file: "Recipe.md") }
  }

  @Test("The schema and the parser agree, but on what a schema cannot tell")
  func agreement() throws {
    let good = try GoodRecipes.all + Self.ownRecipes().map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    let bad = BadRecipe.all.filter(\.schemaTells)
    guard let verdicts = try Self.validate(good + bad.map(\.text)) else {
      print("SKIP: python3 with jsonschema and yaml is not there, so the schema was not compared with the parser")
      return
    }
    try #require(verdicts.count == good.count + bad.count)
    for (text, verdict) in zip(good, verdicts) { #expect(verdict == "", "the schema refuses \(text)") }
    for (bad, verdict) in zip(bad, verdicts.suffix(bad.count)) {
      #expect(verdict != "", "the schema accepts what the parser refuses: \(bad.says)\n\(bad.text)")
    }
  }

  @Test("The schema names every key that the parser knows, and no other")
  func keys() throws {
    let data = try Data(contentsOf: Self.schema)
    let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: Any])
    func keys(_ definition: Any?) -> [String] {
      (((definition as? [String: Any])?["properties"] as? [String: Any])?.keys).map { $0.sorted() } ?? []
    }
    let limits = (keys(definitions["build"]), (definitions["build"] as? [String: Any])?["properties"] as? [String: Any])
    #expect(keys(schema) == RecipeParser.keys.sorted())
    #expect(keys(definitions["environment"]) == EnvironmentReading.kinds.sorted())
    #expect(limits.0 == BuildReading.keys.sorted())
    #expect(keys(limits.1?["limits"]) == LimitsReading.keys.sorted())
  }

  private static let schema = repository.appending(path: "Documentation/recipe.schema.json")

  private static func ownRecipes() throws -> [URL] {
    let folder = repository.appending(path: "Recipes")
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (all?.compactMap { $0 as? URL } ?? []).filter { $0.lastPathComponent == "recipe.yaml" }
      .sorted { $0.path < $1.path }
  }

  /// What Python's jsonschema says against each text, empty for nothing; nil when it is not there.
  private static func validate(_ texts: [String]) throws -> [String]? {
    let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "texts.json")
    let output = folder.appending(path: "verdicts.json")
    try JSONEncoder().encode(texts).write(to: input)
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/env")
    python.arguments = ["python3", "-c", script, schema.path, input.path, output.path]
    try python.run()
    python.waitUntilExit()
    if python.terminationStatus == 77 || python.terminationStatus == 127 { return nil }
    try #require(python.terminationStatus == 0)
    return try JSONDecoder().decode([String].self, from: Data(contentsOf: output))
  }

  /// PyYAML reads dates as dates, which no recipe means; everything else is as the library does it.
  private static let script = """
    import json, sys
    try:
        import jsonschema, yaml
    except ImportError:
        sys.exit(77)
    class Loader(yaml.SafeLoader): pass
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(":timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    def verdict(text):
        error = next(validator.iter_errors(yaml.load(text, Loader)), None)
        return "" if error is None else error.json_path + ": " + error.message[:200]
    json.dump([verdict(text) for text in json.load(open(sys.argv[2]))], open(sys.argv[3], "w"))
    """
}
