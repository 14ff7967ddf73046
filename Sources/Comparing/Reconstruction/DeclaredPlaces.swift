import Formats
import Model
import Signatures

/// Finds where in one file the declared exceptions are.
struct DeclaredPlaces: Sendable {
  let pair: PartPair
  let exceptions: [DeclaredException]

  /// The holes of all exceptions that are about this file itself, in order.
  ///
  /// Throws `Refused` where a declared place is not as it must be.
  func holes() throws -> [Hole] {
    var holes: [Hole] = []
    for (index, exception) in exceptions.enumerated() where exception.covers(pair.path) {
      do {
        holes += try self.holes(index, exception)
      } catch let error as SignatureError {
        throw Refused(path: pair.path, error)
      } catch let error as FormatError {
        if case .unreadable(let cause) = error { throw cause }
        throw Refused(path: pair.path, reason: "\(exception.kind.rawValue): \(error.text)")
      }
    }
    return holes.sorted { $0.shipped.lowerBound < $1.shipped.lowerBound }
  }

  private func holes(_ index: Int, _ exception: DeclaredException) throws -> [Hole] {
    switch exception.kind {
    case .header:
      let (shipped, rebuilt) = try declaredLengths(exception)
      return [Hole(shipped: 0..<shipped, rebuilt: 0..<rebuilt, filling: .inserted(exception: index, what: "header"))]
    case .trailer:
      let (shipped, rebuilt) = try declaredLengths(exception)
      return [
        Hole(
          shipped: pair.shipped.size - shipped..<pair.shipped.size,
          rebuilt: pair.rebuilt.size - rebuilt..<pair.rebuilt.size,
          filling: .inserted(exception: index, what: "trailer"))
      ]
    case .range:
      guard let offset = exception.offset, let length = exception.length, offset >= 0, length > 0,
        offset <= min(pair.shipped.size, pair.rebuilt.size),
        length <= min(pair.shipped.size, pair.rebuilt.size) - offset
      else { throw Refused(path: pair.path, reason: "the declared range is not within both files") }
      let range = offset..<offset + length
      return [Hole(shipped: range, rebuilt: range, filling: .inserted(exception: index, what: "declared range"))]
    case .moduleSignature: return try ModuleSignaturePlace(pair: pair, index: index, exception: exception).holes()
    case .authenticode: return try AuthenticodePlace(pair: pair, index: index, exception: exception).holes()
    case .appendedSignature: return try AppendedSignaturePlace(pair: pair, index: index, exception: exception).holes()
    case .machoSignature: return try MachOSignaturePlace(pair: pair, index: index, exception: exception).holes()
    // These are places within a structure, or whole files.
    case .field, .apkSignature, .jarSignature, .detachedSignature: return []
    }
  }

  private func declaredLengths(_ exception: DeclaredException) throws -> (Int64, Int64) {
    let (shipped, rebuilt) = (exception.shipped ?? 0, exception.rebuilt ?? 0)
    guard shipped >= 0, rebuilt >= 0, shipped <= pair.shipped.size, rebuilt <= pair.rebuilt.size else {
      throw Refused(
        path: pair.path, reason: "the declared \(exception.kind.rawValue) is longer than the file")
    }
    return (shipped, rebuilt)
  }
}

extension DeclaredException {
  /// The certificates that a signature must lead up to; nil where it is declared that nobody verifies it.
  func trusted() throws(SignatureError) -> CertificateList? {
    switch verify {
    case .certificates(let pem): return try CertificateList(pem: Array(pem.utf8))
    case .unverified: return nil
    case nil: throw SignatureError("the exception has no certificate to verify it against")
    }
  }

  /// What the report says of who signed.
  static func words(_ signers: [Signer]?) -> String {
    guard let signers else { return "not verified, as declared" }
    return "verified: " + signers.map(\.text).joined(separator: "; ")
  }
}

extension Content {
  /// Hands out stretches piece by piece, in order; nil at their end.
  func pieces(_ ranges: [Range<Int64>]) -> () throws -> [UInt8]? {
    let reader = PieceReader(self, ranges)
    return { try reader.next() }
  }
}

/// How far the stretches of a content were read.
///
/// An object: the optimiser of Swift 6.3.1 leaves a variable without its first value that a closure captures, where an
/// asynchronous function calls the closure.
private final class PieceReader {
  private static let length: Int64 = 256 << 10

  private let content: Content
  private let ranges: [Range<Int64>]
  private var index = 0
  private var position: Int64

  init(_ content: Content, _ ranges: [Range<Int64>]) {
    self.content = content
    self.ranges = ranges
    position = ranges.first?.lowerBound ?? 0
  }

  func next() throws -> [UInt8]? {
    while index < ranges.count {
      let end = ranges[index].upperBound
      guard position < end else {
        index += 1
        if index < ranges.count { position = ranges[index].lowerBound }
        continue
      }
      let piece = try content.bytes(at: position, count: Int(min(Self.length, end - position)))
      position += Int64(piece.count)
      return piece
    }
    return nil
  }
}
