import Archives
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
    var facts = FileFacts()
    try facts.read(path)
    let stem = String(fileName.prefix { $0 != "." })
    let name = String(stem.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) })
    let isName = name.first.map { $0.isLetter || $0.isNumber } ?? false
    var build = BuildRecipe(path: facts.buildPath ?? "/build/source/product", run: ["make"])
    build.epoch = facts.times.count == 1 ? facts.times.first.map { .seconds($0) } : nil
    if let umask = facts.umask { build.umask = umask }
    var packages: [String] = []
    if let compiler = facts.debianCompiler { packages.append("\(compiler.package)=\(compiler.version)") }
    let recipe = Recipe(
      name: isName ? name : "product", version: "0", source: [.init(input: .path("source.tar.gz", sha256: nil))],
      environment: .debian(DebianEnvironment(suite: "bookworm", packages: packages)), build: build,
      artifacts: [.init(built: fileName, shipped: .path(fileName, sha256: identity.sha256))])
    var questions = [
      "which reviewed source is it of, and which version? Put its archive beside this file, or name it as an input.",
      "which commands build it, and where in the tree do they leave \(fileName)?",
    ]
    if packages.isEmpty { questions.append("which suite, and which packages beside build-essential, does it need?") }
    if facts.buildPath == nil { questions.append("in which folder was it built? The file does not say.") }
    if facts.times.count > 1 {
      questions.append("it holds \(facts.times.count) times: which of them are of the source, which of the build?")
    }
    return FileGuess(
      draft: RecipeDraft(
        recipe: recipe, inferences: facts.inferences, questions: questions + facts.questions,
        files: [.init(name: fileName, origin: path)], isStart: true))
  }
}

/// A start that nothing can be tried with.
struct FileGuess: Guess {
  let draft: RecipeDraft
  var learns: Bool { false }

  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] { [] }
  func simplifications() async throws -> [any Guess] { [] }
}
