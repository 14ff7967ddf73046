/// Cuts a stream of bytes into lines that are safe to show on a terminal.
///
/// A line ends at LF or CR; one that is too long is cut where the limit is. Bytes that are not UTF-8 and control
/// characters become U+FFFD, since the bytes may come from an adversary who knows escape sequences.
public struct LineSplitter: Sendable {
  private var pending: [UInt8] = []
  private let limit: Int

  /// Makes a splitter; `limit` is the longest line in bytes.
  public init(limit: Int = 8192) {
    self.limit = max(limit, 1)
  }

  /// Takes bytes and hands on each line that they complete.
  public mutating func append(_ bytes: RawSpan, _ onLine: (String) -> Void) {
    for index in 0..<bytes.byteCount {
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      if byte == 0x0A {
        emit(onLine)
      } else if byte == 0x0D {
        if !pending.isEmpty { emit(onLine) }
      } else {
        pending.append(byte)
        if pending.count == limit { emit(onLine) }
      }
    }
  }

  /// Hands on what is left after the last line end.
  public mutating func finish(_ onLine: (String) -> Void) {
    if !pending.isEmpty { emit(onLine) }
  }

  private mutating func emit(_ onLine: (String) -> Void) {
    onLine(Self.printable(pending))
    pending.removeAll(keepingCapacity: true)
  }

  /// Text without anything that a terminal would obey.
  public static func printable(_ bytes: [UInt8]) -> String {
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var text = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let control = scalar.properties.generalCategory == .control && scalar != "\t"
      text.append(control ? "\u{FFFD}" : scalar)
    }
    return String(text)
  }
}

/// The last bytes of a stream, bounded.
struct ByteTail {
  private var bytes: [UInt8] = []
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  mutating func append(_ more: RawSpan) {
    unsafe more.withUnsafeBytes { buffer in unsafe bytes.append(contentsOf: buffer) }
    if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
  }

  var text: String { String(decoding: bytes.suffix(limit), as: UTF8.self) }
}
