import Model

extension Reconstructor {
  /// What came of some files.
  struct Outcome: Sendable {
    /// A place that a patch is about, as the differences there have it.
    struct Place: Sendable {
      let path: [String]
      let shipped: Range<Int64>
      /// Nil for what was computed.
      let exception: Int?
    }

    var patches: [Reconstruction.Patch] = []
    /// The bytes of all patches.
    var patchBytes: Int64 = 0
    var places: [Place] = []
    var decodedOnly: [[String]] = []
    var refusals: [Refused.Item] = []
    /// Of the bytes that were put together; nil where there is no whole.
    var sha256: SHA256Digest?

    /// Adds what came of another file.
    static func += (left: inout Self, right: Self) {
      left.patches += right.patches
      left.patchBytes += right.patchBytes
      left.places += right.places
      left.decodedOnly += right.decodedOnly
      left.refusals += right.refusals
    }

    /// The result for the report.
    func result(_ exceptions: [DeclaredException]) -> Reconstruction {
      Reconstruction(
        sha256: refusals.isEmpty ? sha256 : nil, decodedOnly: decodedOnly, exceptions: exceptions,
        patches: patches.sorted {
          ($0.path.joined(separator: "\0"), $0.offset) < ($1.path.joined(separator: "\0"), $1.offset)
        },
        refusals: refusals.map { Reconstruction.Refusal(path: $0.path, reason: $0.reason) })
    }

    /// Differences of their own: the signatures that do not hold.
    var signatureDifferences: [Difference] {
      refusals.filter(\.isSignature).map { item in
        var difference = Difference(
          path: item.path, region: "verification of the signature", role: .signature, kind: .missing,
          shipped: item.reason)
        difference.cause = Cause(
          name: "content", confidence: 1, evidence: "a signature that does not hold accounts for nothing")
        return difference
      }
    }

    /// Says of each difference which exception covers it, where all of them are covered.
    func mark(_ differences: inout [Difference], _ exceptions: [DeclaredException]) {
      guard refusals.isEmpty else { return }
      let byPath = Dictionary(grouping: places, by: \.path)
      let declared = places.filter { $0.exception != nil }
      // The first exception in each file and in all that it is within.
      var nearest: [[String]: Int] = [:]
      for place in declared {
        for count in (0...place.path.count).reversed() {
          let path = Array(place.path[..<count])
          guard nearest[path] == nil else { break }
          nearest[path] = place.exception
        }
      }
      for index in differences.indices {
        let difference = differences[index]
        let here = byPath[difference.path]?.first { $0.exception != nil && $0.holds(difference) }
        if let exception = here?.exception {
          differences[index].exception = exceptions[exception].summary
          continue
        }
        let lengths = (0...difference.path.count).reversed()
        let around = lengths.lazy.compactMap { nearest[Array(difference.path[..<$0])] }.first
        differences[index].exception =
          around.map { "follows from \(exceptions[$0].summary)" } ?? "follows from the declared exceptions"
      }
    }
  }
}

extension Reconstructor.Outcome.Place {
  /// Whether a difference of the same path is about bytes of this place.
  fileprivate func holds(_ difference: Difference) -> Bool {
    guard let offset = difference.offset else { return false }
    let end = offset + max(1, difference.length ?? 1)
    return offset <= shipped.upperBound && shipped.lowerBound < max(end, offset + 1)
  }
}
