public import Model

/// Where a recipe says that an input comes from.
///
/// Whether a Debian or PyPI reference means the source or the shipped binary follows from where it stands:
/// under `source` it is the source package or sdist, under `shipped` the binary package or wheel.
public enum InputReference: Hashable, Sendable {
  /// A package of a Debian archive, at an exact version.
  case debian(name: String, version: String)
  /// A release of a Python project, at an exact version; `file` picks one of several files of the release.
  case pypi(name: String, version: String, file: String?)
  /// A file that curl can get; its bytes must have this digest.
  case url(String, sha256: SHA256Digest)
  /// A file in the recipe's folder, by its path relative to it; the lock pins the digest where the recipe does not.
  case path(String, sha256: SHA256Digest?)
}

extension InputReference: CustomStringConvertible {
  /// The reference as a recipe writes it.
  public var description: String {
    switch self {
    case .debian(let name, let version): "debian: \(name)=\(version)"
    case .pypi(let name, let version, let file): "pypi: \(name)==\(version)" + (file.map { " (\($0))" } ?? "")
    case .url(let url, _): "url: \(url)"
    case .path(let path, _): "path: \(path)"
    }
  }
}

extension InputReference: Codable {
  private enum Key: String, CodingKey { case debian, pypi, file, url, path, sha256 }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let sha256 = try fields.decodeIfPresent(SHA256Digest.self, forKey: .sha256)
    if let text = try fields.decodeIfPresent(String.self, forKey: .debian),
      let (name, version) = Self.split(text, at: "=")
    {
      self = .debian(name: name, version: version)
    } else if let text = try fields.decodeIfPresent(String.self, forKey: .pypi),
      let (name, version) = Self.split(text, at: "==")
    {
      self = .pypi(name: name, version: version, file: try fields.decodeIfPresent(String.self, forKey: .file))
    } else if let url = try fields.decodeIfPresent(String.self, forKey: .url), let sha256 {
      self = .url(url, sha256: sha256)
    } else if let path = try fields.decodeIfPresent(String.self, forKey: .path) {
      self = .path(path, sha256: sha256)
    } else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no input reference of a known form"))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    switch self {
    case .debian(let name, let version):
      try fields.encode("\(name)=\(version)", forKey: .debian)
    case .pypi(let name, let version, let file):
      try fields.encode("\(name)==\(version)", forKey: .pypi)
      try fields.encodeIfPresent(file, forKey: .file)
    case .url(let url, let sha256):
      try fields.encode(url, forKey: .url)
      try fields.encode(sha256, forKey: .sha256)
    case .path(let path, let sha256):
      try fields.encode(path, forKey: .path)
      try fields.encodeIfPresent(sha256, forKey: .sha256)
    }
  }

  /// Splits `name=version` or `name==version` at the first separator; nil when a side is empty.
  static func split(_ text: String, at separator: String) -> (name: String, version: String)? {
    guard let place = text.firstRange(of: separator) else { return nil }
    let name = String(text[..<place.lowerBound])
    let version = String(text[place.upperBound...])
    return name.isEmpty || version.isEmpty ? nil : (name, version)
  }
}
