import CZlib
public import Model

/// Undoes a compression that is known beforehand.
public enum Decompression {
  /// Hands out the uncompressed bytes piece by piece.
  ///
  /// Throws `ArchiveError`, or what a closure throws.
  /// - Parameters:
  ///   - codec: how the bytes are compressed.
  ///   - name: what they are called in messages.
  ///   - pull: the compressed bytes piece by piece; an empty piece is the end.
  ///   - body: gets the uncompressed bytes, which are gone when it returns.
  public static func run(
    _ codec: Codec, name: String, pull: @escaping () throws -> [UInt8],
    _ body: (RawSpan) throws -> Void
  ) throws {
    switch codec {
    case .deflate: try inflate(windowBits: -15, name: name, pull: pull, body)
    case .zlib: try inflate(windowBits: 15, name: name, pull: pull, body)
    default:
      var reader = try ArchiveReader(compressedStream: pull, name: name)
      guard try reader.nextEntry() != nil else { return }
      try reader.readData { _, bytes in try body(bytes) }
    }
  }

  /// The uncompressed bytes of something small; nil where it is damaged or where there are more than the limit.
  public static func decoded(_ codec: Codec, _ bytes: [UInt8], limit: Int) -> [UInt8]? {
    struct TooMuch: Error {}
    var rest = bytes
    var output: [UInt8] = []
    do {
      try run(
        codec, name: "a table",
        pull: {
          defer { rest = [] }
          return rest
        }
      ) { piece in
        guard piece.byteCount <= limit - output.count else { throw TooMuch() }
        unsafe piece.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
      }
    } catch {
      return nil
    }
    return output
  }

  private static func inflate(
    windowBits: Int32, name: String, pull: () throws -> [UInt8], _ body: (RawSpan) throws -> Void
  ) throws {
    var stream = unsafe z_stream()
    guard unsafe verbatim_inflate_init(&stream, windowBits) == Z_OK else {
      throw ArchiveError(.unreadable, "decompressing \(name): zlib could not begin")
    }
    defer { _ = unsafe inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: 128 << 10)
    var status = Z_OK
    while status != Z_STREAM_END {
      let input = try pull()
      guard !input.isEmpty else { throw ArchiveError(.cut, "decompressing \(name): it ends too early") }
      var place = 0
      while place < input.count, status != Z_STREAM_END {
        let (taken, made, result) = unsafe input.withUnsafeBufferPointer { from in
          unsafe output.withUnsafeMutableBufferPointer { into in
            // zlib reads through this pointer and never writes to it.
            unsafe stream.next_in = UnsafeMutablePointer(mutating: from.baseAddress?.advanced(by: place))
            unsafe stream.avail_in = UInt32(from.count - place)
            unsafe stream.next_out = into.baseAddress
            unsafe stream.avail_out = UInt32(into.count)
            let result = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
            return unsafe (
              from.count - place - Int(stream.avail_in), into.count - Int(stream.avail_out), result
            )
          }
        }
        status = result
        guard status == Z_OK || status == Z_STREAM_END || (status == Z_BUF_ERROR && (taken > 0 || made > 0)) else {
          throw ArchiveError(.corrupt, "decompressing \(name): its compressed data are damaged")
        }
        if made > 0 { try unsafe body(output.span.bytes.extracting(first: made)) }
        place += taken
        if taken == 0, made == 0 { break }
      }
    }
  }
}
