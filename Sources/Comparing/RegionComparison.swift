import Formats
import Model

/// Compares two regions whose bytes are known to differ.
struct RegionComparison: Sendable {
  private let layout: LayoutComparison
  private let disassembly: Disassembly?

  init(_ layout: LayoutComparison, _ disassembly: Disassembly? = nil) {
    self.layout = layout
    self.disassembly = disassembly
  }

  private var pair: PartPair { layout.pair }

  /// One difference for two values.
  func values(
    _ regions: LayoutComparison.RegionPair, _ encoding: Encoding, _ other: Encoding
  ) throws -> Explanation {
    var shipped = try value(.shipped, regions.shipped)
    var rebuilt = try value(.rebuilt, regions.rebuilt)
    if shipped == rebuilt {
      shipped += " (\(try BytesText.text(pair.shipped, regions.shipped.range)))"
      rebuilt += " (\(try BytesText.text(pair.rebuilt, regions.rebuilt.range)))"
    }
    return found(regions, kind: .value, shipped: shipped, rebuilt: rebuilt)
  }

  /// What accounts for the bytes that differ.
  func explain(_ regions: LayoutComparison.RegionPair) async throws -> Explanation {
    do {
      if let joined = regions.joined { return try await files(regions, joined) }
      switch (regions.shipped.shape, regions.rebuilt.shape) {
      case (.structure(let structure), .structure(let other)):
        return try await structures(regions, structure, other)
      case (.file(let codec, let name, let whole), .file(let otherCodec, _, let otherWhole)):
        return try await files(
          regions, (codec, whole ?? regions.shipped.range), (otherCodec, otherWhole ?? regions.rebuilt.range),
          name: name)
      default: return try opaque(regions, notes: Unexplainable())
      }
    } catch let error as Unexplainable {
      guard let joined = regions.joined else { return try opaque(regions, notes: error) }
      return try stretches(regions, joined, notes: error)
    }
  }

  private func structures(
    _ regions: LayoutComparison.RegionPair, _ structure: any Structure, _ other: any Structure
  ) async throws -> Explanation {
    if let table = structure as? any RowTable, let otherTable = other as? any RowTable,
      let found = try self.table(regions, table, otherTable)
    {
      return found
    }
    if let found = try numbersOnly(regions, structure, other) { return found }
    var sources = (pair.shipped.source(), pair.rebuilt.source())
    let shipped = try structure.layout(of: &sources.0, regions.shipped.range)
    let rebuilt = try other.layout(of: &sources.1, regions.rebuilt.range)
    guard shipped.regions.contains(where: { !$0.isGap }), rebuilt.regions.contains(where: { !$0.isGap }) else {
      throw Unexplainable(shipped: shipped.note, rebuilt: rebuilt.note)
    }
    var inner = LayoutComparison(
      explainer: layout.explainer,
      pair: PartPair(path: regions.path, shipped: pair.shipped, rebuilt: pair.rebuilt, depth: pair.depth),
      format: layout.format, shipped: shipped, rebuilt: rebuilt)
    inner.within = regions.shipped
    var found = try await inner.explain()
    found.differences = DifferenceFolding.folded(
      found.differences, of: layout.regionName(regions.shipped, regions.prefix), at: regions.path)
    // The parts may be the same ones at other places.
    if found.differences.isEmpty { found = try opaque(regions, notes: Unexplainable()) }
    if !pair.isDrawn { found.stretches = [] }
    return found
  }

  /// Regions that mean the same, with other numbers for what they refer to; nil where they do not.
  private func numbersOnly(
    _ regions: LayoutComparison.RegionPair, _ structure: any Structure, _ other: any Structure
  ) throws -> Explanation? {
    guard let ours = structure as? any ResolvedStructure, let theirs = other as? any ResolvedStructure else {
      return nil
    }
    var sources = (pair.shipped.source(), pair.rebuilt.source())
    do throws(FormatError) {
      guard let meaning = try ours.meaning(&sources.0, regions.shipped.range),
        try theirs.meaning(&sources.1, regions.rebuilt.range) == meaning
      else { return nil }
    } catch {
      if case .unreadable(let cause) = error { throw cause }
      return nil
    }
    // What the numbers stand for is the same, and where that is follows from what else is there.
    return found(
      regions, kind: .value, shipped: try BytesText.text(pair.shipped, regions.shipped.range),
      rebuilt: try BytesText.text(pair.rebuilt, regions.rebuilt.range), role: .offset)
  }

  /// Long tables row by row; nil for what is short or no table after all.
  private func table(
    _ regions: LayoutComparison.RegionPair, _ table: any RowTable, _ other: any RowTable
  ) throws -> Explanation? {
    var sources = (pair.shipped.source(), pair.rebuilt.source())
    let rows: (TableRows, TableRows)
    do throws(FormatError) {
      rows = (
        try table.rows(&sources.0, regions.shipped.range), try other.rows(&sources.1, regions.rebuilt.range)
      )
    } catch {
      if case .unreadable(let cause) = error { throw cause }
      return nil
    }
    guard max(rows.0.keys.count, rows.1.keys.count) > TableComparison.usualRows else { return nil }
    var found = TableComparison(layout: layout, regions: regions, shipped: rows.0, rebuilt: rows.1).explain()
    if !pair.isDrawn { found?.stretches = [] }
    return found
  }

  private func files(
    _ regions: LayoutComparison.RegionPair, _ shipped: (Codec?, Range<Int64>), _ rebuilt: (Codec?, Range<Int64>),
    name: String?
  ) async throws -> Explanation {
    let explainer = layout.explainer
    try explainer.requireDepth(pair)
    async let decoded = decode(.shipped, shipped)
    async let otherDecoded = decode(.rebuilt, rebuilt)
    let contents = try Unexplainable.both(await (decoded, otherDecoded))
    let isStored = shipped.0 == nil && rebuilt.0 == nil
    if contents.0.size == contents.1.size,
      try Content.equal(contents.0, at: 0, contents.1, at: 0, count: contents.0.size)
    {
      let note = "the same contents, compressed differently"
      return found(
        regions, kind: .bytes, shipped: "\(note): \(shipped.1.count) bytes",
        rebuilt: "\(note): \(rebuilt.1.count) bytes", role: .compression)
    }
    let inner = PartPair(
      path: try innerPath(regions, name, isStored: isStored, contents), shipped: contents.0, rebuilt: contents.1,
      depth: pair.depth + 1)
    var explanation = try await explainer.explain(inner)
    guard isStored else {
      explanation.shipped = Explanation.Tally()
      explanation.rebuilt = Explanation.Tally()
      explanation.stretches = []
      count(regions, &explanation)
      return explanation
    }
    if pair.isDrawn, explanation.stretches.isEmpty {
      let gravest: Accounting.State = explanation.shipped.unexplained > 0 ? .unexplained : .named
      explanation.stretches = [Stretch(offset: 0, length: regions.shipped.length, state: gravest)]
    }
    for index in explanation.stretches.indices { explanation.stretches[index].offset += regions.shipped.offset }
    return explanation
  }

  /// A file in several stretches, whose regions have no differences of their own.
  private func files(_ regions: LayoutComparison.RegionPair, _ joined: JoinedPair) async throws -> Explanation {
    let explainer = layout.explainer
    try explainer.requireDepth(pair)
    let isStored = joined.shipped.codec == nil && joined.rebuilt.codec == nil
    async let decoded = join(.shipped, joined.shipped)
    async let otherDecoded = join(.rebuilt, joined.rebuilt)
    let contents = try Unexplainable.both(await (decoded, otherDecoded))
    var explanation: Explanation
    if contents.0.size == contents.1.size,
      try Content.equal(contents.0, at: 0, contents.1, at: 0, count: contents.0.size)
    {
      let note = "the same contents, " + (isStored ? "" : "compressed differently, ")
      explanation = found(
        regions, kind: .bytes, shipped: "\(note)in \(joined.shipped.pieces.count) stretches",
        rebuilt: "\(note)in \(joined.rebuilt.pieces.count) stretches", role: isStored ? .offset : .compression)
    } else {
      let inner = PartPair(
        path: try innerPath(regions, joined.shipped.name, isStored: isStored, contents), shipped: contents.0,
        rebuilt: contents.1, depth: pair.depth + 1)
      explanation = try await explainer.explain(inner)
    }
    explanation.shipped = Explanation.Tally()
    explanation.rebuilt = Explanation.Tally()
    explanation.stretches = []
    for region in joined.differing.shipped {
      explanation.count(
        shipped: region.length, rebuilt: 0, at: region.offset, named: layout.isNamed(region), drawn: pair.isDrawn)
    }
    for region in joined.differing.rebuilt {
      explanation.count(
        shipped: 0, rebuilt: region.length, at: region.offset, named: layout.isNamed(region), drawn: pair.isDrawn)
    }
    return explanation
  }

  /// The stretches of a file that cannot be put together, each for itself.
  private func stretches(
    _ regions: LayoutComparison.RegionPair, _ joined: JoinedPair, notes: Unexplainable
  ) throws -> Explanation {
    var explanation = Explanation()
    let both = zip(joined.differing.shipped, joined.differing.rebuilt)
    for (region, counterpart) in both {
      explanation.append(
        try opaque(
          LayoutComparison.RegionPair(
            shipped: region, rebuilt: counterpart, path: regions.path, prefix: regions.prefix), notes: notes))
    }
    let count = Swift.min(joined.differing.shipped.count, joined.differing.rebuilt.count)
    for region in joined.differing.shipped.dropFirst(count) {
      explanation.append(try layout.alone(.shipped, region, regions.path, regions.prefix))
    }
    for region in joined.differing.rebuilt.dropFirst(count) {
      explanation.append(try layout.alone(.rebuilt, region, regions.path, regions.prefix))
    }
    guard explanation.differences.isEmpty else { return explanation }
    let words = "stretches in another order"
    return found(
      regions, kind: .order, shipped: notes.shipped ?? words, rebuilt: notes.rebuilt ?? words, role: .order)
  }

  private func join(_ side: Side, _ file: JoinedFile) async -> Result<Content, any Error> {
    await DecodedContent(side: side, explainer: layout.explainer, depth: pair.depth)
      .join(side == .shipped ? pair.shipped : pair.rebuilt, file)
  }

  private func innerPath(
    _ regions: LayoutComparison.RegionPair, _ name: String?, isStored: Bool, _ contents: (Content, Content)
  ) throws -> [String] {
    try InnerPath(formats: layout.explainer.formats, within: pair.path)
      .path(regions.path, name: name, isStored: isStored, contents)
  }

  private func decode(_ side: Side, _ encoded: (codec: Codec?, range: Range<Int64>)) async -> Result<Content, any Error>
  {
    let part = (side == .shipped ? pair.shipped : pair.rebuilt).part(encoded.range)
    guard let codec = encoded.codec else { return Result { try part.atHand() } }
    return await DecodedContent(side: side, explainer: layout.explainer, depth: pair.depth).decode(part, codec)
  }

  /// Bytes without structure: each stretch that differs.
  private func opaque(_ regions: LayoutComparison.RegionPair, notes: Unexplainable) throws -> Explanation {
    let name = layout.regionName(regions.shipped, regions.prefix)
    return try OpaqueComparison(
      pair: PartPair(path: regions.path, shipped: pair.shipped, rebuilt: pair.rebuilt, depth: pair.depth),
      region: name, format: layout.format, role: regions.shipped.role, notes: notes,
      isNamed: layout.isNamed(regions.shipped), isDrawn: pair.isDrawn,
      instructions: (
        disassembly?.instructions(.shipped, regions.shipped), disassembly?.instructions(.rebuilt, regions.rebuilt)
      )
    ).explain(regions.shipped.range, regions.rebuilt.range)
  }

  /// What a region has, for people.
  func value(_ side: Side, _ region: Region) throws -> String {
    let content = side == .shipped ? pair.shipped : pair.rebuilt
    guard case .field(let encoding) = region.shape else { return try BytesText.text(content, region.range) }
    guard region.length <= Int64(Encoding.textLimit) else { return try BytesText.text(content, region.range) }
    return encoding.text(try content.bytes(at: region.offset, count: Int(region.length)))
  }

  /// What a whole group has, for people.
  func summary(_ side: Side, _ regions: [Region]) throws -> String {
    let content = side == .shipped ? pair.shipped : pair.rebuilt
    for region in regions {
      guard case .file(let codec, _, _) = region.shape else { continue }
      let packed = codec.map { " (\($0.rawValue))" } ?? ""
      return "file, \(region.length) bytes\(packed), sha256 \(try BytesText.digest(content, region.range).hex)"
    }
    var values: [String] = []
    for region in regions.prefix(4) { values.append("\(region.name) \(try value(side, region))") }
    let rest = regions.count > 4 ? ", … \(regions.count - 4) more" : ""
    return values.joined(separator: ", ") + rest
  }

  private func found(
    _ regions: LayoutComparison.RegionPair, kind: Difference.Kind, shipped: String, rebuilt: String,
    role: Difference.Role? = nil
  ) -> Explanation {
    var found = Explanation()
    found.differences = [
      Difference(
        path: regions.path, region: layout.regionName(regions.shipped, regions.prefix), format: layout.format,
        role: role ?? regions.shipped.role, kind: kind, offset: regions.shipped.offset,
        length: max(regions.shipped.length, regions.rebuilt.length), shipped: shipped, rebuilt: rebuilt)
    ]
    count(regions, &found)
    return found
  }

  private func count(_ regions: LayoutComparison.RegionPair, _ found: inout Explanation) {
    found.count(
      shipped: regions.shipped.length, rebuilt: regions.rebuilt.length, at: regions.shipped.offset,
      named: layout.isNamed(regions.shipped), drawn: pair.isDrawn)
  }
}

extension Region {
  var range: Range<Int64> { offset..<end }
}

/// The paths of files within a file.
struct InnerPath: Sendable {
  let formats: [any Format]
  /// The path of the file that they are in.
  let within: [String]

  /// A compressed file's content is a file of its own, unless it is an archive, which people take for one with it.
  func path(
    _ path: [String], name: String?, isStored: Bool, _ contents: (Content, Content)
  ) throws -> [String] {
    if let name { return path + [name] }
    guard !isStored, path == within else { return path }
    for content in [contents.0, contents.1] {
      var source = content.source()
      let head = try FileHead(&source, name: nil)
      let format = formats.first { $0.recognises(head) }?.name
      if format == "tar" || format == "cpio" { return path }
    }
    return path + [CompressedName.inner(within.last)]
  }
}

/// Names of compressed files.
enum CompressedName {
  private static let suffixes = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lz", ".lzma", ".Z"]

  /// The name without the suffix of the compression; "content" where there is none.
  static func inner(_ name: String?) -> String {
    let last = name?.split(separator: "/").last.map(String.init) ?? ""
    let suffix = suffixes.first { last.hasSuffix($0) && last.count > $0.count }
    return suffix.map { String(last.dropLast($0.count)) } ?? "content"
  }
}
