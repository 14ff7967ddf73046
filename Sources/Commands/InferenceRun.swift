import Checking
import Fetching
import Inference
import Model
import RecipeFormat
import Store
import SystemPackage

/// From a shipped artifact to a recipe on disk, and where it is wanted to its check.
struct InferenceRun {
  let reference: ShippedReference
  let folder: FilePath?
  let source: FilePath?
  let mirrors: [DebianMirror]
  let buildInfo: FilePath?
  let checks: Bool
  let search: InferenceSearch
  let evidence: FilePath?
  let inputs: InputOptions
  let store: Store
  let progress: any ProgressSink

  /// What came of it.
  struct Outcome: Sendable {
    var draft: RecipeDraft
    var folder: FilePath
    var evidence: FilePath
    var outcome: InferenceSearch.Outcome?
  }

  func run() async throws -> Outcome {
    let fetcher = Fetcher(
      store: store, inputs: try InputFolders(inputs.folders), recipeFolder: ".", offline: inputs.offline,
      machine: Machine(environment: Console.environment), progress: progress)
    let first = try await ShippedKinds.guess(
      reference,
      InferenceContext(
        store: store, fetcher: fetcher, source: source, mirrors: mirrors, buildInfo: buildInfo, progress: progress))
    let recipe = first.draft.recipe
    let folder = folder ?? FilePath("\(recipe.name)-\(recipe.version)")
    let evidence = evidence ?? FilePath("evidence/\(recipe.name)-\(recipe.version)")
    try write(first.draft, to: folder)
    if first.draft.isStart {
      guard !checks else {
        throw StartOfRecipe(
          message: "checking \(reference): its recipe in \(folder) is only a start; the file does not tell its source")
      }
      return Outcome(draft: first.draft, folder: folder, evidence: evidence)
    }
    guard checks else {
      var request = LockRequest(recipe: folder)
      request.inputs = inputs.folders
      request.offline = inputs.offline
      request.update = true
      _ = try await request.run(store: store, environment: Console.environment, progress: progress)
      return Outcome(draft: first.draft, folder: folder, evidence: evidence)
    }
    guard search.triesOthers, first.learns else {
      let result = try await check(first, folder: folder, evidence: evidence)
      return Outcome(
        draft: first.draft, folder: folder, evidence: evidence,
        outcome: .init(guess: first, result: result, builds: 1))
    }
    // Tries leave their evidence aside; that of the best one is what the person gets.
    let scratch = try store.makeScratch()
    var tries: [(recipe: Recipe, evidence: FilePath)] = []
    var outcome = try await search.run(from: first, progress: progress) { guess in
      let place = scratch.path.appending("\(tries.count)")
      tries.append((guess.draft.recipe, place))
      let result = try await check(guess, folder: folder, evidence: place, buildsAgain: false)
      let rebuilt = result.artifacts.compactMap(\.rebuilt?.name).map { place.appending("rebuilt").appending($0) }
      return InferenceSearch.Checked(result: result, rebuilt: rebuilt)
    }
    try write(outcome.guess.draft, to: folder)
    let best = tries.last { $0.recipe == outcome.guess.draft.recipe }
    if let best { try? Disk.copy(best.evidence.appending("recipe.lock"), to: folder.appending("recipe.lock")) }
    if outcome.result.verdict == .reproduced, let best {
      try EvidenceMove.publish(best.evidence, as: evidence)
    } else {
      outcome.result = try await check(outcome.guess, folder: folder, evidence: evidence)
      outcome.builds += 1
    }
    return Outcome(draft: outcome.guess.draft, folder: folder, evidence: evidence, outcome: outcome)
  }

  private func check(
    _ guess: any Guess, folder: FilePath, evidence: FilePath, buildsAgain: Bool = true
  ) async throws -> CheckResult {
    try write(guess.draft, to: folder)
    var request = CheckRequest(recipe: folder)
    request.inputs = inputs.folders
    request.offline = inputs.offline
    request.evidence = evidence
    request.buildsAgain = buildsAgain
    return try await Check(
      request, store: store, program: Program.identity, executable: try Program.executable(),
      environment: Console.environment, progress: progress
    ).run().result
  }

  private func text(_ draft: RecipeDraft) -> String {
    RecipeWriter.text(draft, heading: "\(draft.recipe.name): inferred from \(reference); reasons stand over settings.")
  }

  /// Writes the recipe and the files that it names; a lock that is there is of another recipe.
  private func write(_ draft: RecipeDraft, to folder: FilePath) throws {
    do {
      try Disk.makeFolders(folder, mode: 0o755)
      for file in draft.files { try copy(file, to: folder) }
      try? Disk.removeFile(folder.appending("recipe.lock"))
      try Disk.replace(folder.appending("recipe.yaml"), with: Array(text(draft).utf8))
    } catch let error as Errno {
      throw OutputFileError(message: "writing the recipe into \(folder): \(error.description)")
    }
  }

  private func copy(_ file: RecipeDraft.LocalFile, to folder: FilePath) throws {
    let place = try Console.absolute(folder).appending(file.name)
    let origin = try Console.absolute(file.origin)
    guard place.lexicallyNormalized() != origin.lexicallyNormalized() else { return }
    try? Disk.removeFile(place)
    try Disk.copy(origin, to: place)
  }
}

/// A recipe that a person has to complete.
struct StartOfRecipe: ExplainedError {
  let message: String
  let details: [String] = []
  let advice: String? = "Answer the questions at its head, then run `verbatim check` on it."
  let inconclusive: InconclusiveReason.Kind? = .missingInput
}
