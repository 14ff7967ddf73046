import Model
import SystemPackage

/// Finds out which parts of two files make their bytes differ, and parts of these.
struct Explainer: Sendable {
  let limits: ComparisonLimits
  let budget: UnpackingBudget
  let formats: [any Format]

  init(limits: ComparisonLimits, progress: any ProgressSink, formats: [any Format] = FormatList.all) {
    self.limits = limits
    self.formats = formats
    budget = UnpackingBudget(limit: limits.unpackedBytes, progress: progress)
  }

  /// The differences of two contents; none exactly when their bytes are equal.
  func differences(path: [String], shipped: Content, rebuilt: Content, depth: Int) async throws -> [Difference] {
    let bytes = try await ByteComparison.compare(shipped, rebuilt, hashing: false)
    guard !bytes.equal else { return [] }
    return try await explain(
      PartPair(path: path, shipped: shipped, rebuilt: rebuilt, bytes: bytes, depth: depth))
  }

  /// The differences of a pair whose bytes differ; at least one.
  func explain(_ pair: PartPair) async throws -> [Difference] {
    if Task.isCancelled { throw ComparisonError.cancelled }
    let heads = (shipped: try ContentHead(pair.shipped), rebuilt: try ContentHead(pair.rebuilt))
    var refusal = Unexplainable(shipped: nil, rebuilt: nil)
    var samePacking = false
    for format in formats where format.recognises(heads.shipped) && format.recognises(heads.rebuilt) {
      do {
        let found = try await format.explain(pair, with: self)
        if !found.isEmpty { return found }
        samePacking = true
      } catch let error as Unexplainable {
        refusal = error
        continue
      }
      break
    }
    if samePacking { return [try Unexplained.packing(pair)] }
    if refusal.shipped == nil, refusal.rebuilt == nil {
      let kinds = (kind(heads.shipped), kind(heads.rebuilt))
      if kinds.0 != kinds.1 { refusal = Unexplainable(shipped: kinds.0, rebuilt: kinds.1) }
    }
    return [try Unexplained.bytes(pair, notes: refusal)]
  }

  /// Throws when a container is within too many others to be opened.
  func requireDepth(_ pair: PartPair) throws(Unexplainable) {
    guard pair.depth < limits.depth else {
      let note = "not opened, for it is within \(pair.depth) others"
      throw Unexplainable(shipped: note, rebuilt: note)
    }
  }

  private func kind(_ head: ContentHead) -> String {
    if head.bytes.isEmpty { return "empty" }
    return formats.first { $0.recognises(head) }?.name(of: head) ?? "of no known format"
  }
}

/// Differences that no format accounts for: an empty explanation of unequal bytes is impossible.
enum Unexplained {
  /// Bytes of one content, with what is known about either side.
  static func bytes(_ pair: PartPair, notes: Unexplainable) throws(ComparisonError) -> Difference {
    try difference(pair, region: nil, shipped: notes.shipped, rebuilt: notes.rebuilt)
  }

  /// Containers whose members and their metadata are all the same.
  static func packing(_ pair: PartPair) throws(ComparisonError) -> Difference {
    let note = "same members, packed differently"
    return try difference(pair, region: "packing", shipped: note, rebuilt: note)
  }

  static func difference(
    _ pair: PartPair, region: String?, shipped: String?, rebuilt: String?
  ) throws(ComparisonError) -> Difference {
    let offset = pair.bytes.firstDifference ?? 0
    func value(_ note: String?, _ content: Content) throws(ComparisonError) -> String {
      let bytes = HexContext.text(try content.bytes(at: offset, count: HexContext.length))
      return note.map { "\($0): \(bytes)" } ?? bytes
    }
    return Difference(
      path: pair.path, region: region, kind: .bytes, offset: offset, length: pair.bytes.differingBytes,
      shipped: try value(shipped, pair.shipped), rebuilt: try value(rebuilt, pair.rebuilt))
  }
}
