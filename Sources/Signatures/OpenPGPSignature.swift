import COpenSSL
import Model

/// A signature of OpenPGP over a file (RFC 9580, 5.2), version 4, of bytes rather than of text.
public struct OpenPGPSignature {
  let algorithm: UInt8
  let digest: UInt8
  /// What is signed with the content.
  let signedPart: [UInt8]
  /// The first bytes of the digest, as a hint.
  let numbers: [UInt8]

  /// Reads signatures and nothing else, in armour or not; throws where there is anything else.
  public static func read(_ bytes: [UInt8]) throws(SignatureError) -> [OpenPGPSignature] {
    var signatures: [OpenPGPSignature] = []
    for packet in try OpenPGPPackets.read(bytes, kind: "SIGNATURE") {
      guard packet.tag == 2, signatures.count < 16 else {
        throw SignatureError("it has OpenPGP packets that are no signatures")
      }
      signatures.append(try OpenPGPSignature(packet.body))
    }
    return signatures
  }

  /// Whether some bytes begin as such a signature does.
  public static func isLikely(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first else { return false }
    // Tag 2 in the older form with one or two bytes of length, or in the newer one.
    return bytes.starts(with: Array("-----BEGIN PGP SIGNATURE-----".utf8)) || [0x88, 0x89, 0xC2].contains(first)
  }

  private init(_ body: [UInt8]) throws(SignatureError) {
    guard body.count >= 6, body[0] == 4 else { throw SignatureError("it is no OpenPGP signature of version 4") }
    guard body[1] == 0 else { throw SignatureError("it is an OpenPGP signature of something other than a file") }
    (algorithm, digest) = (body[2], body[3])
    let end = 6 + Int(body[4]) << 8 + Int(body[5])
    guard end + 2 <= body.count else { throw SignatureError("it is cut off") }
    signedPart = Array(body[..<end])
    let other = Int(body[end]) << 8 + Int(body[end + 1])
    guard end + 4 + other < body.count else { throw SignatureError("it is cut off") }
    numbers = Array(body[(end + 4 + other)...])
  }

  /// The digest of a content and of what is signed with it.
  func hash(_ pull: () throws -> [UInt8]?) throws -> [UInt8] {
    guard let method = unsafe method, let chain = unsafe OwnedBIO(digesting: method) else {
      throw SignatureError("its digest is none of SHA-256, SHA-384 and SHA-512")
    }
    func write(_ bytes: [UInt8]) throws(SignatureError) {
      guard chain.write(bytes) else { throw SignatureError("OpenSSL could not make a digest") }
    }
    while let piece = try pull() { try write(piece) }
    let length = signedPart.count
    try write(signedPart + [4, 0xFF] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
    return chain.digest
  }

  /// SHA-2 only, as for other signatures.
  var method: OpaquePointer? {
    switch digest {
    case 8: unsafe EVP_sha256()
    case 9: unsafe EVP_sha384()
    case 10: unsafe EVP_sha512()
    default: nil
    }
  }
}
