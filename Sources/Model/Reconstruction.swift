/// How the shipped bytes come from the rebuilt ones, where exceptions are declared.
public struct Reconstruction: Codable, Hashable, Sendable {
  /// One place that was changed.
  public struct Patch: Codable, Hashable, Sendable {
    /// The file, from the artifact down; for a compressed one its decoded bytes are meant.
    public var path: [String]
    /// Where in the shipped file, in bytes; what is removed there is the rebuilt file's.
    public var offset: Int64
    /// The rebuilt bytes, hexadecimal.
    public var removed: String
    /// The shipped bytes, hexadecimal.
    public var inserted: String
    /// What the bytes are: signature, header, a field's name.
    public var what: String
    /// Which exception allows it, by its index among those declared; nil for what follows from other patches and was
    /// computed rather than taken from the shipped file.
    public var exception: Int?
    /// Who signed, and whether that was verified.
    public var signer: String?

    /// Makes a patch of its parts.
    public init(
      path: [String], offset: Int64, removed: String, inserted: String, what: String, exception: Int?,
      signer: String? = nil
    ) {
      self.path = path
      self.offset = offset
      self.removed = removed
      self.inserted = inserted
      self.what = what
      self.exception = exception
      self.signer = signer
    }

    /// How many bytes it touches.
    public var bytes: Int64 { Int64(max(removed.utf8.count, inserted.utf8.count) / 2) }
  }

  /// Patches of one sort, counted.
  public struct Count: Codable, Hashable, Sendable {
    /// What the bytes are.
    public var what: String
    /// How many.
    public var bytes: Int64
    /// In how many files.
    public var files: Int
    /// Whether they were computed from what else was patched.
    public var follows: Bool
  }

  /// A file that could not be reconstructed, and why.
  public struct Refusal: Codable, Hashable, Sendable {
    /// From the artifact down.
    public var path: [String]
    /// What stands against it.
    public var reason: String

    /// Makes a refusal of its parts.
    public init(path: [String], reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  /// The SHA-256 of the bytes that were put together, which is the shipped file's; nil when that did not succeed.
  public var sha256: SHA256Digest?
  /// Whether some compression could not be repeated, so that what was reconstructed there are the decoded contents.
  public var ofDecodedContents: Bool
  /// The files whose compression could not be repeated.
  public var decodedOnly: [[String]]
  /// What was declared, in order.
  public var exceptions: [DeclaredException]
  /// All places, in order of path and offset.
  public var patches: [Patch]
  /// By what the bytes are, the greatest first.
  public var counts: [Count]
  /// What was not reconstructed; empty when all was.
  public var refusals: [Refusal]

  /// Makes a reconstruction of its parts and counts the patches.
  public init(
    sha256: SHA256Digest?, decodedOnly: [[String]] = [], exceptions: [DeclaredException], patches: [Patch],
    refusals: [Refusal] = []
  ) {
    self.sha256 = sha256
    self.decodedOnly = decodedOnly
    ofDecodedContents = !decodedOnly.isEmpty
    self.exceptions = exceptions
    self.patches = patches
    self.refusals = refusals
    counts = Self.count(patches)
  }

  /// Whether the whole artifact is accounted for.
  public var isComplete: Bool { refusals.isEmpty && (sha256 != nil || ofDecodedContents) }

  /// What was patched, in words: `1,472 bytes of signature, 7 bytes of header, nothing else`.
  public var summary: String {
    var parts: [String] = []
    for count in counts where !count.follows {
      let files = count.files > 1 ? " in \(Self.grouped(Int64(count.files))) files" : ""
      parts.append("\(Self.grouped(count.bytes)) byte\(count.bytes == 1 ? "" : "s") of \(count.what)\(files)")
    }
    let following = counts.filter(\.follows).reduce(0) { $0 + $1.bytes }
    if following > 0 {
      parts.append(
        "\(Self.grouped(following)) \(following == 1 ? "byte that follows" : "bytes that follow") from these")
    }
    return (parts + ["nothing else"]).joined(separator: ", ")
  }

  private static func count(_ patches: [Patch]) -> [Count] {
    var bytes: [String: Int64] = [:]
    var files: [String: Set<[String]>] = [:]
    for patch in patches {
      let key = (patch.exception == nil ? "f" : "e") + patch.what
      bytes[key, default: 0] += patch.bytes
      files[key, default: []].insert(patch.path)
    }
    return bytes.map { key, bytes in
      Count(
        what: String(key.dropFirst()), bytes: bytes, files: files[key]?.count ?? 0, follows: key.hasPrefix("f"))
    }
    .sorted { ($0.follows ? 1 : 0, -$0.bytes, $0.what) < ($1.follows ? 1 : 0, -$1.bytes, $1.what) }
  }

  private static func grouped(_ number: Int64) -> String {
    var digits = String(number)
    var place = digits.utf8.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return digits
  }
}
