import Comparing
import Digests
import Model
import Rebuilding
import RecipeFormat
import Sandbox
import Store
import SystemPackage

/// The last stages of a check: build, compare, and when the bytes differ build once more.
struct RebuildStages: Sendable {
  /// A shipped artifact: what the lock calls it, and its bytes in the store.
  struct Shipped: Sendable {
    let identity: FileIdentity
    let path: FilePath
  }

  let recipe: Recipe
  let rebuild: Rebuild
  let engine: SandboxEngine
  let store: Store
  let evidence: EvidenceFolder
  let clock: StageClock
  /// This program's own executable.
  let executable: FilePath
  /// Whether a build that gives other bytes is made once more.
  let buildsAgain: Bool
  /// The build's SOURCE_DATE_EPOCH, which tells the clock from other causes.
  let epoch: Int64?

  /// Fills in the artifacts, the determinism and the verdict of a result.
  func conclude(_ result: inout CheckResult, shipped: [Shipped]) async throws {
    let scratch = try store.makeScratch()
    let first = try await build("build", log: "build.log", scratch)
    result.confinement = first.confinement
    if let failure = first.failure {
      result.reason = failure
      return
    }
    result.artifacts = try await clock.run("compare") {
      let artifacts = try await compare(shipped, with: first.artifacts, scratch)
      let count = artifacts.count { $0.verdict == .reproduced }
      let equivalent = artifacts.count { $0.verdict == .equivalent }
      return (
        artifacts,
        "\(count) of \(artifacts.count) reproduced" + (equivalent > 0 ? ", \(equivalent) equivalent" : "")
      )
    }
    result.verdict = .worst(of: result.artifacts.map(\.verdict))
    result.reason = result.verdict == .inconclusive ? reason(first.artifacts) : nil
    if result.verdict == .different, buildsAgain {
      result.deterministic = try await isDeterministic(first.artifacts)
    }
  }

  private func build(_ stage: String, log: String, _ scratch: ScratchFolder) async throws -> Rebuild.Outcome {
    try await clock.run(stage) {
      let outcome = try await rebuild.run(
        engine: engine, scratch: scratch.path, log: evidence.aside.appending(log), progress: clock.progress)
      return (outcome, outcome.failure == nil ? "finished" : "did not succeed")
    }
  }

  private func compare(
    _ shipped: [Shipped], with rebuilt: [RebuiltArtifact], _ scratch: ScratchFolder
  ) async throws -> [ArtifactResult] {
    var results: [ArtifactResult] = []
    for (index, (shipped, rebuilt)) in zip(shipped, rebuilt).enumerated() {
      let name = shipped.identity.name ?? recipe.artifacts[index].built
      guard case .file(let path) = rebuilt else {
        results.append(ArtifactResult(name: name, verdict: .inconclusive, shipped: shipped.identity, rebuilt: nil))
        continue
      }
      try evidence.copy(path, as: evidenceName("rebuilt", index))
      results.append(try await compare(shipped, path, index, name: name, scratch))
    }
    return results
  }

  /// Compares the bytes here, which decide; what looks into them runs confined.
  private func compare(
    _ shipped: Shipped, _ rebuilt: FilePath, _ index: Int, name: String, _ scratch: ScratchFolder
  ) async throws -> ArtifactResult {
    let bytes = try await ByteComparison.compare(shipped: shipped.path, rebuilt: rebuilt, progress: clock.progress)
    guard let shippedDigest = bytes.shippedDigest, let rebuiltDigest = bytes.rebuiltDigest,
      shippedDigest == shipped.identity.sha256
    else {
      throw CheckError(
        "comparing \(name): its bytes changed after they were checked",
        details: ["locked SHA-256 \(shipped.identity.sha256)"],
        advice: "See that nothing else writes to the store, and run the check again.", inconclusive: .machineFailed)
    }
    var result = ArtifactResult(
      name: name, verdict: bytes.equal ? .reproduced : .different, shipped: shipped.identity,
      rebuilt: FileIdentity(name: builtName(index), sha256: rebuiltDigest, size: bytes.rebuiltSize))
    guard !bytes.equal else { return result }
    let confined = ConfinedComparison(engine: engine, program: executable, scratch: scratch.path)
    let exceptions = recipe.artifacts[index].exceptions
    switch try await confined.run(shipped: shipped.path, rebuilt: rebuilt, exceptions: exceptions, epoch: epoch) {
    case .success(let found):
      let digests = (found.shipped?.sha256, found.rebuilt?.sha256, found.reconstruction?.sha256 ?? shippedDigest)
      guard digests == (shippedDigest, rebuiltDigest, shippedDigest), !found.differences.isEmpty else {
        throw CheckError(
          "explaining why \(name) differs: the confined comparison read other bytes", inconclusive: .machineFailed)
      }
      (result.differences, result.accounting) = (found.differences, found.accounting)
      result.reconstruction = found.reconstruction
      result.reconstruction?.exceptions = exceptions
      if !exceptions.isEmpty, found.reconstruction?.isComplete == true { result.verdict = .equivalent }
    case .failure(let failure):
      clock.progress.report(.notice("explaining why \(name) differs: \(failure.text)"))
      result.differences = [
        Difference(
          id: "d1", path: [], kind: .bytes, offset: bytes.firstDifference, length: bytes.differingBytes,
          shipped: "not explained: \(failure.text)", rebuilt: "not explained: \(failure.text)")
      ]
    }
    return result
  }

  /// Builds once more and says whether all artifacts have the bytes of the first build; nil when that build failed.
  private func isDeterministic(_ first: [RebuiltArtifact]) async throws -> Bool? {
    let scratch = try store.makeScratch()
    let second = try await build("second build", log: "second-build.log", scratch)
    guard second.failure == nil else {
      clock.progress.report(.notice("the second build failed where the first did not; see second-build.log"))
      return nil
    }
    var same = true
    for (index, (one, other)) in zip(first, second.artifacts).enumerated() {
      guard case .file(let firstPath) = one else { continue }
      guard case .file(let secondPath) = other else {
        same = false
        continue
      }
      guard try await ByteComparison.compare(shipped: firstPath, rebuilt: secondPath).equal else {
        same = false
        try evidence.copy(secondPath, as: evidenceName("rebuilt-second", index))
        continue
      }
    }
    return same
  }

  private func reason(_ artifacts: [RebuiltArtifact]) -> InconclusiveReason? {
    let refusals = zip(recipe.artifacts, artifacts).compactMap { artifact, rebuilt -> String? in
      guard case .refused(let why) = rebuilt else { return nil }
      return "\(artifact.built): \(why)"
    }
    guard let first = refusals.first else { return nil }
    return InconclusiveReason(
      kind: .buildFailed, message: "taking the artifact \(first)", details: Array(refusals.dropFirst()),
      advice: "The recipe's `built` must name a regular file that the build leaves; build.log has the whole output.")
  }

  private func builtName(_ index: Int) -> String {
    FilePath(recipe.artifacts[index].built).lastComponent?.string ?? "artifact"
  }

  /// The name of a rebuilt artifact in the evidence; numbered where two artifacts have the same name.
  private func evidenceName(_ folder: String, _ index: Int) -> String {
    let name = builtName(index)
    let same = (0..<index).count { builtName($0) == name }
    return "\(folder)/" + (same == 0 ? name : "\(same + 1)-\(name)")
  }
}
