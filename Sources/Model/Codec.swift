/// A way in which bytes are compressed.
public enum Codec: String, Sendable, Hashable, CaseIterable {
  /// Streams that begin with a mark of their own.
  case gzip, bzip2, xz, lzma, zstd, lz4, lzip, compress
  /// RFC 1951 without a header.
  case deflate
  /// RFC 1950.
  case zlib
}
