import Digests
import Formats
import Model
import Signatures

/// The signature of a PE image: the table of certificates at its end, where that is, and the checksum over all.
///
/// The table must be behind all sections and reach to the very end, and each entry must be a signature and nothing
/// else, because files have been made to hide programs in it.
struct AuthenticodePlace {
  let pair: PartPair
  let index: Int
  let exception: DeclaredException

  func holes() throws -> [Hole] {
    guard let shipped = try PEPlaces(pair.shipped), shipped.certificates != nil,
      let rebuilt = try PEPlaces(pair.rebuilt)
    else { return [] }
    let signers = try verify(shipped)
    guard let start = shipped.certificates?.lowerBound else { return [] }
    let other = rebuilt.certificates?.lowerBound ?? pair.rebuilt.size
    // An image is filled up before a signature is added.
    let filled = rebuilt.certificates == nil ? start - other : 0
    guard (0..<8).contains(filled),
      try pair.shipped.bytes(at: start - filled, count: Int(filled)).allSatisfy({ $0 == 0 })
    else { throw SignatureError("it does not begin where the rebuilt image ends") }
    try requireChecksum(shipped, rebuilt)
    func hole(_ shipped: Range<Int64>, _ rebuilt: Range<Int64>, _ what: String, signer: String? = nil) -> Hole {
      Hole(shipped: shipped, rebuilt: rebuilt, filling: .inserted(exception: index, what: what, signer: signer))
    }
    return [
      hole(shipped.checksum, rebuilt.checksum, "header"), hole(shipped.directory, rebuilt.directory, "header"),
      hole(
        start - filled..<pair.shipped.size, other..<pair.rebuilt.size, "signature",
        signer: DeclaredException.words(signers)),
    ]
  }

  /// Who signed; nil where it is declared that nobody verifies it.
  private func verify(_ image: PEPlaces) throws -> [Signer]? {
    let messages = try image.messages(pair.shipped).map { try AuthenticodeMessage(der: $0) }
    guard let trusted = try exception.trusted() else { return nil }
    var digest = StreamingDigest()
    let pieces = pair.shipped.pieces(image.signedRanges)
    while let piece = try pieces() { digest.update(piece) }
    let found = digest.finishSHA256()
    var signers: [Signer] = []
    for message in messages {
      guard message.digest == found else { throw SignatureError("it is not a signature of this image") }
      signers += try message.verify(trusted: trusted)
    }
    return signers
  }

  /// Whoever signs computes the checksum anew; one that is neither right, absent nor the rebuilt image's hides something.
  private func requireChecksum(_ image: PEPlaces, _ other: PEPlaces) throws {
    let stored = try pair.shipped.bytes(at: image.checksum.lowerBound, count: 4)
    if stored == [0, 0, 0, 0] { return }
    if try pair.rebuilt.bytes(at: other.checksum.lowerBound, count: 4) == stored { return }
    let number = stored.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard try image.sum(pair.shipped) == number else {
      throw SignatureError("the image's checksum is not that of its bytes")
    }
  }
}

/// The places of a PE image that belong to its signature.
struct PEPlaces {
  let checksum: Range<Int64>
  let directory: Range<Int64>
  /// Nil in an image without a signature.
  let certificates: Range<Int64>?

  /// Reads the headers; nil for a file of another kind.
  init?(_ content: Content) throws {
    var source = content.source()
    guard content.size >= 64, try source.has(Array("MZ".utf8), at: 0) else { return nil }
    let header = try source.u32(at: 60)
    guard try source.has(Array("PE\0\0".utf8), at: header) else { return nil }
    let optional = header + 24
    let length = Int64(try source.u16(at: header + 20))
    let magic = try source.u16(at: optional)
    guard magic == 0x10B || magic == 0x20B else { return nil }
    let tables = optional + (magic == 0x20B ? 112 : 96)
    guard try source.u32(at: tables - 4) > 4, tables + 40 <= optional + length else { return nil }
    checksum = optional + 64..<optional + 68
    directory = tables + 32..<tables + 40
    let (start, size) = (try source.u32(at: tables + 32), try source.u32(at: tables + 36))
    guard size > 0 else {
      certificates = nil
      return
    }
    var end = optional + length
    for index in 0..<Int64(try source.u16(at: header + 6)) {
      let section = optional + length + 40 * index
      end = max(end, section + 40, try source.u32(at: section + 20) + source.u32(at: section + 16))
    }
    guard start >= end else { throw SignatureError("its table is not behind all sections") }
    guard start + size == content.size else { throw SignatureError("its table does not end where the file ends") }
    certificates = start..<content.size
  }

  /// What a signature is about: all but the checksum and what belongs to the signature.
  var signedRanges: [Range<Int64>] {
    [
      0..<checksum.lowerBound, checksum.upperBound..<directory.lowerBound,
      directory.upperBound..<(certificates?.lowerBound ?? directory.upperBound),
    ]
  }

  /// The DER of each signature; throws unless the table has them, zeros that fill up, and nothing else.
  func messages(_ content: Content) throws -> [[UInt8]] {
    guard let certificates, certificates.count <= SignedMessage.sizeLimit else {
      throw SignatureError("its table is too large")
    }
    var source = content.source()
    var messages: [[UInt8]] = []
    var place = certificates.lowerBound
    while place < certificates.upperBound {
      let length = try source.u32(at: place)
      guard length > 16, length <= certificates.upperBound - place,
        try source.bytes(at: place + 4, count: 4) == [0, 2, 2, 0]
      else { throw SignatureError("an entry of its table is no PKCS #7 message") }
      let next = min(place + (length + 7) / 8 * 8, certificates.upperBound)
      let bytes = try source.bytes(at: place + 8, count: Int(next - place - 8))
      let end = try Self.end(bytes)
      guard bytes.count - end < 8, bytes[end...].allSatisfy({ $0 == 0 }) else {
        throw SignatureError("it is followed by \(bytes.count - end) bytes that are no part of it")
      }
      messages.append(Array(bytes[..<end]))
      place = next
    }
    return messages
  }

  /// Where the outermost element of DER ends.
  private static func end(_ bytes: [UInt8]) throws -> Int {
    guard bytes.count > 6, bytes[0] == 0x30, (0x81...0x84).contains(bytes[1]) else {
      throw SignatureError("it is no PKCS #7 message")
    }
    let count = Int(bytes[1] & 0x7F)
    let length = bytes[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - 2 - count else { throw SignatureError("it is cut off") }
    return 2 + count + length
  }

  /// The checksum that an image should have: its words added up with their carries, and its size.
  func sum(_ content: Content) throws -> UInt32 {
    var sum: UInt64 = 0
    var position: Int64 = 0
    while position < content.size {
      var piece = try content.bytes(at: position, count: 256 << 10)
      for place in checksum where place >= position && place < position + Int64(piece.count) {
        piece[Int(place - position)] = 0
      }
      position += Int64(piece.count)
      if piece.count % 2 == 1 { piece.append(0) }
      for index in stride(from: 0, to: piece.count, by: 2) {
        sum &+= UInt64(piece[index]) | UInt64(piece[index + 1]) << 8
      }
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return UInt32(truncatingIfNeeded: sum &+ UInt64(content.size))
  }
}
