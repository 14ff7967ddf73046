import Digests
import Model
import Signatures

/// Verifies the code signature of a Mach-O file: a list of digests of the file's pages, and a CMS message of that list.
///
/// As Apple's `cs_blobs.h` has it. Stricter than the system: the list must be by SHA-256, cover all that is before the
/// signature, and have the digest of each part beside it.
struct MachOCodeSignature {
  private static let directory = 0
  private static let message = 0x10000

  private let bytes: [UInt8]
  /// The parts by their kinds.
  private var parts: [Int: Range<Int>] = [:]
  private let content: Content
  private let start: Int64

  /// Reads the parts of a signature that reaches to the end of a file.
  init(_ content: Content, from start: Int64) throws {
    (self.content, self.start) = (content, start)
    bytes = try content.bytes(at: start, count: Int(content.size - start))
    let (length, count) = (try number(4), try number(8))
    guard length <= bytes.count, (1...64).contains(count), 12 + 8 * count <= length else { throw Self.odd }
    for index in 0..<count {
      let (kind, place) = (try number(12 + 8 * index), try number(16 + 8 * index))
      let size = try number(place + 4)
      guard place >= 12 + 8 * count, size >= 8, size <= length - place else { throw Self.odd }
      guard parts.updateValue(place..<place + size, forKey: kind) == nil else { throw Self.odd }
    }
    var end = 12 + 8 * count
    for part in parts.values.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard part.lowerBound >= end, bytes[end..<part.lowerBound].allSatisfy({ $0 == 0 }) else { throw Self.odd }
      end = part.upperBound
    }
    guard bytes[end...].allSatisfy({ $0 == 0 }) else { throw Self.odd }
  }

  /// Who signed; throws unless all of the file is signed by somebody who is trusted.
  func signers(trusted: CertificateList) throws -> [Signer] {
    guard let list = parts[Self.directory], let message = parts[Self.message], message.count > 8 else {
      throw SignatureError("the code signature is by nobody")
    }
    try verify(list)
    let signed = try SignedMessage(der: Array(bytes[(message.lowerBound + 8)..<message.upperBound]))
    guard signed.isDetached else { throw SignatureError("the code signature has a content of its own") }
    return try signed.verify(trusted: trusted) {
      var rest: [UInt8]? = Array(bytes[list])
      return { rest.take() }
    }
  }

  /// Throws unless the list has the digests of the file and of the other parts.
  private func verify(_ list: Range<Int>) throws {
    let place = list.lowerBound
    guard list.count >= 44, try number(place) == 0xFADE_0C02 else { throw Self.odd }
    let (hashes, special, count) = (try number(place + 16), try number(place + 24), try number(place + 28))
    guard bytes[place + 36] == 32, bytes[place + 37] == 2 else {
      throw SignatureError("the code signature's digests are not SHA-256")
    }
    guard (12...16).contains(bytes[place + 39]), try number(place + 32) == start else { throw Self.odd }
    let page = Int64(1) << Int64(bytes[place + 39])
    guard Int64(count) == (start + page - 1) / page, special <= 64, hashes >= 44 + 32 * special, hashes <= list.count,
      count <= (list.count - hashes) / 32
    else { throw Self.odd }
    func digest(_ index: Int) -> ArraySlice<UInt8> { bytes[(place + hashes + 32 * index)...].prefix(32) }
    for index in 0..<count {
      let from = Int64(index) * page
      let found = SHA256Digest.of(try content.bytes(at: from, count: Int(min(page, start - from))))
      guard found.bytes.elementsEqual(digest(index)) else { throw SignatureError("it is not a signature of this file") }
    }
    for (kind, part) in parts where kind != Self.directory && kind != Self.message {
      guard (1...max(1, special)).contains(kind), special > 0,
        SHA256Digest.of(Array(bytes[part])).bytes.elementsEqual(digest(-kind))
      else { throw SignatureError("the code signature has a part that is not signed") }
    }
  }

  private static let odd = SignatureError("the code signature is not of its form")

  private func number(_ place: Int) throws(SignatureError) -> Int {
    guard place >= 0, place <= bytes.count - 4 else { throw Self.odd }
    return bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
