import Archives
import Formats
import Model
import SystemPackage

/// Archives whose members only libarchive can unpack: 7z, cab, xar, iso9660 and what else it knows.
///
/// It says which members differ, not where their bytes are in the archive; these stay unexplained where no format
/// names them.
struct ArchiveListingComparison: Sendable {
  /// The formats that name the archive's own fields and leave its members to this.
  static let completed: Set<String> = ["7z", "cab", "xar"]

  let explainer: Explainer

  private static let marks: [(magic: [UInt8], offset: Int)] = [
    (Array("CD001".utf8), 32_769), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], 0), (Array("MSCF".utf8), 0),
    (Array("xar!".utf8), 0), ([0xED, 0xAB, 0xEE, 0xDB], 0),
  ]

  /// The members' differences, and all that differs of the raw bytes as unexplained; nil where the two are no such
  /// archives.
  func explain(_ pair: PartPair, _ shipped: FileHead, _ rebuilt: FileHead) async throws -> Explanation? {
    guard Self.isArchive(shipped), Self.isArchive(rebuilt) else { return nil }
    var found = try await members(pair)
    let note = found.differences.isEmpty ? "the same members, packed differently" : nil
    let packing = try OpaqueComparison(
      pair: pair, region: "packing", format: nil, role: .compression,
      notes: Unexplainable(shipped: note, rebuilt: note), isNamed: false, isDrawn: pair.isDrawn
    ).explain(0..<pair.shipped.size, 0..<pair.rebuilt.size)
    found.append(packing)
    return found
  }

  private static func isArchive(_ head: FileHead) -> Bool { marks.contains { head.has($0.magic, at: $0.offset) } }

  /// What differs in the members, without any bytes of the archive counted.
  func members(_ pair: PartPair) async throws -> Explanation {
    let shipped = MemberReading(content: pair.shipped, side: .shipped, explainer: explainer)
    let rebuilt = MemberReading(content: pair.rebuilt, side: .rebuilt, explainer: explainer)
    try explainer.requireDepth(pair)
    async let listed = shipped.listing()
    async let otherListed = rebuilt.listing()
    let listings = try Unexplainable.both(await (listed, otherListed))
    let pairing = MemberPairing(listings.0, listings.1)
    let contents = try await explainContents(
      pairing.differingContents, of: pair, shipped: shipped, rebuilt: rebuilt)
    var found = Explanation()
    found.differences = pairing.differences(path: pair.path, contents: contents.mapValues(\.differences))
    for key in contents.keys.sorted() { found.inner += contents[key]?.inner ?? [] }
    return found
  }

  /// Unpacks the members whose bytes differ, and explains one after another.
  private func explainContents(
    _ pairs: [MemberPairing.Pair], of container: PartPair, shipped: MemberReading, rebuilt: MemberReading
  ) async throws -> [MemberKey: Explanation] {
    guard !pairs.isEmpty else { return [:] }
    let wanted = Set(pairs.map(\.key))
    async let unpacked = shipped.unpack(wanted, depth: container.depth)
    async let otherUnpacked = rebuilt.unpack(wanted, depth: container.depth)
    let kept = try Unexplainable.both(await (unpacked, otherUnpacked))
    var found: [MemberKey: Explanation] = [:]
    for key in wanted.sorted() {
      guard let first = kept.0[key], let second = kept.1[key] else {
        throw Unexplainable(shipped: "\(key.text) was not found again", rebuilt: nil)
      }
      found[key] = try await explainer.explain(
        PartPair(path: container.path + [key.text], shipped: first, rebuilt: second, depth: container.depth + 1))
    }
    return found
  }
}
