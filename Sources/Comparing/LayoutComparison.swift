import Formats
import Model

/// Compares two files of one format region by region; what the format does not name is compared as well.
struct LayoutComparison: Sendable {
  let explainer: Explainer
  let pair: PartPair
  /// The name of the format.
  let format: String
  let shipped: Layout
  let rebuilt: Layout
  /// The name of the region that the layouts are of; nil when they are of whole files.
  var within: Region?

  /// Regions on both sides that correspond and whose bytes differ.
  struct RegionPair: Sendable {
    let shipped: Region
    let rebuilt: Region
    /// The path of a file in the region.
    let path: [String]
    /// What is put before a region's name.
    let prefix: String
    /// The file in several stretches that the regions are of, where they are.
    var joined: JoinedPair?
  }

  /// A part of the report, in order; what takes time is done by several at once.
  enum Part: Sendable {
    case done(Explanation)
    case pending(RegionPair)
  }

  /// What accounts for the bytes that differ.
  func explain() async throws -> Explanation {
    let groups = (GroupedRegions(shipped), GroupedRegions(rebuilt))
    var pairing = GroupPairing(shipped, rebuilt)
    try joinRenamed(&pairing, groups)
    var parts: [Part] = []
    var order = RegionOrder(shipped: shipped, rebuilt: rebuilt)
    for pair in pairing.pairs {
      switch (pair.shipped, pair.rebuilt) {
      case (let ours?, let theirs?):
        try compare(ours, groups.0[ours], theirs, groups.1[theirs], &parts, &order)
      case (let ours?, nil):
        if let part = try alone(.shipped, shipped, ours, groups.0[ours]) { parts.append(part) }
      case (nil, let theirs?):
        if let part = try alone(.rebuilt, rebuilt, theirs, groups.1[theirs]) { parts.append(part) }
      case (nil, nil): break
      }
    }
    var found = Explanation()
    found.differences = order.differences(pairing).map { difference in
      var difference = difference
      (difference.path, difference.format) = (self.pair.path, format)
      return difference
    }
    for explanation in try await finish(parts) { found.append(explanation) }
    found.differences = LoneEntries.folded(found.differences, of: self.pair.path)
    if within == nil {
      found.differences = DifferenceFolding.folded(found.differences, of: nil, at: self.pair.path)
      found.differences = DebugFolding.folded(found.differences, of: format, at: self.pair.path)
    }
    if within == nil, shipped.note != rebuilt.note {
      found.differences.insert(
        Difference(
          path: pair.path, region: "rules of the format", format: format, kind: .value, shipped: shipped.note ?? "kept",
          rebuilt: rebuilt.note ?? "kept"), at: 0)
    }
    return found
  }

  private func joinRenamed(
    _ pairing: inout GroupPairing, _ groups: (GroupedRegions, GroupedRegions)
  ) throws(ComparisonError) {
    var alone = pairing.alone(shipped, rebuilt)
    guard !alone.shipped.isEmpty, !alone.rebuilt.isEmpty else { return }
    pairing.join(
      MemberSimilarity.sameButForNumbers(
        alone.shipped.map { ($0, shipped.groups[$0].name) }, alone.rebuilt.map { ($0, rebuilt.groups[$0].name) }))
    alone = pairing.alone(shipped, rebuilt)
    var sketches: ([MemberSimilarity.Sketch], [MemberSimilarity.Sketch]) = ([], [])
    for index in alone.shipped.prefix(MemberSimilarity.limit) {
      if let sketch = try MemberSimilarity.sketch(index, of: shipped, groups.0[index], pair.shipped) {
        sketches.0.append(sketch)
      }
    }
    for index in alone.rebuilt.prefix(MemberSimilarity.limit) {
      if let sketch = try MemberSimilarity.sketch(index, of: rebuilt, groups.1[index], pair.rebuilt) {
        sketches.1.append(sketch)
      }
    }
    pairing.join(MemberSimilarity.pairs(sketches.0, sketches.1))
  }

  /// Compares the regions of a group that both sides have.
  private func compare(
    _ ours: Int, _ ourRegions: ArraySlice<Int32>, _ theirs: Int, _ theirRegions: ArraySlice<Int32>,
    _ parts: inout [Part], _ order: inout RegionOrder
  ) throws {
    let (group, other) = (shipped.groups[ours], rebuilt.groups[theirs])
    let path = path(group, renamedTo: group.name == other.name ? nil : other)
    let prefix = group.isMember || group.name.isEmpty ? "" : group.name + " "
    if group.isMember, group.name != other.name {
      var moved = Explanation()
      moved.differences = [
        Difference(
          path: path, region: "name", format: format, role: .name, kind: .moved, shipped: group.name,
          rebuilt: other.name)
      ]
      parts.append(.done(moved))
    }
    var byKey: [RegionKey: Int32] = [:]
    let aligned =
      ourRegions.count == theirRegions.count
      && zip(ourRegions, theirRegions).allSatisfy {
        RegionKey(shipped.regions[Int($0)]) == RegionKey(rebuilt.regions[Int($1)])
      }
    if !aligned { for index in theirRegions { byKey[RegionKey(rebuilt.regions[Int(index)])] = index } }
    var joined = JoinedPair(shipped.joined[ours], rebuilt.joined[theirs])
    var first: (Region, Region)?
    for (place, index) in ourRegions.enumerated() {
      let region = shipped.regions[Int(index)]
      let partner =
        aligned ? theirRegions[theirRegions.startIndex + place] : byKey.removeValue(forKey: RegionKey(region))
      guard let partner else {
        guard joined?.take(.shipped, alone: region) != true else { continue }
        parts.append(.done(try alone(.shipped, region, path, prefix)))
        continue
      }
      order.pair(Int(index), Int(partner))
      let counterpart = rebuilt.regions[Int(partner)]
      if first == nil, joined?.holds(region, counterpart) == true { first = (region, counterpart) }
      guard
        try region.length != counterpart.length
          || !Content.equal(
            pair.shipped, at: region.offset, pair.rebuilt, at: counterpart.offset, count: region.length)
      else { continue }
      guard joined?.take(region, counterpart) != true else { continue }
      parts.append(try part(RegionPair(shipped: region, rebuilt: counterpart, path: path, prefix: prefix)))
    }
    for index in byKey.values.sorted() {
      guard joined?.take(.rebuilt, alone: rebuilt.regions[Int(index)]) != true else { continue }
      parts.append(.done(try alone(.rebuilt, rebuilt.regions[Int(index)], path, prefix)))
    }
    if let joined, joined.differs, let (region, counterpart) = first {
      parts.append(
        .pending(
          RegionPair(shipped: region, rebuilt: counterpart, path: path, prefix: prefix, joined: joined)))
    }
  }

  private func part(_ regions: RegionPair) throws -> Part {
    if case .field(let encoding) = regions.shipped.shape, case .field(let other) = regions.rebuilt.shape {
      return .done(try RegionComparison(self).values(regions, encoding, other))
    }
    return .pending(regions)
  }

  /// Does what is pending, several at once, and gives all in order.
  private func finish(_ parts: [Part]) async throws -> [Explanation] {
    let pending = parts.indices.filter { index in
      if case .pending = parts[index] { true } else { false }
    }
    let unlike = pending.compactMap { index in
      if case .pending(let regions) = parts[index] { regions } else { nil }
    }
    let disassembly = await Disassembly(of: unlike, in: pair, format: format, explainer)
    let results = try await explainer.limits.inParallel(unlike) { regions in
      try await RegionComparison(self, disassembly).explain(regions)
    }
    var next = 0
    return parts.map { part in
      if case .done(let explanation) = part { return explanation }
      defer { next += 1 }
      return results[next]
    }
  }

  /// The path of a group's files; of one with another name on the other side, both names.
  private func path(_ group: Group, renamedTo other: Group? = nil) -> [String] {
    guard group.isMember else { return pair.path }
    return pair.path + [group.text + (other.map { " → \($0.text)" } ?? "")]
  }

  /// A group that only one side has.
  private func alone(_ side: Side, _ layout: Layout, _ index: Int, _ regions: ArraySlice<Int32>) throws -> Part? {
    let group = layout.groups[index]
    let all = regions.map { layout.regions[Int($0)] }
    guard let first = all.first else { return nil }
    let length = all.reduce(0) { $0 + $1.length }
    let summary = try RegionComparison(self).summary(side, all)
    var found = Explanation()
    found.differences = [
      Difference(
        path: path(group), region: group.isMember ? nil : group.name, format: format,
        role: group.isMember ? nil : first.role,
        kind: side == .shipped ? .missing : .extra, offset: first.offset, length: length,
        shipped: side == .shipped ? summary : nil, rebuilt: side == .rebuilt ? summary : nil)
    ]
    for region in all { count(region, side, &found) }
    return .done(found)
  }

  /// A region that only one side has.
  func alone(_ side: Side, _ region: Region, _ path: [String], _ prefix: String) throws -> Explanation {
    let value = try RegionComparison(self).value(side, region)
    var found = Explanation()
    found.differences = [
      Difference(
        path: path, region: regionName(region, prefix), format: format, role: region.role,
        kind: side == .shipped ? .missing : .extra, offset: region.offset, length: region.length,
        shipped: side == .shipped ? value : nil, rebuilt: side == .rebuilt ? value : nil)
    ]
    count(region, side, &found)
    return found
  }

  private func count(_ region: Region, _ side: Side, _ found: inout Explanation) {
    found.count(
      shipped: side == .shipped ? region.length : 0, rebuilt: side == .rebuilt ? region.length : 0,
      at: region.offset, named: isNamed(region), drawn: pair.isDrawn)
  }

  /// Whether a format says what the bytes are; within a region, its own name stands for what has none.
  func isNamed(_ region: Region) -> Bool { !region.isGap || within?.isGap == false }

  func regionName(_ region: Region, _ prefix: String) -> String {
    let name =
      region.isGap ? (within.map { "\($0.name), \(region.name)" } ?? "unnamed bytes \(region.name)") : region.name
    return prefix + name + (region.occurrence == 0 ? "" : " #\(region.occurrence + 1)")
  }
}

/// What regions of a group are paired by.
struct RegionKey: Hashable {
  let name: String
  let occurrence: Int

  init(_ region: Region) { (name, occurrence) = (region.name, region.occurrence) }
}

extension Group {
  /// For the path of a difference.
  var text: String {
    switch occurrence {
    case 0: name
    case 1: "\(name) (2nd)"
    case 2: "\(name) (3rd)"
    default: "\(name) (\(occurrence + 1)th)"
    }
  }
}
