import Formats
import Model
import Signatures

/// The signature that is appended to a Linux kernel module.
///
/// Linux, include/linux/module_signature.h. Where it begins is told by its length at the very end of the file, which
/// whoever hides something could make longer; so it must also lie behind all that the ELF headers know of.
struct ModuleSignaturePlace {
  private static let marker = Array("~Module signature appended~\n".utf8)

  let pair: PartPair
  let index: Int
  let exception: DeclaredException

  func holes() throws -> [Hole] {
    guard let shipped = try Self.find(pair.shipped) else { return [] }
    let rebuilt = try Self.find(pair.rebuilt)
    let end = try ELFExtent.end(of: pair.shipped)
    guard shipped.start >= end else {
      throw SignatureError("it would begin at byte \(shipped.start), within what the ELF headers describe")
    }
    let message = try SignedMessage(
      der: pair.shipped.bytes(at: shipped.start, count: Int(shipped.information - shipped.start)))
    guard message.isDetached else { throw SignatureError("it has a content of its own") }
    let content = 0..<shipped.start
    let signers = try exception.trusted().map { trusted in
      try message.verify(trusted: trusted) { pair.shipped.pieces([content]) }
    }
    return [
      Hole(
        shipped: shipped.start..<pair.shipped.size, rebuilt: (rebuilt?.start ?? pair.rebuilt.size)..<pair.rebuilt.size,
        filling: .inserted(exception: index, what: "signature", signer: DeclaredException.words(signers)))
    ]
  }

  /// Where a signature and its description begin; nil in a module without.
  private static func find(_ content: Content) throws -> (start: Int64, information: Int64)? {
    var source = content.source()
    let information = content.size - Int64(marker.count) - 12
    guard information >= 0, try source.has(marker, at: information + 12) else { return nil }
    let fields = try source.bytes(at: information, count: 12)
    let length = try source.u32(at: information + 8, .big)
    guard fields[..<8] == [0, 0, 2, 0, 0, 0, 0, 0] else {
      throw SignatureError("its description is not that of a PKCS #7 message")
    }
    guard length > 0, length <= Int64(SignedMessage.sizeLimit), length <= information else {
      throw SignatureError("its length of \(length) bytes cannot be")
    }
    return (information - length, information)
  }
}

/// How far an ELF file reaches.
enum ELFExtent {
  /// The end of the last part that its headers know of; throws where one is not within the file.
  static func end(of content: Content) throws -> Int64 {
    var source = content.source()
    guard try source.has([0x7F, 0x45, 0x4C, 0x46], at: 0) else { throw SignatureError("the file is no ELF file") }
    let is64 = try source.byte(at: 4) == 2
    let order: ByteOrder = try source.byte(at: 5) == 2 ? .big : .little
    let word = is64 ? 8 : 4
    func number(_ place: Int64, _ count: Int) throws -> Int64 {
      guard let value = Int64(exactly: try source.unsigned(at: place, count: count, order)) else {
        throw SignatureError("the ELF headers name a place outside of the file")
      }
      return value
    }
    var end: Int64 = is64 ? 64 : 52
    func reach(_ offset: Int64, _ size: Int64) throws {
      guard size >= 0, offset >= 0, size <= content.size, offset <= content.size - size else {
        throw SignatureError("the ELF headers name a place outside of the file")
      }
      end = max(end, offset + size)
    }
    let counts = Int64(24 + 3 * word + 6)
    let (segments, sections) = (try number(Int64(24 + word), word), try number(Int64(24 + 2 * word), word))
    let (segmentSize, segmentCount) = (try number(counts, 2), try number(counts + 2, 2))
    let (sectionSize, sectionCount) = (try number(counts + 4, 2), try number(counts + 6, 2))
    guard segmentCount == 0 || segmentSize >= (is64 ? 56 : 32), sections == 0 || sectionSize >= (is64 ? 64 : 40) else {
      throw SignatureError("the ELF headers are too short")
    }
    if segmentCount > 0 { try reach(segments, segmentCount * segmentSize) }
    for index in 0..<segmentCount {
      let header = segments + index * segmentSize
      try reach(try number(header + (is64 ? 8 : 4), word), try number(header + (is64 ? 32 : 16), word))
    }
    guard sections > 0 else { return end }
    try reach(sections, sectionSize)
    let sizePlace = Int64(8 + 3 * word)
    let count = sectionCount > 0 ? sectionCount : try number(sections + sizePlace, word)
    guard count <= content.size / sectionSize else { throw SignatureError("the ELF file has too many sections") }
    try reach(sections, count * sectionSize)
    for index in 0..<count {
      let header = sections + index * sectionSize
      let type = try number(header + 4, 4)
      // Neither an unused entry nor one without bytes in the file reaches anywhere.
      guard type != 0, type != 8 else { continue }
      try reach(try number(header + Int64(8 + 2 * word), word), try number(header + sizePlace, word))
    }
    return end
  }
}
