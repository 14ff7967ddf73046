import Model

/// Tells the places of a plan as patches, and each byte that is changed.
struct ReconstructionPatches {
  let exceptions: [DeclaredException]

  /// Adds the patches of a plan and of those within it.
  func add(_ plan: ReconstructionPlan, to outcome: inout Reconstructor.Outcome) throws {
    let pair = plan.pair
    for hole in plan.holes {
      var made: [UInt8]?
      var patch = Reconstruction.Patch(
        path: pair.path, offset: hole.shipped.lowerBound, removed: "", inserted: "", what: "", exception: nil)
      switch hole.filling {
      case .part(let inner), .compressed(let inner, _):
        try add(inner, to: &outcome)
        continue
      case .inserted(let exception, let what, let signer):
        (patch.exception, patch.what, patch.signer) = (exception, what, signer)
      case .derived(let bytes, let what): (made, patch.what) = (bytes, what)
      }
      outcome.places.append(
        Reconstructor.Outcome.Place(path: hole.path ?? pair.path, shipped: hole.shipped, exception: patch.exception))
      let size = Int64(hole.shipped.count) + Int64(hole.rebuilt.count)
      outcome.patchBytes += min(size, Reconstructor.patchLimit + 1)
      guard outcome.patchBytes <= Reconstructor.patchLimit else {
        throw Refused(
          path: pair.path, reason: "the declared places have more than \(Reconstructor.patchLimit) bytes together")
      }
      let inserted = try made ?? pair.shipped.bytes(at: hole.shipped.lowerBound, count: hole.shipped.count)
      let removed = try pair.rebuilt.bytes(at: hole.rebuilt.lowerBound, count: hole.rebuilt.count)
      outcome.patches += Self.runs(patch, inserted, removed)
    }
  }

  /// More runs than these are told as one patch.
  private static let runLimit = 1024

  /// One patch for each run of bytes that differ; one for a whole signature, and for all where the lengths differ.
  private static func runs(
    _ patch: Reconstruction.Patch, _ inserted: [UInt8], _ removed: [UInt8]
  ) -> [Reconstruction.Patch] {
    func part(_ range: Range<Int>, _ other: Range<Int>) -> Reconstruction.Patch {
      var part = patch
      part.offset += Int64(range.lowerBound)
      part.inserted = Hexadecimal.string(inserted[range])
      part.removed = Hexadecimal.string(removed[other])
      return part
    }
    let whole = [part(inserted.indices, removed.indices)]
    guard inserted.count == removed.count, patch.signer == nil else { return whole }
    var patches: [Reconstruction.Patch] = []
    var index = 0
    while index < inserted.count {
      guard patches.count < runLimit else { return whole }
      guard inserted[index] != removed[index] else {
        index += 1
        continue
      }
      let start = index
      while index < inserted.count, inserted[index] != removed[index] { index += 1 }
      patches.append(part(start..<index, start..<index))
    }
    return patches
  }
}
