import Fetching
import Model
import RecipeFormat
import Store
import SystemPackage

/// Python source distributions, where the tree that they were made of is given.
struct SdistKind: ShippedKind {
  let name = "Python source distributions (NAME-VERSION.tar.gz, with --source)"

  func recognises(_ shipped: ShippedReference, head: [UInt8]) -> Bool {
    guard case .file(let path) = shipped, !head.isEmpty else { return false }
    return SdistFile.isOne(path)
  }

  func guess(_ shipped: ShippedReference, _ context: InferenceContext) async throws -> any Guess {
    guard case .file(let path) = shipped, let fileName = path.lastComponent?.string else {
      throw InferenceError("reading \(shipped): it is no file")
    }
    let sdist = try SdistFile(path, fileName: fileName)
    guard PythonRequirement.isName(sdist.name), ReleaseVersion(sdist.version) != nil else {
      throw InferenceError(
        "reading \(fileName): its PKG-INFO names no project and version", inconclusive: .missingInput)
    }
    guard let archive = context.source else { return try await start(sdist, shipped, context) }
    guard let python = TargetPython.of(suite: WheelPlan().suite) else {
      throw InferenceError("inferring a recipe for \(shipped): no Python is known of \(WheelPlan().suite)")
    }
    let identity = try context.store.insert(file: path)
    let uploaded = await uploadTime(of: sdist, identity.sha256, context)
    let sourceName = archive.lastComponent?.string ?? "source"
    guard sourceName != fileName else {
      throw InferenceError(
        "reading \(archive): the source archive has the name of what was shipped, and both lie beside the recipe",
        advice: "Give it another name.")
    }
    let sourceIdentity = try context.store.insert(file: archive)
    let subject = WheelSubject(
      name: PythonRequirement.normalised(sdist.name), version: sdist.version, fileName: fileName,
      shipped: .path(fileName, sha256: identity.sha256), source: .path(sourceName, sha256: sourceIdentity.sha256),
      files: [.init(name: fileName, origin: path), .init(name: sourceName, origin: archive)],
      sourceReason: Inference(
        setting: "source", value: sourceName, evidence: "the archive that --source names", confidence: Inference.said))
    let facts = SdistFacts(
      sdist: sdist, source: try SourceListing(archive, name: sourceName), uploaded: uploaded, python: python)
    var plan = SdistPlan()
    var inferences: [Inference] = []
    for rule in SdistRule.all { inferences += rule.apply(facts, &plan) }
    return try await SdistGuess.make(subject, facts, plan, inferences: inferences, context)
  }

  /// When the index got this very file; nil where it does not list it.
  private func uploadTime(
    of sdist: SdistFile, _ digest: SHA256Digest, _ context: InferenceContext
  ) async -> Int64? {
    do {
      let listed = try await context.fetcher.pythonProject(sdist.name)?.files.first { $0.sha256 == digest }
      if let listed { return listed.uploaded }
      context.progress.report(
        .notice("the index lists no file with the bytes of \(sdist.fileName), so its upload tells nothing."))
    } catch {
      context.progress.report(.notice("nothing is known of when it was uploaded: \(error.message)"))
    }
    return nil
  }

  /// Without the tree that it was made of: what it tells, as the start of a recipe.
  private func start(
    _ sdist: SdistFile, _ shipped: ShippedReference, _ context: InferenceContext
  ) async throws -> any Guess {
    var draft = try await FileKind().guess(shipped, context).draft
    draft.recipe.name = PythonRequirement.normalised(sdist.name)
    draft.recipe.version = sdist.version
    draft.inferences.insert(
      Inference(
        setting: "artifacts", value: "the source distribution of \(sdist.name) \(sdist.version)",
        evidence: "its PKG-INFO, of Metadata-Version \(sdist.metadata["Metadata-Version"] ?? "none"), says so",
        confidence: Inference.said), at: 0)
    draft.questions = [
      "which tree was it made of? Give the version control system's archive of it with --source, then the rest follows."
    ]
    return FileGuess(draft: draft)
  }
}
