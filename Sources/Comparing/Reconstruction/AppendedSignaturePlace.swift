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
    guard !OpenPGPSignature.isLikely(bytes) else {
      let signatures = try OpenPGPSignature.read(bytes)
      guard case .certificates(let keys) = exception.verify else {
        return "OpenPGP signature, " + DeclaredException.words(nil)
      }
      let signers = try OpenPGPKeyring(armoured: Array(keys.utf8)).verify(signatures, content: pull)
      return "verified: " + signers.joined(separator: "; ")
    }
    let trusted = try exception.trusted()
    let message = try SignedMessage(der: bytes)
    guard message.isDetached else { throw SignatureError("it has a content of its own") }
    return DeclaredException.words(try trusted.map { try message.verify(trusted: $0, content: pull) })
  }
}
