import Model

/// What a statement says of a file or another resource: in-toto ResourceDescriptor v1.
public struct ResourceDescriptor: Hashable, Sendable {
  /// What it is called.
  public var name: String?
  /// What it is known by everywhere.
  public var uri: String?
  /// By algorithm, in lower-case hexadecimal digits.
  public var digest: [String: String]
  /// What it is.
  public var mediaType: String?
  /// Where it can be had.
  public var downloadLocation: String?
  /// What else is said of it.
  public var annotations: JSONTree?

  /// How many digests one has at most.
  static let digestLimit = 32

  /// Makes a descriptor of its parts.
  public init(
    name: String? = nil, uri: String? = nil, digest: [String: String] = [:], mediaType: String? = nil,
    downloadLocation: String? = nil, annotations: JSONTree? = nil
  ) {
    self.name = name
    self.uri = uri
    self.digest = digest
    self.mediaType = mediaType
    self.downloadLocation = downloadLocation
    self.annotations = annotations
  }

  /// The descriptor as it is written.
  public var tree: JSONTree {
    .members([
      "name": name.map(JSONTree.text), "uri": uri.map(JSONTree.text),
      "digest": digest.isEmpty ? nil : .texts(digest), "downloadLocation": downloadLocation.map(JSONTree.text),
      "mediaType": mediaType.map(JSONTree.text), "annotations": annotations,
    ])
  }

  /// Reads a descriptor, which has at least a URI or a digest; unknown names are left out.
  /// - Throws: `EvidenceError` when it is none.
  public init(_ tree: JSONTree, named what: String) throws(EvidenceError) {
    func malformed(_ reason: String) -> EvidenceError { EvidenceError(.malformed, "reading \(what): \(reason)") }
    guard tree.members != nil else { throw malformed("it is no object") }
    func text(_ name: String) throws(EvidenceError) -> String? {
      guard let value = tree[name] else { return nil }
      guard let text = value.text else { throw malformed("its \(name) is no text") }
      return text
    }
    name = try text("name")
    uri = try text("uri")
    mediaType = try text("mediaType")
    downloadLocation = try text("downloadLocation")
    annotations = tree["annotations"]
    digest = [:]
    if let value = tree["digest"] {
      guard let members = value.members, members.count <= Self.digestLimit else {
        throw malformed("its digest is no object of at most \(Self.digestLimit) digests")
      }
      for member in members {
        guard let digits = member.value.text, !digits.isEmpty,
          digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
          Self.sizes[member.name].map({ $0 == digits.utf8.count }) ?? true
        else { throw malformed("its \(member.name.prefix(40)) is no digest in lower-case hexadecimal digits") }
        digest[member.name] = digits
      }
    }
    guard uri != nil || !digest.isEmpty || tree["content"] != nil else {
      throw malformed("it has neither uri nor digest nor content")
    }
  }

  /// The counts of digits of the digests whose count is known.
  private static let sizes = [
    "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128, "gitCommit": 40, "gitTree": 40, "gitBlob": 40, "gitTag": 40,
  ]
}
