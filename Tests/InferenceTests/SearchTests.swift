import Digests
import Model
import RecipeFormat
import SystemPackage
import Testing

@testable import Inference

/// The search over guesses, with builds that are only said.
@Suite struct SearchTests {
  /// A guess that is a set of variables; the right ones reproduce.
  struct Setting: Guess {
    var names: Set<String>
    var next: [Set<String>] = []

    var draft: RecipeDraft {
      var build = BuildRecipe(path: "/build/x/x-1", run: ["true"])
      for name in names { build.variables[name] = "1" }
      return RecipeDraft(
        recipe: Recipe(
          name: "x", version: "1", source: [],
          environment: .debian(DebianEnvironment(suite: "bookworm", packages: [])), build: build, artifacts: []),
        inferences: [])
    }

    func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] {
      next.map { Setting(names: $0, next: next) }
    }

    func simplifications() async throws -> [any Guess] {
      names.sorted().map { Setting(names: names.subtracting([$0]), next: next) }
    }
  }

  private func run(
    _ search: InferenceSearch, _ first: Setting, reproduces: @escaping (Set<String>) -> Bool
  ) async throws -> (InferenceSearch.Outcome, builds: Int) {
    var builds = 0
    let outcome = try await search.run(from: first, progress: SilentProgress()) { guess in
      builds += 1
      let names = Set(guess.draft.recipe.build.variables.keys)
      var result = CheckResult(
        program: ProgramIdentity(name: "v", version: "1"), verdict: reproduces(names) ? .reproduced : .different,
        recipe: RecipeIdentity(name: "x", version: "1", digest: .of("")))
      let digest = SHA256Digest.of("x")
      result.artifacts = [
        ArtifactResult(
          name: "x", verdict: result.verdict, shipped: FileIdentity(sha256: digest, size: 1), rebuilt: nil,
          differences: names.contains("A") ? [] : [Difference(path: [], kind: .bytes)])
      ]
      return .init(result: result, rebuilt: [])
    }
    return (outcome, builds)
  }

  @Test func oneBuildIsEnoughWhereTheFirstGuessIsRight() async throws {
    let (outcome, builds) = try await run(InferenceSearch(builds: 9, triesOthers: true), Setting(names: [])) { _ in true
    }
    #expect(outcome.result.verdict == .reproduced && outcome.builds == 1 && builds == 1)
  }

  @Test func withoutSearchNothingElseIsTried() async throws {
    let first = Setting(names: [], next: [["A"]])
    let (outcome, builds) = try await run(InferenceSearch(builds: 9, triesOthers: false), first) { $0.contains("A") }
    #expect(outcome.result.verdict == .different && builds == 1)
  }

  @Test func settingsWithoutEffectAreDropped() async throws {
    let first = Setting(names: [], next: [["B"], ["A", "B"]])
    let (outcome, builds) = try await run(InferenceSearch(builds: 9, triesOthers: true), first) { $0.contains("A") }
    #expect(outcome.guess.draft.recipe.build.variables.keys.sorted() == ["A"])
    #expect(outcome.builds == builds && builds <= 9)
  }

  @Test(arguments: [1, 2, 5])
  func theBudgetIsKept(limit: Int) async throws {
    let next = (0..<50).map { Set(["N\($0)"]) }
    let (outcome, builds) = try await run(
      InferenceSearch(builds: limit, triesOthers: true), Setting(names: [], next: next)
    ) { _ in false }
    #expect(builds == limit && outcome.builds == limit && outcome.result.verdict == .different)
  }

  @Test func nothingIsBuiltTwice() async throws {
    let first = Setting(names: ["Z"], next: [["Z"], ["Z"], ["Y"]])
    let (_, builds) = try await run(InferenceSearch(builds: 9, triesOthers: true), first) { _ in false }
    #expect(builds == 2)
  }

  /// Each module that is missing shows only once the one before it is there.
  @Test func failuresForOtherReasonsAreGoneOnFrom() async throws {
    struct Modules: Guess {
      var names: [String] = []
      var draft: RecipeDraft { Setting(names: Set(names)).draft }
      func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] {
        result.reason.map { [Modules(names: names + [$0.message])] } ?? []
      }
      func simplifications() async throws -> [any Guess] { [] }
    }
    let needed = ["A", "B", "C"]
    let outcome = try await InferenceSearch(builds: 9, triesOthers: true).run(
      from: Modules(), progress: SilentProgress()
    ) { guess in
      let names = guess.draft.recipe.build.variables.keys
      let missing = needed.first { !names.contains($0) }
      var result = CheckResult(
        program: ProgramIdentity(name: "v", version: "1"), verdict: missing == nil ? .reproduced : .inconclusive,
        recipe: RecipeIdentity(name: "x", version: "1", digest: .of("")))
      result.reason = missing.map { InconclusiveReason(kind: .buildFailed, message: $0) }
      return .init(result: result, rebuilt: [])
    }
    #expect(outcome.result.verdict == .reproduced && outcome.builds == 4)
  }
}
