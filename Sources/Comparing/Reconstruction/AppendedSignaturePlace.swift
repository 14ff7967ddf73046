import Model
import Signatures

/// A signature behind all bytes of the rebuilt file.
struct AppendedSignaturePlace {
  let pair: PartPair
  let index: Int
  let exception: DeclaredException

  func holes() throws -> [Hole] {
    let (size, start) = (pair.shipped.size, pair.rebuilt.size)
    guard size > start else { return [] }
    let bytes = try SignatureFile.bytes(pair.shipped, start..<size)
    let signer = try SignatureFile.check(bytes, exception) { pair.shipped.pieces([0..<start]) }
    return [
      Hole(
        shipped: start..<size, rebuilt: start..<start,
        filling: .inserted(exception: index, what: "signature", signer: signer))
    ]
  }
}

/// A signature in a form of its own: a PKCS #7 or CMS message, or one of OpenPGP.
enum SignatureFile {
  private static let suffixes = [".sig", ".asc", ".gpg", ".sign", ".p7s", ".p7b", ".p7", ".cms", ".der"]

  /// The name of the file that a signature beside it is of; nil where its name is none of a signature.
  static func nameOfSigned(_ name: String) -> String? {
    let suffix = suffixes.first { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    return suffix.map { String(name.dropLast($0.count)) }
  }

  /// The bytes of a signature, which are never many.
  static func bytes(_ content: Content, _ range: Range<Int64>) throws -> [UInt8] {
    guard range.count <= SignedMessage.sizeLimit else {
      throw SignatureError("it has \(range.count) bytes, and a signature at most \(SignedMessage.sizeLimit)")
    }
    return try content.bytes(at: range.lowerBound, count: range.count)
  }

  /// Says who signed; throws unless the bytes are a signature that holds, and nothing else.
  static func check(
    _ bytes: [UInt8], _ exception: DeclaredException, content pull: () throws -> (() throws -> [UInt8]?)
  ) throws -> String {
    let trusted = try exception.trusted()
    if isOpenPGP(bytes) {
      guard trusted == nil else {
        throw SignatureError("it is an OpenPGP signature, which cannot be verified against a certificate")
      }
      return "OpenPGP signature, " + DeclaredException.words(nil)
    }
    let message = try SignedMessage(der: bytes)
    guard message.isDetached else { throw SignatureError("it has a content of its own") }
    return DeclaredException.words(try trusted.map { try message.verify(trusted: $0, content: pull) })
  }

  /// Whether it is nothing but OpenPGP signatures, in packets or armoured (RFC 9580, 4.2 and 6).
  private static func isOpenPGP(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: Array("-----BEGIN PGP SIGNATURE-----".utf8)) { return isArmoured(bytes) }
    var rest = bytes[...]
    while let first = rest.popFirst() {
      guard first & 0x80 != 0, let length = packetLength(first, &rest), length <= rest.count else { return false }
      rest = rest.dropFirst(length)
    }
    return !bytes.isEmpty
  }

  /// The length of a packet that is a signature; nil for other packets, and for lengths that no signature needs.
  private static func packetLength(_ first: UInt8, _ rest: inout ArraySlice<UInt8>) -> Int? {
    func number(_ count: Int) -> Int? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
    if first & 0x40 == 0 {
      guard (first >> 2) & 0x0F == 2, first & 3 < 2 else { return nil }
      return number(first & 3 == 0 ? 1 : 2)
    }
    guard first & 0x3F == 2, let short = number(1) else { return nil }
    if short < 192 { return short }
    guard short < 224, let low = number(1) else { return nil }
    return (short - 192) << 8 + low + 192
  }

  private static func isArmoured(_ bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }
    guard let end = lines.firstIndex(of: "-----END PGP SIGNATURE-----"), lines[(end + 1)...].allSatisfy(\.isEmpty)
    else { return false }
    return lines[1..<end].allSatisfy { line in
      line.utf8.count <= 96
        && (line.utf8.allSatisfy { isBase64($0) }
          || ["Version: ", "Comment: ", "Hash: "].contains { line.hasPrefix($0) })
    }
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x3D: true
    default: false
    }
  }
}
