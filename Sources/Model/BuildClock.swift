/// Where a build's clock starts, and how fast it goes.
public struct BuildClock: Codable, Hashable, Sendable {
  /// Seconds since 1970.
  public let seconds: Int64
  /// Beyond them, below one second.
  public let nanoseconds: Int64
  /// How fast it goes, in thousandths of the true time: 0 holds it at its start.
  public let rate: Int

  /// The seconds that a clock may start at: 1971 to 2199, within what every kernel can be set to.
  public static let range: ClosedRange<Int64> = 31_536_000...7_258_118_399
  /// In thousandths.
  public static let rates = 0...1_000_000

  /// Makes a clock of its parts; nil when it could not be set so.
  public init?(seconds: Int64, nanoseconds: Int64 = 0, rate: Int = 1000) {
    guard Self.range.contains(seconds), (0..<1_000_000_000).contains(nanoseconds), Self.rates.contains(rate) else {
      return nil
    }
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.rate = rate
  }

  /// Reads a start as RFC 3339 has it, in UTC: `2024-05-01T12:00:00Z`, with up to nine decimals of a second.
  public init?(start text: String, rate: Int = 1000) {
    let spaced = text.replacing("T", with: " ", maxReplacements: 1)
    let fraction = text.dropFirst(19).dropLast()
    guard text.utf8.dropFirst(10).first == UInt8(ascii: "T"), text.utf8.count <= 30,
      let seconds = TimeText.seconds(spaced),
      // A day that its month does not have reads as one of the next.
      TimeText.text(seconds).prefix(19) == spaced.prefix(19)
    else { return nil }
    let digits = fraction.dropFirst()
    let nanoseconds = Int64(digits + String(repeating: "0", count: 9 - digits.count))
    guard let nanoseconds else { return nil }
    self.init(seconds: seconds, nanoseconds: nanoseconds, rate: rate)
  }

  /// Reads a rate: a number with at most three decimals.
  public static func rate(_ text: String) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), text.utf8.count <= 8,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      parts[0] == "0" || !parts[0].hasPrefix("0"), let whole = Int(parts[0])
    else { return nil }
    let decimals = parts.count == 2 ? parts[1] : ""
    guard decimals.utf8.count <= 3 else { return nil }
    let digits = decimals + String(repeating: "0", count: 3 - decimals.count)
    guard let thousandths = Int(digits) else { return nil }
    let rate = whole * 1000 + thousandths
    return rates.contains(rate) ? rate : nil
  }

  /// The start, as `init(start:rate:)` reads it.
  public var start: String { TimeText.text(seconds, nanoseconds: nanoseconds).replacing(" ", with: "T") }

  /// The rate as a decimal number.
  public var rateText: String {
    var decimals = String(String(1000 + rate % 1000).dropFirst())
    while decimals.last == "0" { decimals.removeLast() }
    return "\(rate / 1000)" + (decimals.isEmpty ? "" : ".\(decimals)")
  }

  /// For messages.
  public var text: String {
    rate == 1000 ? start : rate == 0 ? "\(start), held" : "\(start), \(rateText) times as fast"
  }

  private enum Key: String, CodingKey { case start, rate }

  public init(from decoder: any Decoder) throws {
    let found: BuildClock?
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      found = BuildClock(start: text)
    } else {
      let fields = try decoder.container(keyedBy: Key.self)
      let rate = Self.rate(try fields.decode(String.self, forKey: .rate))
      let start = try fields.decode(String.self, forKey: .start)
      found = rate.flatMap { BuildClock(start: start, rate: $0) }
    }
    guard let found else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no clock"))
    }
    self = found
  }

  public func encode(to encoder: any Encoder) throws {
    if rate == 1000 {
      var container = encoder.singleValueContainer()
      try container.encode(start)
    } else {
      var fields = encoder.container(keyedBy: Key.self)
      try fields.encode(start, forKey: .start)
      try fields.encode(rateText, forKey: .rate)
    }
  }
}
