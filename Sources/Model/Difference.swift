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

  /// What the field or region is for, whatever its format calls it.
  public enum Role: String, Codable, Sendable, CaseIterable {
    /// A point in time.
    case time
    /// Permission bits or a file's type.
    case mode
    /// A user or group, by number or name.
    case owner
    /// The name of a machine.
    case host
    /// A path of the machine that built it.
    case path
    /// The name of a member, section or symbol.
    case name
    /// A place in the file, which follows from the sizes of what comes before it.
    case offset
    /// A size, length or count, which follows from what it counts.
    case size
    /// A checksum or digest of other bytes, which follows from them.
    case checksum
    /// An identity of the whole: a build-id, a UUID.
    case identity
    /// A signature or what belongs to one.
    case signature
    /// The version of the product or of its source.
    case version
    /// The tool that made it, and its version.
    case generator
    /// How data was compressed: method, level, parameters.
    case compression
    /// The system that made it, or what it is made for.
    case platform
    /// Flag bits.
    case flags
    /// The order of parts.
    case order
    /// Bytes that fill up or are reserved.
    case padding
    /// Debug information.
    case debug
    /// Machine code or byte code.
    case code
    /// Data that programs read.
    case data
    /// Text that people read.
    case text
  }

  /// Stable within one report.
  public var id: String
  /// From the artifact down: member names of nested archives.
  public var path: [String]
  /// The field or region of the innermost part, for example `mode` or `.note.gnu.build-id`; nil for the whole of it.
  public var region: String?
  /// The format that names the region, for example `ELF`; nil where no format does.
  public var format: String?
  /// What the region is for; nil where that is not known.
  public var role: Role?
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
  /// Where the difference is of many places, all of them: a line each of a name, the shipped and the rebuilt value, with
  /// tabs between; nil where it is of one.
  public var places: String?
  /// Why, as far as it is known.
  public var cause: Cause?
  /// What would make them agree, in the words of the ecosystem.
  public var fix: String?
  /// The declared exception that covers it, when one does.
  public var exception: String?

  /// Makes a difference of its parts.
  public init(
    id: String = "", path: [String], region: String? = nil, format: String? = nil, role: Role? = nil, kind: Kind,
    offset: Int64? = nil, length: Int64? = nil, shipped: String? = nil, rebuilt: String? = nil, places: String? = nil,
    cause: Cause? = nil, fix: String? = nil, exception: String? = nil
  ) {
    self.id = id
    self.path = path
    self.region = region
    self.format = format
    self.role = role
    self.kind = kind
    self.offset = offset
    self.length = length
    self.shipped = shipped
    self.rebuilt = rebuilt
    self.places = places
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
