public import Model

/// How the bytes of a region are read when the two sides differ in them.
public enum Shape: Sendable {
  /// A single value.
  case field(Encoding)
  /// Bytes without structure, which are aligned with those of the other side.
  case opaque
  /// Bytes with a structure of their own, which is laid out only when the two sides differ.
  case structure(any Structure)
  /// A file of its own, perhaps encoded.
  ///
  /// `name` is added to its path after that of its group. `from` is what is decoded, where that is more than the
  /// region: a stream with its header and trailer.
  case file(Codec? = nil, name: String? = nil, from: Range<Int64>? = nil)
}

/// A named stretch of a file.
public struct Region: Sendable {
  /// What people call it; unique within its group together with `occurrence`.
  public var name: String
  /// How many regions of this name the group had before.
  public var occurrence: Int
  /// The index of its group.
  public var group: Int
  /// In bytes, from the start of the file.
  public var offset: Int64
  /// In bytes.
  public var length: Int64
  /// How it is read.
  public var shape: Shape
  /// What it is for.
  public var role: Difference.Role?
  /// Whether no format names it: a gap between regions.
  public var isGap = false

  /// The first byte after it.
  public var end: Int64 { offset + length }
}

/// Regions that belong together and are paired with those of the group of the same name.
public struct Group: Sendable {
  /// A member's name for a path, or a prefix of its regions' names, or empty for the file itself.
  public var name: String
  /// How many groups of this name came before.
  public var occurrence: Int
  /// Whether it is a member: its name becomes a part of the path.
  public var isMember: Bool
}

/// A file within a file whose bytes lie in several stretches: regions of one group, compared as one file.
public struct JoinedFile: Sendable {
  /// What is added to its path after its group's name.
  public var name: String?
  /// How it is encoded as a whole.
  public var codec: Codec?
  /// The stretches in the order of the file, each of which is a region.
  public var pieces: [Range<Int64>]

  init(name: String? = nil, codec: Codec? = nil, pieces: [Range<Int64>]) {
    (self.name, self.codec, self.pieces) = (name, codec, pieces)
  }
}

/// An order that a file gives to its groups.
public struct GroupOrder: Sendable {
  /// What the order is of, for example `order of members`.
  public var name: String
  /// Indices of groups.
  public var groups: [Int]
}

/// A file as named regions, which cover each byte exactly once.
public struct Layout: Sendable {
  /// In order of offset, without overlap and, gaps included, without holes.
  public let regions: [Region]
  /// The file itself first.
  public let groups: [Group]
  /// The orders beside that of the regions.
  public let orders: [GroupOrder]
  /// Files that may lie in several stretches, by the groups that they are of.
  public let joined: [Int: JoinedFile]
  /// Why not all has a name, where the file breaks its format's rules.
  public let note: String?
}

/// Collects the regions of a file.
public struct LayoutBuilder: Sendable {
  /// How many regions any layout may have; beyond it the rest of the file is without names.
  public static let mostRegions = 4_000_000

  private let range: Range<Int64>
  private let regionLimit: Int
  private var regions: [Region] = []
  private var groups: [Group] = [Group(name: "", occurrence: 0, isMember: false)]
  private var orders: [GroupOrder] = []
  private var joined: [Int: JoinedFile] = [:]
  private var groupCounts: [String: Int] = [:]

  /// The group of the file itself.
  public static let file = 0

  /// For all bytes of a range.
  public init(_ range: Range<Int64>) {
    self.range = range
    // Real files of many parts have parts of some size; only hostile ones are all small parts.
    regionLimit = Int(min(Int64(Self.mostRegions), 1 << 20 + Int64(range.count) / 64))
  }

  /// Begins a group; a name that came before gets the next occurrence.
  ///
  /// - Returns: the group's index, for `add`.
  public mutating func group(_ name: String, isMember: Bool = false) -> Int {
    let key = (isMember ? "m" : "g") + name
    let occurrence = groupCounts[key, default: 0]
    groupCounts[key] = occurrence + 1
    groups.append(Group(name: name, occurrence: occurrence, isMember: isMember))
    return groups.count - 1
  }

  /// Adds a region.
  ///
  /// Regions may come in any order. Where two overlap, the bytes are the earlier one's by offset, or of those at one
  /// offset the one's that was added first; nothing is lost when a format's parts lie within one another.
  /// Throws when the region is not within the file, or when there are too many.
  public mutating func add(
    _ name: String, at offset: Int64, count: Int64, _ shape: Shape = .opaque, role: Difference.Role? = nil,
    in group: Int = LayoutBuilder.file
  ) throws(FormatError) {
    guard count >= 0, offset >= range.lowerBound, count <= range.upperBound - offset else {
      throw .truncated(at: offset)
    }
    guard regions.count < regionLimit else { throw .tooMuch("it has more than \(regionLimit) parts") }
    regions.append(
      Region(name: name, occurrence: 0, group: group, offset: offset, length: count, shape: shape, role: role))
  }

  /// Adds a region that reaches to where the file ends, or is as long as it says, whichever is less.
  ///
  /// For parts that may be cut off: what is there gets its name, and then the cut is thrown.
  public mutating func addAvailable(
    _ name: String, at offset: Int64, count: Int64, _ shape: Shape = .opaque, role: Difference.Role? = nil,
    in group: Int = LayoutBuilder.file
  ) throws(FormatError) {
    let available = max(0, range.upperBound - offset)
    if count > available {
      try add(name, at: offset, count: available, .opaque, role: role, in: group)
      throw .truncated(at: range.upperBound)
    }
    try add(name, at: offset, count: count, shape, role: role, in: group)
  }

  /// Adds a file that may lie in several stretches, given in the order of the file, as so many regions of one name.
  public mutating func addJoined(
    _ name: String, _ pieces: [Range<Int64>], codec: Codec? = nil, file: String? = nil, role: Difference.Role? = nil,
    in group: Int
  ) throws(FormatError) {
    let shape = pieces.count > 1 ? Shape.opaque : .file(codec, name: file)
    for piece in pieces {
      try add(name, at: piece.lowerBound, count: Int64(piece.count), shape, role: role, in: group)
    }
    join(JoinedFile(name: file, codec: codec, pieces: pieces), in: group)
  }

  /// Says that regions of a group are one file; a group may have one.
  public mutating func join(_ file: JoinedFile, in group: Int) {
    if !file.pieces.isEmpty { joined[group] = file }
  }

  /// Adds an order beside that of the regions themselves.
  public mutating func order(_ name: String, of groups: [Int]) { orders.append(GroupOrder(name: name, groups: groups)) }

  /// Ends the layout: sorts, resolves overlaps, numbers equal names, and makes regions of the gaps.
  public consuming func finish(note: String? = nil) -> Layout {
    let order = regions.indices.sorted { (regions[$0].offset, $0) < (regions[$1].offset, $1) }
    var tiled: [Region] = []
    tiled.reserveCapacity(regions.count + 16)
    var counts: [RegionKey: Int] = [:]
    var position = range.lowerBound
    func append(_ region: Region, to tiled: inout [Region], _ counts: inout [RegionKey: Int]) {
      var region = region
      let key = RegionKey(group: region.group, name: region.name)
      region.occurrence = counts[key, default: 0]
      counts[key] = region.occurrence + 1
      tiled.append(region)
    }
    func gap(to end: Int64, _ tiled: inout [Region], _ counts: inout [RegionKey: Int]) {
      guard position < end else { return }
      let before = tiled.last { !$0.isGap }
      let name = before.map { "after \($0.name)" } ?? "start"
      append(
        Region(
          name: name, occurrence: 0, group: before?.group ?? LayoutBuilder.file, offset: position,
          length: end - position, shape: .opaque, role: nil, isGap: true), to: &tiled, &counts)
    }
    for index in order {
      var region = regions[index]
      if region.offset < position {
        // Within what came before: it has these bytes already, or a part of them.
        guard region.end > position else {
          if region.length == 0, region.offset == position { append(region, to: &tiled, &counts) }
          continue
        }
        region.length = region.end - position
        region.offset = position
        if case .opaque = region.shape {} else { region.shape = .opaque }
      }
      gap(to: region.offset, &tiled, &counts)
      append(region, to: &tiled, &counts)
      position = region.end
    }
    gap(to: range.upperBound, &tiled, &counts)
    return Layout(regions: tiled, groups: groups, orders: orders, joined: joined, note: note)
  }
}

/// What regions are counted by.
private struct RegionKey: Hashable {
  let group: Int
  let name: String
}

extension Structure {
  /// The layout of a range of a file; what cannot be named is a gap, and the note says why.
  ///
  /// Throws only when the bytes cannot be read.
  public func layout(of source: inout ByteSource, _ range: Range<Int64>? = nil) throws -> Layout {
    let range = range ?? 0..<source.size
    var builder = LayoutBuilder(range)
    do {
      try layOut(&source, range, into: &builder)
    } catch {
      if case .unreadable(let cause) = error { throw cause }
      return builder.finish(note: error.text)
    }
    return builder.finish()
  }
}
