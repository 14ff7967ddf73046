/// The SHA-256 of some bytes.
///
/// Written as 64 lower-case hexadecimal digits everywhere; 32 bytes in memory.
public struct SHA256Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  private let high: (UInt64, UInt64)
  private let low: (UInt64, UInt64)

  /// Makes a digest of exactly 32 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var words: [UInt64] = [0, 0, 0, 0]
    for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
    high = (words[0], words[1])
    low = (words[2], words[3])
  }

  /// Parses 64 hexadecimal digits of either case; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard let bytes = Hexadecimal.bytes(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// The 32 bytes, most significant first.
  public var bytes: [UInt8] {
    [high.0, high.1, low.0, low.1].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }

  /// The 64 lower-case digits.
  public var hex: String { Hexadecimal.string(bytes) }

  /// The 64 lower-case digits.
  public var description: String { hex }

  /// The first twelve digits, for messages where the whole would drown the sentence.
  public var short: String { String(hex.prefix(12)) }

  public static func == (left: Self, right: Self) -> Bool { left.high == right.high && left.low == right.low }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high.0, left.high.1, left.low.0, left.low.1) < (right.high.0, right.high.1, right.low.0, right.low.1)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(high.0)
    hasher.combine(low.1)
  }
}

extension SHA256Digest: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = SHA256Digest(hex: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "found \"\(text.prefix(80))\" where 64 hexadecimal digits belong")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
