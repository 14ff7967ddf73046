/// What a vendor declares beforehand that a shipped artifact may have different from a rebuilt one.
///
/// It says where, and what it must be; nothing else is accepted there. `Documentation/Formats/Exceptions.md` describes
/// each kind.
public struct DeclaredException: Codable, Hashable, Sendable {
  /// What may differ.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The signature of a PE image, with the fields that belong to it.
    case authenticode
    /// The signature that is appended to a Linux kernel module.
    case moduleSignature = "module-signature"
    /// The signature of an Android package, schemes 1 to 3.
    case apkSignature = "apk-signature"
    /// The signature of a jar, which is a part of its manifest and files beside it.
    case jarSignature = "jar-signature"
    /// A file of its own that only shipped has.
    case detachedSignature = "detached-signature"
    /// A signature behind all that rebuilt has.
    case appendedSignature = "appended-signature"
    /// The code signature of a Mach-O file, with the fields that belong to it.
    case machoSignature = "macho-signature"
    /// The first bytes of a file.
    case header
    /// The last bytes of a file.
    case trailer
    /// Bytes at one place of a file.
    case range
    /// A field that the format of a file names.
    case field

    /// Whether it is a signature, which has to be verified.
    public var isSignature: Bool {
      switch self {
      case .header, .trailer, .range, .field: false
      default: true
      }
    }
  }

  /// What a signature must verify against.
  public enum Trust: Hashable, Sendable {
    /// Certificates in PEM: the signer's own, or one that it leads up to.
    case certificates(String)
    /// Nothing: it is declared that nobody verifies it.
    case unverified
  }

  /// What may differ.
  public var kind: Kind
  /// Where: a pattern for the path of a file within the artifact; `.` is the artifact itself.
  public var place: String
  /// Why that is right, for whoever reads the verdict.
  public var reason: String
  /// What a signature must verify against; nil for what is no signature.
  public var verify: Trust?
  /// For `range`, where it begins in bytes.
  public var offset: Int64?
  /// For `range`, how many bytes it has.
  public var length: Int64?
  /// For `header` and `trailer`, how many bytes it has in the shipped file.
  public var shipped: Int64?
  /// For `header` and `trailer`, how many bytes it has in the rebuilt file.
  public var rebuilt: Int64?
  /// For `field`, the region's name as the differences tell it.
  public var field: String?

  /// Makes an exception of its parts.
  public init(
    kind: Kind, place: String, reason: String, verify: Trust? = nil, offset: Int64? = nil, length: Int64? = nil,
    shipped: Int64? = nil, rebuilt: Int64? = nil, field: String? = nil
  ) {
    self.kind = kind
    self.place = place
    self.reason = reason
    self.verify = verify
    self.offset = offset
    self.length = length
    self.shipped = shipped
    self.rebuilt = rebuilt
    self.field = field
  }

  /// For people: the kind, or the field, and the reason.
  public var summary: String { "\(field ?? kind.rawValue): \(reason)" }

  /// Whether a file of this path, from the artifact down, is meant.
  public func covers(_ path: [String]) -> Bool {
    PathPattern(place).matches(path.joined(separator: "/"))
  }
}

/// As a recipe writes it: the certificates themselves, or the word `nothing`.
extension DeclaredException.Trust: Codable {
  /// The word for signatures that nobody verifies.
  public static let nothing = "nothing"

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    self = text == Self.nothing ? .unverified : .certificates(text)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .certificates(let text): try container.encode(text)
    case .unverified: try container.encode(Self.nothing)
    }
  }
}
