import Model

/// A key that signs notes under a name: what C2SP signed-note calls a verifier key.
public struct NoteKey: Hashable, Sendable {
  /// What a signature says beside the note.
  public enum Kind: UInt8, Sendable {
    /// Nothing: the signature is over the note's text.
    case note = 1
    /// When it was made, by a witness (tlog-cosignature).
    case cosignature = 4
  }

  /// Who signs: an origin or a witness, as a URL without its scheme.
  public let name: String
  /// What its signatures are.
  public let kind: Kind
  /// The Ed25519 key.
  public let publicKey: PublicKey
  /// The four bytes that tell its signatures from others of that name.
  public let id: [UInt8]

  /// Makes a key of its parts; nil for a name that cannot stand in a note, and for keys that are not Ed25519.
  public init?(name: String, kind: Kind = .note, publicKey: PublicKey) {
    guard publicKey.algorithm == .ed25519, Self.isName(name) else { return nil }
    self.name = name
    self.kind = kind
    self.publicKey = publicKey
    id = Self.id(name, kind, publicKey)
  }

  /// Reads `name+hex+base64`; nil for anything else, and where the digits are not those of the key.
  public init?(text: String) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[1].utf8.count == 8, let id = Hexadecimal.bytes(parts[1]),
      let coded = Base64.bytes(parts[2]), coded.count == 33, let kind = Kind(rawValue: coded[0]),
      let key = PublicKey(.ed25519, bytes: Array(coded.dropFirst()))
    else { return nil }
    self.init(name: parts[0], kind: kind, publicKey: key)
    guard self.id == id else { return nil }
  }

  /// The key as signed-note writes it: `name+hex+base64`.
  public var text: String {
    "\(name)+\(Hexadecimal.string(id))+\(Base64.string([kind.rawValue] + publicKey.bytes))"
  }

  /// Whether a name can stand in a note: not empty, without white space, control characters and `+`.
  public static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255
      && name.unicodeScalars.allSatisfy {
        $0 != "+" && !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F
      }
  }

  private static func id(_ name: String, _ kind: Kind, _ key: PublicKey) -> [UInt8] {
    Array(PublicKey.sha256(Array(name.utf8) + [0x0A, kind.rawValue] + key.bytes).prefix(4))
  }
}
