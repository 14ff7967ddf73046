import Archives
import Model
import Signatures

/// A place where the shipped bytes of a file are not simply those of the rebuilt one.
struct Hole: Sendable {
  /// Where the bytes of the shipped side come from.
  enum Filling: Sendable {
    /// The shipped file, because an exception declares that they may differ.
    case inserted(exception: Int, what: String, signer: String? = nil)
    /// A computation from what else is in the reconstruction.
    case derived([UInt8], what: String)
    /// The reconstruction of a file within.
    case part(ReconstructionPlan)
    /// The reconstruction of a file within, compressed again; without settings that could not be repeated.
    case compressed(ReconstructionPlan, Recompression.Settings?)
  }

  /// In the shipped file.
  let shipped: Range<Int64>
  /// In the rebuilt file.
  let rebuilt: Range<Int64>
  let filling: Filling
  /// The path that differences there have, where it is that of a member rather than of the file.
  var path: [String]?
}

/// How a shipped file is put together: the rebuilt bytes, but for the holes.
struct ReconstructionPlan: Sendable {
  let pair: PartPair
  /// In order, without overlap on either side.
  let holes: [Hole]
}

/// Why a file cannot be reconstructed; never that the comparison failed.
struct Refused: Error {
  /// One reason.
  struct Item: Sendable {
    let path: [String]
    let reason: String
    /// Whether it is a signature that does not hold.
    var isSignature = false
  }

  var items: [Item]

  init(_ items: [Item]) { self.items = items }

  init(path: [String], reason: String, isSignature: Bool = false) {
    items = [Item(path: path, reason: reason, isSignature: isSignature)]
  }

  /// For a signature that does not hold.
  init(path: [String], _ error: SignatureError) {
    self.init(path: path, reason: "the signature does not hold: \(error.reason)", isSignature: true)
  }
}

extension PartPair {
  /// The stretches between holes, which must have the same bytes on both sides; throws where they cannot.
  func requireSame(between holes: [Hole]) throws {
    var (place, other) = (Int64(0), Int64(0))
    for hole in holes + [end] {
      guard hole.shipped.lowerBound >= place, hole.rebuilt.lowerBound >= other else {
        throw Refused(path: path, reason: "two declared places overlap at byte \(hole.shipped.lowerBound)")
      }
      let length = hole.shipped.lowerBound - place
      guard length == hole.rebuilt.lowerBound - other else {
        throw Refused(
          path: path,
          reason: "between bytes \(place) and \(hole.shipped.lowerBound) shipped and rebuilt have not as many bytes, "
            + "and no exception declares that")
      }
      guard try Content.equal(shipped, at: place, rebuilt, at: other, count: length) else {
        throw Refused(
          path: path,
          reason:
            "between bytes \(place) and \(hole.shipped.lowerBound) there are differences that no exception declares"
        )
      }
      (place, other) = (hole.shipped.upperBound, hole.rebuilt.upperBound)
    }
  }

  private var end: Hole {
    Hole(
      shipped: shipped.size..<shipped.size, rebuilt: rebuilt.size..<rebuilt.size, filling: .derived([], what: "end"))
  }
}
