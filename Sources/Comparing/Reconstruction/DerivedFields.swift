import Archives
import Formats
import Model

/// Computes the fields of a container that follow from its members: sizes, checksums, offsets.
///
/// What it computes takes the place of the shipped bytes; so a field with any other value stays a difference.
final class DerivedFields {
  /// Of a member's decoded content.
  struct Facts {
    let checksum: UInt32
    let size: Int64
  }

  private let format: String
  private let content: Content
  private let layout: Layout
  private let explainer: Explainer
  private let depth: Int
  private var facts: [Int: Facts] = [:]
  private lazy var groups = Dictionary(grouping: layout.regions, by: \.group)
  private lazy var central = layout.regions.filter { $0.name == "central entry" && !$0.isGap }

  /// For the fields of a shipped container.
  init(format: String, content: Content, layout: Layout, explainer: Explainer, depth: Int) {
    self.format = format
    self.content = content
    self.layout = layout
    self.explainer = explainer
    self.depth = depth
  }

  /// What a field must be; nil for one that follows from nothing.
  ///
  /// - Parameters:
  ///   - region: the shipped field.
  ///   - group: the group of the layout that it is in.
  ///   - other: the rebuilt field's bytes, whose form is kept.
  func bytes(_ region: Region, in group: Int, other: [UInt8]) async throws -> [UInt8]? {
    switch format {
    case "tar": return try tar(region, group, other)
    case "ar":
      guard region.name == "size" else { return nil }
      let size = length(group, "content") + length(group, "name")
      let digits = Array(String(size).utf8)
      return digits.count <= other.count
        ? digits + [UInt8](repeating: 0x20, count: other.count - digits.count) : nil
    case "gzip":
      guard ["gzip checksum", "gzip size"].contains(region.name) else { return nil }
      let facts = try await facts(LayoutBuilder.file, "compressed data")
      return Self.little(region.name == "gzip size" ? facts.size & 0xFFFF_FFFF : Int64(facts.checksum), other.count)
    case "zip": return try await zip(region, group).flatMap { Self.little($0, other.count) }
    default: return nil
    }
  }

  /// The bytes that fill up after a member; nil where it is no such region.
  func padding(_ region: Region) -> [UInt8]? {
    guard region.role == .padding else { return nil }
    switch (format, region.name) {
    case ("tar", "padding") where region.length < 512: break
    // Most writers fill an archive up to a record of twenty blocks.
    case ("tar", "record padding") where region.length < 10_240 && content.size % 10_240 == 0: break
    case ("ar", "padding"): return [0x0A]
    default: return nil
    }
    return [UInt8](repeating: 0, count: Int(region.length))
  }

  private func tar(_ region: Region, _ group: Int, _ other: [UInt8]) throws -> [UInt8]? {
    switch region.name {
    case "size": return Self.octal(length(group, "content"), like: other)
    case "header checksum":
      let block = try content.bytes(at: region.offset - 148, count: 512)
      guard block.count == 512 else { return nil }
      let sum = block.enumerated().reduce(Int64(0)) { sum, byte in
        sum + Int64((148..<156).contains(byte.offset) ? 0x20 : byte.element)
      }
      return Self.octal(sum, like: other)
    default: return nil
    }
  }

  private func zip(_ region: Region, _ group: Int) async throws -> Int64? {
    var name = region.name[...]
    for prefix in ["central ", "descriptor "] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
    switch name {
    case "compressed size": return length(group, "content")
    case "size": return try await facts(group, "content").size
    case "checksum": return Int64(try await facts(group, "content").checksum)
    case "local header offset": return groups[group]?.first { $0.name == "local header" }?.offset
    case "end record entries", "end record entries on this disk": return Int64(central.count)
    case "end record central directory size": return (central.last?.end ?? 0) - (central.first?.offset ?? 0)
    case "end record central directory offset": return central.first?.offset
    default: return nil
    }
  }

  private func length(_ group: Int, _ name: String) -> Int64 {
    groups[group]?.first { $0.name == name && !$0.isGap }?.length ?? 0
  }

  private func facts(_ group: Int, _ name: String) async throws -> Facts {
    if let known = facts[group] { return known }
    guard let region = groups[group]?.first(where: { $0.name == name && !$0.isGap }) else {
      return Facts(checksum: 0, size: 0)
    }
    var decoded = content.part(region.range)
    if case .file(let codec?, _, let whole) = region.shape {
      decoded = try await DecodedContent(side: .shipped, explainer: explainer, depth: depth)
        .decode(content.part(whole ?? region.range), codec).get()
    }
    var checksum: UInt32 = 0
    let pieces = decoded.pieces([0..<decoded.size])
    while let piece = try pieces() { checksum = CRC32.update(checksum, piece) }
    let found = Facts(checksum: checksum, size: decoded.size)
    facts[group] = found
    return found
  }

  private static func little(_ number: Int64, _ count: Int) -> [UInt8]? {
    guard (1...8).contains(count), number >= 0, count == 8 || number < Int64(1) << (8 * count) else { return nil }
    return (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// Octal digits with the end that the other side has.
  private static func octal(_ number: Int64, like other: [UInt8]) -> [UInt8]? {
    let width = other.prefix { (0x30...0x37).contains($0) }.count
    let digits = Array(String(number, radix: 8).utf8)
    guard width > 0, digits.count <= width else { return nil }
    return [UInt8](repeating: 0x30, count: width - digits.count) + digits + other[width...]
  }
}
