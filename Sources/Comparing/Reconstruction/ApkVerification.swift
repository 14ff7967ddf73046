import Digests
import Formats
import Model
import Signatures

/// Verifies the signing block of an Android package: schemes 2 and 3, as source.android.com describes them.
///
/// Stricter than Android: every scheme and every signer of the block has to hold, and it may have nothing else.
struct ApkVerification {
  private static let chunk: Int64 = 1 << 20
  private static let padding = 0x4272_6577
  /// Of scheme 2, of 3, and of 3 for later systems.
  private static let schemes = [0x7109_871A, 0xF053_68C0, 0x1B93_AD61]

  let content: Content
  let block: Range<Int64>
  /// Where the record begins that ends the archive.
  let end: Int64

  /// Who signed; throws unless all of the package is signed by somebody who is trusted.
  func signers(trusted: CertificateList) throws -> [Signer] {
    guard block.count <= SignedMessage.sizeLimit else { throw SignatureError("its block is too large") }
    let bytes = try content.bytes(at: block.lowerBound, count: block.count)
    var rest = bytes[8..<(bytes.count - 24)]
    var signers: [Signer] = []
    var digests = Digests()
    while !rest.isEmpty {
      guard let size = Self.number(&rest), let high = Self.number(&rest), high == 0, size >= 4, size <= rest.count,
        let kind = Self.number(&rest)
      else { throw Self.odd }
      var value = rest.prefix(size - 4)
      rest = rest.dropFirst(size - 4)
      if kind == Self.padding, value.allSatisfy({ $0 == 0 }) { continue }
      guard Self.schemes.contains(kind), var list = Self.part(&value), value.isEmpty else {
        throw SignatureError("its block has a part that nobody verifies")
      }
      while !list.isEmpty {
        guard let signer = Self.part(&list) else { throw Self.odd }
        signers.append(try verify(signer, isLater: kind != Self.schemes[0], trusted, &digests))
      }
    }
    guard !signers.isEmpty else { throw SignatureError("its block has no signature") }
    return signers
  }

  /// Those of the package, each made once however many signatures there are.
  private typealias Digests = [StreamingDigest.Algorithm: [UInt8]]

  private func verify(
    _ signer: ArraySlice<UInt8>, isLater: Bool, _ trusted: CertificateList, _ made: inout Digests
  ) throws -> Signer {
    var rest = signer
    guard let signed = Self.part(&rest) else { throw Self.odd }
    if isLater { rest = rest.dropFirst(8) }
    guard var signatures = Self.part(&rest), let key = Self.part(&rest), rest.isEmpty else { throw Self.odd }
    var fields = signed
    guard var digests = Self.part(&fields), var certificates = Self.part(&fields),
      let first = Self.part(&certificates)
    else { throw Self.odd }
    let certificate = try SigningCertificate(der: Array(first))
    guard certificate.publicKey == Array(key) else { throw SignatureError("its certificate is of another key") }
    var known: [Int: [UInt8]] = [:]
    while var entry = Self.part(&digests), let algorithm = Self.number(&entry), let digest = Self.part(&entry) {
      known[algorithm] = Array(digest)
    }
    var count = 0
    while var entry = Self.part(&signatures), let algorithm = Self.number(&entry), let signature = Self.part(&entry) {
      guard let (scheme, isSHA256) = Self.algorithms[algorithm] else { continue }
      try certificate.requireSignature(Array(signature), of: Array(signed), scheme: scheme, isSHA256: isSHA256)
      let kind = isSHA256 ? StreamingDigest.Algorithm.sha256 : .sha512
      let wanted = try made[kind] ?? contentDigest(kind)
      made[kind] = wanted
      guard known[algorithm] == wanted else { throw SignatureError("it is not a signature of this package") }
      count += 1
    }
    guard count > 0 else { throw SignatureError("it is by no algorithm that is known here") }
    return try certificate.signer(trusted: trusted)
  }

  /// Over the digests of pieces of a mebibyte of all but the block, with the directory's place as if there were none.
  private func contentDigest(_ algorithm: StreamingDigest.Algorithm) throws -> [UInt8] {
    var record = try content.bytes(at: end, count: Int(content.size - end))
    guard record.count >= 22, end >= block.upperBound else { throw Self.odd }
    record.replaceSubrange(16..<20, with: Self.little(block.lowerBound))
    var digests: [UInt8] = []
    var count: Int64 = 0
    let parts = [
      (content, 0..<block.lowerBound), (content, block.upperBound..<end), (Content(record), 0..<Int64(record.count)),
    ]
    for (content, range) in parts {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.chunk)) {
        let piece = try content.bytes(at: start, count: Int(min(Self.chunk, range.upperBound - start)))
        var digest = StreamingDigest(algorithm)
        digest.update([0xA5] + Self.little(Int64(piece.count)))
        digest.update(piece)
        digests += digest.finish()
        count += 1
      }
    }
    var digest = StreamingDigest(algorithm)
    digest.update([0x5A] + Self.little(count) + digests)
    return digest.finish()
  }

  private static let odd = SignatureError("its block is not of its form")

  private static let algorithms: [Int: (SigningCertificate.Scheme, isSHA256: Bool)] = [
    0x0101: (.rsaPSS, true), 0x0102: (.rsaPSS, false), 0x0103: (.usual, true), 0x0104: (.usual, false),
    0x0201: (.usual, true), 0x0202: (.usual, false),
  ]

  private static func little(_ number: Int64) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.count >= 4 else { return nil }
    defer { rest = rest.dropFirst(4) }
    return rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Bytes with their length before them.
  private static func part(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let count = number(&rest), count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
