import Digests
import Model
import RecipeFormat
import Store
import SystemPackage

/// Any file: what it tells of its build, as the start of a recipe that a person completes.
struct FileKind: ShippedKind {
  let name = "any other file (the start of a recipe, with questions)"

  func recognises(_ shipped: ShippedReference, head: [UInt8]) -> Bool {
    if case .file = shipped { !head.isEmpty } else { false }
  }

  func guess(_ shipped: ShippedReference, _ context: InferenceContext) async throws -> any Guess {
    guard case .file(let path) = shipped, let fileName = path.lastComponent?.string else {
      throw InferenceError("reading \(shipped): it is no file")
    }
    let identity = try context.store.insert(file: path)
    let facts = try FileFacts(path)
    var plan = FilePlan()
    let inferences = FileRule.all.flatMap { $0.apply(facts, &plan) }
    return FileGuess(draft: Self.draft(fileName, path, identity.sha256, plan, Self.distinct(inferences)))
  }

  /// Each setting and value once; what a file repeats says it no better.
  private static func distinct(_ inferences: [Inference]) -> [Inference] {
    var seen: Set<[String]> = []
    return inferences.filter { seen.insert([$0.setting, $0.value]).inserted }
  }

  private static func draft(
    _ fileName: String, _ path: FilePath, _ digest: SHA256Digest, _ plan: FilePlan, _ inferences: [Inference]
  ) -> RecipeDraft {
    let stem = String(fileName.prefix { $0 != "." })
    let name = String(stem.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) })
    let isName = name.first.map { $0.isLetter || $0.isNumber } ?? false
    var build = BuildRecipe(path: plan.path ?? "/build/source/product", run: ["make"])
    build.epoch = plan.epoch
    build.umask = plan.umask
    build.host = plan.host
    build.variables = plan.variables
    let recipe = Recipe(
      name: isName ? name : "product", version: "0", source: [.init(input: .path("source.tar.gz", sha256: nil))],
      environment: .debian(DebianEnvironment(suite: plan.suite, packages: plan.packages)), build: build,
      artifacts: [.init(built: fileName, shipped: .path(fileName, sha256: digest))])
    var questions = [
      "which reviewed source is it of, and which version? Put its archive beside this file, or name it as an input.",
      "which commands build it, and where in the tree do they leave \(fileName)?",
    ]
    if plan.packages.isEmpty {
      questions.append("which suite, and which packages beside build-essential, does it need?")
    }
    if plan.path == nil { questions.append("in which folder was it built? The file does not say.") }
    return RecipeDraft(
      recipe: recipe, inferences: inferences, questions: questions + plan.questions,
      files: [.init(name: fileName, origin: path)], isStart: true)
  }
}

/// A start that nothing can be tried with.
struct FileGuess: Guess {
  let draft: RecipeDraft
  var learns: Bool { false }

  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] { [] }
  func simplifications() async throws -> [any Guess] { [] }
}
