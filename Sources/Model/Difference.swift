/// One place where shipped and rebuilt disagree.
public struct Difference: Codable, Hashable, Sendable {
  /// How they disagree.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A range of bytes that no format explains.
    case bytes
    /// A field with another value.
    case value
    /// Text with other lines.
    case text
    /// Shipped has it, rebuilt has not.
    case missing
    /// Rebuilt has it, shipped has not.
    case extra
    /// The same parts in another order.
    case order
    /// The same part at another place.
    case moved
  }

  /// Stable within one report.
  public var id: String
  /// From the artifact down: member names of nested archives.
  public var path: [String]
  /// The field or region of the innermost part, for example `mode` or `.note.gnu.build-id`; nil for the whole of it.
  public var region: String?
  /// How they disagree.
  public var kind: Kind
  /// Where in the innermost part the first differing byte is; nil where that has no meaning.
  public var offset: Int64?
  /// How many bytes differ or are of concern; nil where that has no meaning.
  public var length: Int64?
  /// The value in the shipped artifact, written for people; nil when it has none.
  public var shipped: String?
  /// The value in the rebuilt artifact, written for people; nil when it has none.
  public var rebuilt: String?
  /// Why, as far as it is known.
  public var cause: Cause?
  /// What would make them agree, in the words of the ecosystem.
  public var fix: String?
  /// The declared exception that covers it, when one does.
  public var exception: String?

  /// Makes a difference of its parts.
  public init(
    id: String = "", path: [String], region: String? = nil, kind: Kind, offset: Int64? = nil, length: Int64? = nil,
    shipped: String? = nil, rebuilt: String? = nil, cause: Cause? = nil, fix: String? = nil,
    exception: String? = nil
  ) {
    self.id = id
    self.path = path
    self.region = region
    self.kind = kind
    self.offset = offset
    self.length = length
    self.shipped = shipped
    self.rebuilt = rebuilt
    self.cause = cause
    self.fix = fix
    self.exception = exception
  }
}

/// Why a difference is there.
public struct Cause: Codable, Hashable, Sendable {
  /// The name in the list of causes.
  public var name: String
  /// From 0 to 1.
  public var confidence: Double
  /// What it was concluded from.
  public var evidence: String
  /// The id of the difference that this one only follows from.
  public var follows: String?

  /// Makes a cause of its parts.
  public init(name: String, confidence: Double, evidence: String, follows: String? = nil) {
    self.name = name
    self.confidence = confidence
    self.evidence = evidence
    self.follows = follows
  }
}
