import Formats
import Model
import SystemPackage

/// Finds out which parts of two files make their bytes differ, and parts of these.
struct Explainer: Sendable {
  let limits: ComparisonLimits
  let budget: UnpackingBudget
  let formats: [any Format]
  let disassembler: Disassembler?

  init(
    limits: ComparisonLimits, progress: any ProgressSink, formats: [any Format] = FormatList.all,
    disassembler: Disassembler? = nil
  ) {
    self.limits = limits
    self.disassembler = disassembler
    self.formats = formats
    budget = UnpackingBudget(limit: limits.unpackedBytes, progress: progress)
  }

  /// What accounts for the differing bytes of a pair, with the accounting of the pair itself first.
  func explain(_ pair: PartPair) async throws -> Explanation {
    if Task.isCancelled { throw ComparisonError.cancelled }
    var (found, format) = try await read(pair)
    // Bytes decide: where a format sees no reason, all bytes are unexplained.
    if found.differences.isEmpty {
      found = try opaque(pair, Unexplainable(shipped: "the same parts", rebuilt: "the same parts"))
      format = nil
    }
    precondition(!found.differences.isEmpty, "unequal bytes need an explanation")
    found.inner.insert(found.accounting(of: pair, format: format), at: 0)
    return found
  }

  /// Reads both sides as the first format that fits them, and names it.
  private func read(_ pair: PartPair) async throws -> (Explanation, String?) {
    let heads = (shipped: try head(pair.shipped, pair.path), rebuilt: try head(pair.rebuilt, pair.path))
    var notes = Unexplainable()
    for format in formats where format.recognises(heads.shipped) && format.recognises(heads.rebuilt) {
      let layouts = try await layouts(pair, format)
      notes = Unexplainable(shipped: layouts.shipped.note, rebuilt: layouts.rebuilt.note)
      guard layouts.shipped.isUseful, layouts.rebuilt.isUseful else { continue }
      // Text that breaks the rules of its format is still text.
      if notes.shipped != nil || notes.rebuilt != nil, let found = try text(pair, heads) { return (found, "text") }
      let comparison = LayoutComparison(
        explainer: self, pair: pair, format: format.name, shipped: layouts.shipped, rebuilt: layouts.rebuilt)
      return (try await members(pair, format) + comparison.explain(), format.name)
    }
    do {
      if let found = try await ArchiveListingComparison(explainer: self).explain(pair, heads.shipped, heads.rebuilt) {
        return (found, "archive")
      }
    } catch let error as Unexplainable {
      notes = error
    }
    if let found = try text(pair, heads) { return (found, "text") }
    if notes.shipped == nil, notes.rebuilt == nil {
      let kinds = (kind(heads.shipped), kind(heads.rebuilt))
      if kinds.0 != kinds.1 { notes = Unexplainable(shipped: kinds.0, rebuilt: kinds.1) }
    }
    return (try opaque(pair, notes), nil)
  }

  /// Line by line; nil where one of the two is no text.
  private func text(_ pair: PartPair, _ heads: (shipped: FileHead, rebuilt: FileHead)) throws -> Explanation? {
    guard [heads.shipped, heads.rebuilt].allSatisfy({ TextComparison.isText($0.bytes, cutAtEnd: $0.isCut) }) else {
      return nil
    }
    return try TextComparison(pair: pair).explanation()
  }

  /// What only unpacking finds out about the members of some archives; nothing where it fails.
  private func members(_ pair: PartPair, _ format: any Format) async throws -> Explanation {
    guard ArchiveListingComparison.completed.contains(format.name) else { return Explanation() }
    do {
      return try await ArchiveListingComparison(explainer: self).members(pair)
    } catch is Unexplainable {
      return Explanation()
    }
  }

  /// Throws when a container is within too many others to be opened.
  func requireDepth(_ pair: PartPair) throws(Unexplainable) {
    guard pair.depth < limits.depth else {
      let note = "not opened, for it is within \(pair.depth) others"
      throw Unexplainable(shipped: note, rebuilt: note)
    }
  }

  /// Both sides laid out at once.
  private func layouts(_ pair: PartPair, _ format: any Format) async throws -> (shipped: Layout, rebuilt: Layout) {
    async let shipped = layout(pair.shipped, format)
    let rebuilt = try await layout(pair.rebuilt, format)
    return (try await shipped, rebuilt)
  }

  @concurrent private func layout(_ content: Content, _ format: any Format) async throws -> Layout {
    var source = content.source()
    return try format.layout(of: &source)
  }

  private func opaque(_ pair: PartPair, _ notes: Unexplainable) throws -> Explanation {
    try OpaqueComparison(
      pair: pair, region: nil, format: nil, role: nil, notes: notes, isNamed: false, isDrawn: pair.isDrawn
    ).explain(0..<pair.shipped.size, 0..<pair.rebuilt.size)
  }

  private func head(_ content: Content, _ path: [String]) throws -> FileHead {
    var source = content.source()
    return try FileHead(&source, name: path.last.map { String($0.split(separator: "/").last ?? "") })
  }

  private func kind(_ head: FileHead) -> String {
    if head.bytes.isEmpty { return "empty" }
    if let format = formats.first(where: { $0.recognises(head) }) { return "\(format.name) file" }
    return TextComparison.isText(head.bytes, cutAtEnd: head.isCut) ? "text" : "of no known format"
  }
}

extension Layout {
  /// Whether it names anything.
  fileprivate var isUseful: Bool { regions.contains { !$0.isGap } }
}

extension FileHead {
  /// Whether there is more of the file.
  var isCut: Bool { size > Int64(bytes.count) }
}
