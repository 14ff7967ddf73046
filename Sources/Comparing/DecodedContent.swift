import Archives
import Formats
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
    Result { try kept(content.pieces([0..<content.size]), codec) }
  }

  /// The bytes of a file that lies in several stretches, uncompressed where it has a codec.
  @concurrent func join(_ content: Content, _ file: JoinedFile) async -> Result<Content, any Error> {
    Result {
      guard file.codec == nil, file.pieces.count == 1, let piece = file.pieces.first else {
        return try kept(content.pieces(file.pieces), file.codec)
      }
      return try content.part(piece).atHand()
    }
  }

  private func kept(_ pull: @escaping () throws -> [UInt8]?, _ codec: Codec?) throws -> Content {
    // Halved on each level, so that all levels together keep at most twice the limit.
    let spool = MemberSpool(
      folder: explainer.limits.temporaryFolder, memory: explainer.limits.memory >> min(depth, 62))
    var writer = spool.begin()
    var size: Int64 = 0
    do {
      if let codec {
        try Decompression.run(codec, name: "it", pull: { try pull() ?? [] }) { bytes in
          try keep(bytes, &writer, &size)
        }
      } else {
        while let piece = try pull() { try keep(unsafe piece.span.bytes, &writer, &size) }
      }
    } catch let error as ArchiveError {
      throw Unexplainable(side, "not unpacked: \(error.message)")
    }
    return try writer.finish(size: size)
  }

  private func keep(_ bytes: RawSpan, _ writer: inout MemberSpool.Writer, _ size: inout Int64) throws {
    if Task.isCancelled { throw ComparisonError.cancelled }
    guard explainer.budget.take(Int64(bytes.byteCount)) else {
      throw Unexplainable(
        side, "not unpacked, for there are more than \(explainer.limits.unpackedBytes) bytes to unpack")
    }
    try writer.write(bytes, at: size)
    size += Int64(bytes.byteCount)
  }
}
