import Archives
import Formats
import Model

/// The hole for a file within another: its own reconstruction, compressed again where it was.
struct FileHoles {
  /// Where the file is on both sides.
  struct Place {
    let path: [String]
    let name: String?
    let codec: Codec?
    let region: Region
    /// What is decoded.
    let shipped: Range<Int64>
    let rebuilt: Range<Int64>
    let partner: Region
    /// The signature of the jar that it is in.
    let jar: JarSignature.Found?
  }

  let reconstructor: Reconstructor
  let pair: PartPair

  /// Throws `Refused` where the contents are the same or cannot be put together.
  func hole(_ place: Place) async throws -> Hole {
    let explainer = reconstructor.explainer
    try explainer.requireDepth(pair)
    guard let codec = place.codec else {
      let plan = try await reconstructor.plan(
        inner(place, pair.shipped.part(place.shipped), pair.rebuilt.part(place.rebuilt)), jar: place.jar)
      return Hole(shipped: place.shipped, rebuilt: place.rebuilt, filling: .part(plan))
    }
    async let decoded = decode(.shipped, pair.shipped.part(place.shipped), codec)
    let other = try await decode(.rebuilt, pair.rebuilt.part(place.rebuilt), codec)
    let plan = try await reconstructor.plan(inner(place, try await decoded, other), jar: place.jar)
    guard !plan.holes.isEmpty else {
      throw Refused(
        path: plan.pair.path, reason: "the same contents are compressed differently, and no exception declares that")
    }
    // gzip's own header is told from what is compressed, so only that is compressed again.
    let isGzip = codec == .gzip
    let ranges = isGzip ? (place.region.range, place.partner.range) : (place.shipped, place.rebuilt)
    let settings = try settings(
      isGzip ? .deflate : codec, plan.pair, pair.shipped.part(ranges.0), pair.rebuilt.part(ranges.1))
    return Hole(shipped: ranges.0, rebuilt: ranges.1, filling: .compressed(plan, settings))
  }

  private func inner(_ place: Place, _ shipped: Content, _ rebuilt: Content) throws -> PartPair {
    let path = try InnerPath(formats: reconstructor.explainer.formats, within: pair.path)
      .path(place.path, name: place.name, isStored: place.codec == nil, (shipped, rebuilt))
    return PartPair(path: path, shipped: shipped, rebuilt: rebuilt, depth: pair.depth + 1)
  }

  private func decode(_ side: Side, _ content: Content, _ codec: Codec) async throws -> Content {
    try await DecodedContent(side: side, explainer: reconstructor.explainer, depth: pair.depth)
      .decode(content, codec).get()
  }

  /// The settings that give the bytes of both sides; nil where none of the likely ones does.
  ///
  /// Of both, because nobody declared that they may be compressed differently.
  private func settings(
    _ codec: Codec, _ decoded: PartPair, _ shipped: Content, _ rebuilt: Content
  ) throws -> Recompression.Settings? {
    let head = try shipped.bytes(at: 0, count: Recompression.headLength)
    for settings in Recompression.candidates(codec, head: head) {
      if Task.isCancelled { throw ComparisonError.cancelled }
      guard try gives(settings, decoded.shipped, shipped) else { continue }
      return try gives(settings, decoded.rebuilt, rebuilt) ? settings : nil
    }
    return nil
  }

  private func gives(_ settings: Recompression.Settings, _ decoded: Content, _ expected: Content) throws -> Bool {
    try Recompression.gives(settings, pull: decoded.pieces([0..<decoded.size]), size: expected.size) { bytes, place in
      let wanted = try expected.bytes(at: place, count: bytes.byteCount)
      return unsafe bytes.withUnsafeBytes { unsafe $0.elementsEqual(wanted) }
    }
  }
}
