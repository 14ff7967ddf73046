/// How each byte of one file, an artifact or a part of one, is accounted for.
public struct Accounting: Codable, Hashable, Sendable {
  /// How a stretch of bytes is accounted for.
  public enum State: String, Codable, Sendable, CaseIterable {
    /// The other side has the same bytes at the place that corresponds.
    case equal
    /// They lie in a difference that a format names.
    case named
    /// They differ, and no format says what they are.
    case unexplained
  }

  /// One side's bytes by how they are accounted for.
  public struct Count: Codable, Hashable, Sendable {
    /// The side's size in bytes, of which each byte is in exactly one of the three.
    public var size: Int64
    /// How many are the same on the other side.
    public var equal: Int64
    /// How many lie in differences that a format names.
    public var named: Int64
    /// How many differ without an explanation.
    public var unexplained: Int64

    /// Makes a count; what is neither named nor unexplained is equal.
    public init(size: Int64, named: Int64 = 0, unexplained: Int64 = 0) {
      precondition(named >= 0 && unexplained >= 0 && named + unexplained <= size, "a byte is accounted for once")
      self.size = size
      self.named = named
      self.unexplained = unexplained
      equal = size - named - unexplained
    }
  }

  /// A stretch of bytes of the shipped side.
  public struct Segment: Codable, Hashable, Sendable {
    /// In bytes.
    public var length: Int64
    /// How all of them are accounted for; where many short stretches were drawn as one, the gravest of theirs.
    public var state: State

    /// Makes a segment of its parts.
    public init(length: Int64, state: State) {
      self.length = length
      self.state = state
    }
  }

  /// From the artifact down: member names of nested archives; empty for the artifact itself.
  public var path: [String]
  /// The format as which both sides were read; nil where none is known.
  public var format: String?
  /// The shipped side.
  public var shipped: Count
  /// The rebuilt side.
  public var rebuilt: Count
  /// The shipped side from its first byte to its last, drawn with at most `Accounting.segmentLimit` segments; empty
  /// deep within an artifact.
  public var segments: [Segment]

  /// How many segments a drawing has at most.
  public static let segmentLimit = 512

  /// Makes an accounting of its parts.
  public init(path: [String], format: String? = nil, shipped: Count, rebuilt: Count, segments: [Segment] = []) {
    self.path = path
    self.format = format
    self.shipped = shipped
    self.rebuilt = rebuilt
    self.segments = segments
  }
}
