import Archives
import Digests
import Formats
import Model
import Signatures

/// Puts shipped files together from the rebuilt ones and what the exceptions declare.
struct Reconstructor: Sendable {
  let explainer: Explainer
  let exceptions: [DeclaredException]

  /// The most bytes of patches of one artifact.
  static let patchLimit: Int64 = 64 << 20

  /// What accounts for the differing bytes of a pair, and what came of its reconstruction; nil without exceptions.
  func explain(_ pair: PartPair) async throws -> (Explanation, Outcome?) {
    var found = try await explainer.explain(pair)
    guard !exceptions.isEmpty else { return (found, nil) }
    let outcome = try await reconstruct(pair)
    outcome.mark(&found.differences, exceptions)
    return (found, outcome)
  }

  /// Reconstructs one file whose bytes differ.
  func reconstruct(_ pair: PartPair) async throws -> Outcome {
    do {
      return try await reconstructed(pair)
    } catch let refusal as Refused {
      return Outcome(refusals: refusal.items)
    } catch let error as Unexplainable {
      let reason = error.shipped ?? error.rebuilt ?? "it cannot be read"
      return Outcome(refusals: Refused(path: pair.path, reason: reason).items)
    } catch let error as FormatError {
      if case .unreadable(let cause) = error { throw cause }
      return Outcome(refusals: Refused(path: pair.path, reason: error.text).items)
    } catch let error as SignatureError {
      return Outcome(refusals: Refused(path: pair.path, error).items)
    }
  }

  private func reconstructed(_ pair: PartPair) async throws -> Outcome {
    var outcome = Outcome()
    let plan = try await plan(pair)
    try ReconstructionPatches(exceptions: exceptions).add(plan, to: &outcome)
    let digest = try await ReconstructedBytes(plan: plan).digest(&outcome.decodedOnly)
    guard try digest == BytesText.digest(pair.shipped, 0..<pair.shipped.size) else {
      throw Refused(path: pair.path, reason: "what was put together is not the shipped file")
    }
    outcome.sha256 = outcome.decodedOnly.isEmpty ? digest : nil
    return outcome
  }

  /// How a file is put together; throws `Refused` where it cannot.
  ///
  /// - Parameters:
  ///   - pair: the file.
  ///   - jar: the signature of the jar that it is in.
  func plan(_ pair: PartPair, jar: JarSignature.Found? = nil) async throws -> ReconstructionPlan {
    if Task.isCancelled { throw ComparisonError.cancelled }
    if pair.shipped.size == pair.rebuilt.size,
      try Content.equal(pair.shipped, at: 0, pair.rebuilt, at: 0, count: pair.shipped.size)
    {
      return ReconstructionPlan(pair: pair, holes: [])
    }
    var holes = try DeclaredPlaces(pair: pair, exceptions: exceptions).holes()
    if let jar, let manifest = try JarSignature.hole(pair, jar) { holes.append(manifest) }
    do {
      try pair.requireSame(between: holes)
    } catch is Refused {
      holes += try await StructureHoles(reconstructor: self, pair: pair, declared: holes).find()
      holes.sort {
        ($0.shipped.lowerBound, $0.shipped.upperBound, $0.rebuilt.lowerBound)
          < ($1.shipped.lowerBound, $1.shipped.upperBound, $1.rebuilt.lowerBound)
      }
      try pair.requireSame(between: holes)
    }
    return ReconstructionPlan(pair: pair, holes: holes)
  }
}
