import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Compares with declared exceptions, and checks what must hold whatever the bytes are.
enum Reconstructed {
  /// The comparison; where all is accounted for, the patches must give the shipped bytes, put together anew.
  static func compare(
    _ shipped: [UInt8], _ rebuilt: [UInt8], _ exceptions: [DeclaredException],
    limits: ComparisonLimits = ComparisonLimits(), sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Comparison {
    let folder = try TemporaryFolder()
    let comparison = try await Comparison.compare(
      shipped: try folder.write("shipped", shipped), rebuilt: try folder.write("rebuilt", rebuilt),
      exceptions: exceptions, limits: limits)
    #expect(!comparison.differences.isEmpty, sourceLocation: sourceLocation)
    let reconstruction = try #require(comparison.reconstruction, sourceLocation: sourceLocation)
    let isEquivalent = comparison.verdict == .equivalent
    #expect(reconstruction.refusals.isEmpty == isEquivalent, sourceLocation: sourceLocation)
    #expect(
      comparison.differences.allSatisfy { ($0.exception != nil) == isEquivalent }, sourceLocation: sourceLocation)
    if isEquivalent, !reconstruction.ofDecodedContents {
      #expect(reconstruction.sha256 == comparison.shipped.sha256, sourceLocation: sourceLocation)
    }
    if isEquivalent, reconstruction.patches.allSatisfy({ $0.path.isEmpty }) {
      let made = try applied(reconstruction.patches, to: rebuilt)
      #expect(made == shipped, sourceLocation: sourceLocation)
    }
    return comparison
  }

  /// What an evaluator with the report alone would do.
  static func applied(_ patches: [Reconstruction.Patch], to rebuilt: [UInt8]) throws -> [UInt8] {
    var made: [UInt8] = []
    var place = 0
    for patch in patches.sorted(by: { $0.offset < $1.offset }) {
      let same = Int(patch.offset) - made.count
      let removed = try #require(Hexadecimal.bytes(patch.removed))
      try #require(same >= 0 && place + same + removed.count <= rebuilt.count)
      made += rebuilt[place..<place + same]
      place += same
      #expect(Array(rebuilt[place..<place + removed.count]) == removed)
      place += removed.count
      made += try #require(Hexadecimal.bytes(patch.inserted))
    }
    return made + rebuilt[place...]
  }

  /// Bytes that nothing recognises, each as the seed has it.
  static func noise(_ count: Int, seed: UInt32 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }
}

extension DeclaredException {
  /// One that a test needs no reason for.
  static func test(
    _ kind: Kind, _ place: String = ".", verify: Trust? = nil, shipped: Int64? = nil, rebuilt: Int64? = nil,
    offset: Int64? = nil, length: Int64? = nil, field: String? = nil
  ) -> DeclaredException {
    DeclaredException(
      kind: kind, place: place, reason: "a test", verify: verify, offset: offset, length: length, shipped: shipped,
      rebuilt: rebuilt, field: field)
  }
}
