import Formats
import Model
import Testing

extension LayoutCheck {
  /// A region as tests write it down.
  struct Row: Equatable, CustomStringConvertible {
    let name: String
    let length: Int64
    /// The decoded value of a field; nil for other shapes.
    let value: String?

    init(_ name: String, _ length: Int64, _ value: String? = nil) {
      (self.name, self.length, self.value) = (name, length, value)
    }

    var description: String { "(\"\(name)\", \(length), \(value.map { "\"\($0)\"" } ?? "nil"))" }
  }

  /// The layout of a file with this note, of which hostile variants neither trap nor break the tiling.
  @discardableResult
  static func layout(
    _ bytes: [UInt8], is expected: String, note: String? = nil, at location: SourceLocation = #_sourceLocation
  ) throws -> Layout {
    // Large files get fewer variants, so that no test takes long.
    try survives(bytes, mutations: max(20, min(150, 4_000_000 / max(bytes.count, 1))), at: location)
    if note == nil { return try layout(of: bytes, as: expected, at: location) }
    let format = try #require(try format(of: bytes), sourceLocation: location)
    #expect(format.name == expected, sourceLocation: location)
    var source = ByteSource.decoding(bytes)
    let layout = try format.layout(of: &source)
    #expect(layout.note == note, sourceLocation: location)
    return layout
  }

  /// The regions of a layout, each with its group's name and occurrence, and with its value if it is a field.
  static func rows(_ layout: Layout, _ bytes: [UInt8]) -> [Row] {
    layout.regions.map { Row(title($0, layout), $0.length, value($0, bytes)) }
  }

  /// The rows of the layout of a region that is a structure; none when it is not.
  static func inner(_ name: String, of layout: Layout, _ bytes: [UInt8]) throws -> [Row] {
    let region = try #require(layout.regions.first { title($0, layout) == name }, "no region \(name)")
    guard case .structure(let structure) = region.shape else { return [] }
    var source = ByteSource.decoding(bytes)
    return rows(try structure.layout(of: &source, region.offset..<region.end), bytes)
  }

  /// The value of the field of this name; searched for within structures too.
  static func value(_ name: String, of bytes: [UInt8]) throws -> String? {
    for line in try lines(of: bytes) where line.hasPrefix(name + " ") {
      // Behind the name comes the length.
      let rest = line.dropFirst(name.count + 1).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      if let length = rest.first, Int(length) != nil { return rest.dropFirst().first.map { String($0) } }
    }
    return nil
  }

  /// The roles of the regions and of those within structures, by their names.
  static func roles(_ bytes: [UInt8], in layout: Layout) throws -> [String: Difference.Role] {
    var source = ByteSource.decoding(bytes)
    var roles: [String: Difference.Role] = [:]
    for region in layout.regions {
      roles[region.name] = region.role
      guard case .structure(let structure) = region.shape else { continue }
      for inner in try structure.layout(of: &source, region.offset..<region.end).regions {
        roles[inner.name] = inner.role
      }
    }
    return roles
  }

  private static func title(_ region: Region, _ layout: Layout) -> String {
    let group = layout.groups[region.group]
    let prefix = group.name.isEmpty ? "" : "\(group.name)\(group.occurrence > 0 ? "#\(group.occurrence)" : ""): "
    return prefix + region.name + (region.occurrence > 0 ? "#\(region.occurrence)" : "")
  }

  private static func value(_ region: Region, _ bytes: [UInt8]) -> String? {
    guard case .field(let encoding) = region.shape else { return nil }
    return encoding.text(Array(bytes[Int(region.offset)..<Int(region.end)]))
  }
}
