import Formats
import Testing

/// What must hold for the layout of any file, and layouts as lines for goldens.
enum LayoutCheck {
  /// The layout of a file that keeps its format's rules: found as this format, tiled, without a note.
  @discardableResult
  static func layout(
    of bytes: [UInt8], name: String? = nil, as format: String, at location: SourceLocation = #_sourceLocation
  ) throws -> Layout {
    var source = ByteSource.decoding(bytes)
    let found = try self.format(of: bytes, name: name)
    #expect(found?.name == format, sourceLocation: location)
    let layout = try #require(found, sourceLocation: location).layout(of: &source)
    #expect(layout.note == nil, sourceLocation: location)
    expectTiled(layout, 0..<Int64(bytes.count), at: location)
    for region in layout.regions {
      guard case .structure(let structure) = region.shape else { continue }
      let inner = try structure.layout(of: &source, region.offset..<region.end)
      #expect(inner.note == nil, "\(region.name)", sourceLocation: location)
      expectTiled(inner, region.offset..<region.end, at: location)
    }
    return layout
  }

  /// The first format that recognises a file.
  static func format(of bytes: [UInt8], name: String? = nil) throws -> (any Format)? {
    var source = ByteSource.decoding(bytes)
    let head = try FileHead(&source, name: name)
    return FormatList.all.first { $0.recognises(head) }
  }

  /// Every truncation (sampled) and many seeded mutations neither trap nor break the tiling.
  static func survives(
    _ bytes: [UInt8], name: String? = nil, mutations: Int = 400, seed: UInt64 = 1,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let format = try #require(try format(of: bytes, name: name), sourceLocation: location)
    let step = max(1, bytes.count / 200)
    for count in stride(from: 0, to: bytes.count, by: step) {
      try tile(Array(bytes.prefix(count)), name: name, format, at: location)
    }
    var random = SeededGenerator(state: seed)
    for _ in 0..<mutations {
      try tile(mutated(bytes, with: &random), name: name, format, at: location)
    }
  }

  /// All regions that are not empty, structures opened: `GROUP: NAME #OCCURRENCE LENGTH VALUE`.
  static func lines(of bytes: [UInt8], name: String? = nil, values: Bool = true) throws -> [String] {
    try parts(of: bytes, name: name).filter { $0.bytes.count > 0 }.map { part in
      values ? "\(part.key) \(part.bytes.count) \(part.value)" : "\(part.key) \(part.bytes.count)"
    }
  }

  /// The names of the regions that differ, structures opened, in the first file's order.
  static func differences(_ one: [UInt8], _ other: [UInt8], name: String? = nil) throws -> [String] {
    let (first, second) = (try parts(of: one, name: name), try parts(of: other, name: name))
    let byKey = Dictionary(second.map { ($0.key, $0.bytes) }) { first, _ in first }
    let keys = Set(first.map(\.key))
    return first.filter { byKey[$0.key] != $0.bytes }.map(\.key) + second.map(\.key).filter { !keys.contains($0) }
  }

  private struct Part {
    let key: String
    let bytes: [UInt8]
    let value: String
  }

  private static func parts(of bytes: [UInt8], name: String?) throws -> [Part] {
    let format = try #require(try format(of: bytes, name: name))
    var source = ByteSource.decoding(bytes)
    return try parts(of: try format.layout(of: &source), &source, prefix: "", depth: 0)
  }

  private static func parts(
    of layout: Layout, _ source: inout ByteSource, prefix: String, depth: Int
  ) throws -> [Part] {
    var parts: [Part] = []
    for region in layout.regions {
      let group = layout.groups[region.group]
      var key =
        prefix + (prefix.isEmpty || group.name.isEmpty ? "" : "/") + group.name
        + (group.occurrence > 0 ? " #\(group.occurrence + 1)" : "")
      let inGroup = key
      key += (key.isEmpty ? "" : ": ") + region.name + (region.occurrence > 0 ? " #\(region.occurrence + 1)" : "")
      if case .structure(let structure) = region.shape, depth < 8 {
        let inner = try structure.layout(of: &source, region.offset..<region.end)
        parts += try self.parts(
          of: inner, &source, prefix: inGroup, depth: depth + 1)
        continue
      }
      let bytes = try source.bytes(at: region.offset, count: Int(region.length))
      let value =
        switch region.shape {
        case .field(let encoding): encoding.text(bytes)
        case .file(let codec, let name, _): "file" + (codec.map { " \($0)" } ?? "") + (name.map { " " + $0 } ?? "")
        case .opaque: region.isGap ? "unexplained" : "opaque"
        case .structure: "structure"
        }
      parts.append(Part(key: key, bytes: bytes, value: value))
    }
    return parts
  }

  private static func tile(
    _ bytes: [UInt8], name: String?, _ format: any Format, at location: SourceLocation
  ) throws {
    _ = try self.format(of: bytes, name: name)
    var source = ByteSource.decoding(bytes)
    try tile(format, &source, 0..<source.size, depth: 0, at: location)
  }

  /// Lays a range out and what is within it, and reads each value.
  private static func tile(
    _ structure: any Structure, _ source: inout ByteSource, _ range: Range<Int64>, depth: Int,
    at location: SourceLocation
  ) throws {
    let layout = try structure.layout(of: &source, range)
    expectTiled(layout, range, at: location)
    for region in layout.regions {
      if case .field(let encoding) = region.shape {
        _ = encoding.text(try source.bytes(at: region.offset, count: Int(region.length)))
      }
      guard case .structure(let inner) = region.shape, depth < 4 else { continue }
      try tile(inner, &source, region.offset..<region.end, depth: depth + 1, at: location)
    }
  }

  private static func expectTiled(_ layout: Layout, _ range: Range<Int64>, at location: SourceLocation) {
    var place = range.lowerBound
    for region in layout.regions {
      guard region.offset == place, region.length >= 0 else {
        Issue.record("\(region.name) is at \(region.offset), not at \(place)", sourceLocation: location)
        return
      }
      place = region.end
    }
    #expect(place == range.upperBound, sourceLocation: location)
  }

  private static func mutated(_ bytes: [UInt8], with random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    guard !bytes.isEmpty else { return bytes }
    for _ in 0...Int.random(in: 0..<4, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: for index in place..<end { bytes[index] = 0xFF }
      case 2: for index in place..<end { bytes[index] = 0 }
      case 3: for index in place..<end { bytes[index] = .random(in: 0...255, using: &random) }
      default: bytes[place] = .random(in: 0...255, using: &random)
      }
    }
    return bytes
  }
}

/// SplitMix64: the same numbers in each run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
