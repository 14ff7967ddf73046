import Archives
import Model
import SystemPackage

/// Every archive that libarchive reads: tar, zip, ar and deb, cpio, rpm, 7z, cab, xar, iso9660, compressed or not.
struct ArchiveFormat: Format {
  /// What the beginning of an archive looks like.
  private struct Mark {
    let name: String
    let magic: [UInt8]
    let offset: Int

    init(_ name: String, _ magic: [UInt8], at offset: Int = 0) {
      self.name = name
      self.magic = magic
      self.offset = offset
    }
  }

  private static let marks: [Mark] = [
    Mark("a Debian package", Array("!<arch>\ndebian-binary".utf8)),
    Mark("an ar archive", Array("!<arch>\n".utf8)),
    Mark("a zip archive", [0x50, 0x4B, 0x03, 0x04]),
    Mark("an empty zip archive", [0x50, 0x4B, 0x05, 0x06]),
    Mark("a tar archive", Array("ustar".utf8), at: 257),
    Mark("a cpio archive", Array("070701".utf8)),
    Mark("a cpio archive", Array("070702".utf8)),
    Mark("a cpio archive", Array("070707".utf8)),
    Mark("a cpio archive", [0xC7, 0x71]),
    Mark("a cpio archive", [0x71, 0xC7]),
    Mark("an RPM package", [0xED, 0xAB, 0xEE, 0xDB]),
    Mark("a 7z archive", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    Mark("a cabinet", Array("MSCF".utf8)),
    Mark("a xar archive", Array("xar!".utf8)),
  ]

  func name(of head: ContentHead) -> String {
    if let mark = mark(of: head) { return mark.name }
    if Self.isOldTar(head) { return "a tar archive" }
    return head.isImage ? "an ISO 9660 image" : CompressedFileFormat().name(of: head)
  }

  /// A compressed file may have an archive in it; `explain` finds out.
  func recognises(_ head: ContentHead) -> Bool {
    mark(of: head) != nil || Self.isOldTar(head) || CompressedFileFormat().recognises(head) || head.isImage
  }

  func explain(_ pair: PartPair, with explainer: Explainer) async throws -> [Difference] {
    let shipped = MemberReading(content: pair.shipped, side: .shipped, explainer: explainer)
    let rebuilt = MemberReading(content: pair.rebuilt, side: .rebuilt, explainer: explainer)
    try explainer.requireDepth(pair)
    async let listed = shipped.listing()
    async let otherListed = rebuilt.listing()
    let listings = try Unexplainable.both(await (listed, otherListed))
    let pairing = MemberPairing(listings.0, listings.1)
    let contents = try await explainContents(
      pairing.differingContents, of: pair, shipped: shipped, rebuilt: rebuilt)
    return try await GzipHeader.differences(
      pair, inside: pairing.differences(path: pair.path, contents: contents))
  }

  /// Unpacks the members whose bytes differ, and explains one after another.
  private func explainContents(
    _ pairs: [MemberPairing.Pair], of container: PartPair, shipped: MemberReading, rebuilt: MemberReading
  ) async throws -> [MemberKey: [Difference]] {
    guard !pairs.isEmpty else { return [:] }
    let wanted = Set(pairs.map(\.key))
    async let unpacked = shipped.unpack(wanted, depth: container.depth)
    async let otherUnpacked = rebuilt.unpack(wanted, depth: container.depth)
    let kept = try Unexplainable.both(await (unpacked, otherUnpacked))
    var found: [MemberKey: [Difference]] = [:]
    for key in wanted.sorted() {
      guard let first = kept.0[key], let second = kept.1[key] else {
        throw Unexplainable(shipped: "\(key.text) was not found again", rebuilt: nil)
      }
      let differences = try await shipped.explainer.differences(
        path: container.path + [key.text], shipped: first, rebuilt: second, depth: container.depth + 1)
      // Other digests, so other bytes; else the archive was not read twice alike.
      guard !differences.isEmpty else {
        throw Unexplainable(shipped: "\(key.text) was read twice with other bytes", rebuilt: nil)
      }
      found[key] = differences
    }
    return found
  }

  private func mark(of head: ContentHead) -> Mark? { Self.marks.first { head.has($0.magic, at: $0.offset) } }

  /// A tar from before POSIX has no mark but the checksum of its first header.
  private static func isOldTar(_ head: ContentHead) -> Bool {
    guard head.bytes.count >= 512, head.bytes[0] != 0 else { return false }
    let stored = head.bytes[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard !stored.isEmpty else { return false }
    let sum = head.bytes[..<512].enumerated().reduce(0) { sum, byte in
      sum + ((148..<156).contains(byte.offset) ? 0x20 : Int(byte.element))
    }
    return stored.reduce(0) { $0 << 3 | Int($1 & 7) } == sum
  }
}
