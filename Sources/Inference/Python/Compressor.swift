import Archives
import Model

/// Which implementation of deflate compressed something.
enum Compressor: Hashable, Sendable {
  /// zlib, at a level.
  case zlib(level: Int)
  /// One whose bytes zlib gives at no level.
  case other

  /// A member of an archive, and what it was compressed to.
  struct Sample {
    var contents: [UInt8]
    var compressed: ArraySlice<UInt8>
  }

  /// Compresses samples again; nil where there are none.
  static func of(_ samples: [Sample]) -> Compressor? {
    guard !samples.isEmpty else { return nil }
    let usual = Recompression.candidates(.deflate, head: []).filter { $0.variant == 8 && $0.strategy == 0 }
    let found = usual.first { settings in samples.allSatisfy { gives(settings, $0) } }
    return found.map { .zlib(level: $0.level) } ?? .other
  }

  private static func gives(_ settings: Recompression.Settings, _ sample: Sample) -> Bool {
    var rest: [UInt8]? = sample.contents
    let compressed = sample.compressed
    let isSame = try? Recompression.gives(
      settings,
      pull: {
        defer { rest = nil }
        return rest
      }, size: Int64(compressed.count),
      isExpected: { bytes, place in
        let start = compressed.startIndex + Int(place)
        return unsafe bytes.withUnsafeBytes { unsafe $0.elementsEqual(compressed[start..<start + $0.count]) }
      })
    return isSame ?? false
  }
}
