import Digests
import Model

/// Writes the bytes of a plan together and makes their digest.
struct ReconstructedBytes {
  let plan: ReconstructionPlan

  /// The digest of all bytes; the paths of files whose compression could not be repeated are added.
  func digest(_ decodedOnly: inout [[String]]) async throws -> SHA256Digest {
    var digest = StreamingDigest()
    try await write(&decodedOnly, &digest)
    return digest.finishSHA256()
  }

  private func write(_ decodedOnly: inout [[String]], _ digest: inout StreamingDigest) async throws {
    let pair = plan.pair
    var place: Int64 = 0
    for hole in plan.holes {
      try add(pair.rebuilt, place..<hole.rebuilt.lowerBound, &digest)
      place = hole.rebuilt.upperBound
      switch hole.filling {
      case .inserted: try add(pair.shipped, hole.shipped, &digest)
      case .derived(let bytes, _): digest.update(bytes)
      case .part(let inner): try await ReconstructedBytes(plan: inner).write(&decodedOnly, &digest)
      case .compressed(let inner, let settings):
        let content = inner.pair.shipped
        let whole = try await ReconstructedBytes(plan: inner).digest(&decodedOnly)
        guard whole == (try BytesText.digest(content, 0..<content.size)) else {
          throw Refused(path: inner.pair.path, reason: "what was put together is not the shipped file")
        }
        if settings == nil { decodedOnly.append(inner.pair.path) }
        // Compressing this very content gave exactly these bytes, or it is said that it did not.
        try add(pair.shipped, hole.shipped, &digest)
      }
    }
    try add(pair.rebuilt, place..<pair.rebuilt.size, &digest)
  }

  private func add(_ content: Content, _ range: Range<Int64>, _ digest: inout StreamingDigest) throws {
    let pieces = content.pieces([range])
    while let piece = try pieces() { digest.update(piece) }
  }
}
