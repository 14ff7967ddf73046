import Archives
import Formats

extension ByteSource {
  /// Reads from memory, and decodes compressed tables as the program does.
  static func decoding(_ bytes: [UInt8]) -> ByteSource {
    ByteSource(bytes) { Decompression.decoded($0, $1, limit: $2) }
  }
}
