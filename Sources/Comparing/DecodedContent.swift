import Archives
import Model
import SystemPackage

/// Undoes the compression of one side's bytes; every failure says which side it was.
struct DecodedContent: Sendable {
  let side: Side
  let explainer: Explainer
  /// How many files it is within.
  let depth: Int

  /// The uncompressed bytes, kept in memory or in an unlinked file.
  @concurrent func decode(_ content: Content, _ codec: Codec) async -> Result<Content, any Error> {
    Result {
      // Halved on each level, so that all levels together keep at most twice the limit.
      let spool = MemberSpool(
        folder: explainer.limits.temporaryFolder, memory: explainer.limits.memory >> min(depth, 62))
      var writer = spool.begin()
      var size: Int64 = 0
      var position: Int64 = 0
      do {
        try Decompression.run(
          codec, name: "it",
          pull: {
            let piece = try content.bytes(at: position, count: 256 << 10)
            position += Int64(piece.count)
            return piece
          }
        ) { bytes in
          if Task.isCancelled { throw ComparisonError.cancelled }
          guard explainer.budget.take(Int64(bytes.byteCount)) else {
            throw Unexplainable(
              side, "not unpacked, for there are more than \(explainer.limits.unpackedBytes) bytes to unpack")
          }
          try writer.write(bytes, at: size)
          size += Int64(bytes.byteCount)
        }
      } catch let error as ArchiveError {
        throw Unexplainable(side, "not unpacked: \(error.message)")
      }
      return try writer.finish(size: size)
    }
  }
}
