import Model
import RecipeFormat
import Testing

@testable import Inference

@Suite struct RecipeWriterTests {
  private static let recipe: Recipe = {
    var build = BuildRecipe(
      path: "/build/x/x-1.10",
      run: [
        "mkdir ../dist", "python3 -P -c 'import a.b as backend; backend.build_wheel(\"../dist\")'", "one\ntwo: 3\n",
      ])
    build.variables = ["TZ": "<+0530>-05:30", "NO": "no", "EMPTY": "it's # not: a comment"]
    build.epoch = .unset
    build.umask = 0o002
    build.limits.time = 600
    return Recipe(
      name: "x", version: "1.10",
      source: [SourceInput(input: .pypi(name: "x", version: "1.10", file: nil))],
      environment: .python(
        DebianEnvironment(suite: "bookworm", packages: ["python3", "gcc"]), wheels: ["flit-core==3.12.0", "pip==26.0"]),
      build: build,
      artifacts: [
        ArtifactRecipe(
          built: "../dist/x-1.10-py3-none-any.whl",
          shipped: .pypi(name: "x", version: "1.10", file: "x-1.10-py3-none-any.whl"))
      ])
  }()

  @Test func whatIsWrittenReadsAsTheSameRecipe() throws {
    let inferences = [
      Inference(setting: "build.epoch", value: "unset", evidence: "a\n- b: |", confidence: 0.9),
      Inference(
        setting: "build.variables.TZ", value: "x", evidence: String(repeating: "long ", count: 60), confidence: 0.7),
    ]
    let text = RecipeWriter.text(
      RecipeDraft(recipe: Self.recipe, inferences: inferences, questions: ["what\nelse"]), heading: "x: a test")
    #expect(try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml") == Self.recipe)
    #expect(text.contains("# unset: a - b: | (follows)\n  epoch: unset"))
    for line in text.split(separator: "\n") where line.drop(while: { $0 == " " }).hasPrefix("#") {
      #expect(line.count <= 101)
    }
  }

  @Test func manyPackagesStandOnLinesOfTheirOwn() throws {
    var recipe = Self.recipe
    let packages = (0..<20).map { "package-\($0)=1:1.\($0)-1" }
    recipe.environment = .debian(DebianEnvironment(suite: "bookworm", packages: packages))
    let text = RecipeWriter.text(RecipeDraft(recipe: recipe, inferences: []), heading: "x")
    #expect(text.contains("    packages:\n      - "))
    #expect(try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml") == recipe)
  }
}
