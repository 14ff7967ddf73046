/// A SoftWare Hash IDentifier of a content or a directory, as ISO/IEC 18670 defines it.
public struct SWHID: Hashable, Sendable, CustomStringConvertible {
  /// What an identifier names.
  public enum Kind: String, Sendable, CaseIterable {
    /// The bytes of one file.
    case content = "cnt"
    /// A tree of files, symbolic links and folders.
    case directory = "dir"
  }

  /// What it names.
  public let kind: Kind
  /// The 40 lower-case hexadecimal digits of the SHA-1.
  public let hex: String

  /// Makes an identifier of a 20-byte SHA-1; nil for any other count.
  public init?(kind: Kind, sha1: some Collection<UInt8>) {
    guard sha1.count == 20 else { return nil }
    self.kind = kind
    hex = Hexadecimal.string(sha1)
  }

  /// Parses `swh:1:cnt:…` or `swh:1:dir:…` without qualifiers; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "swh", parts[1] == "1", let kind = Kind(rawValue: String(parts[2])),
      parts[3].utf8.count == 40, let sha1 = Hexadecimal.bytes(parts[3])
    else { return nil }
    self.init(kind: kind, sha1: sha1)
  }

  /// The identifier as it is written, for example `swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904`.
  public var description: String { "swh:1:\(kind.rawValue):\(hex)" }
}

extension SWHID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let identifier = SWHID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "found \"\(text.prefix(80))\" where swh:1:dir:… or swh:1:cnt:… belongs")
    }
    self = identifier
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
