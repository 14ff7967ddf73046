public import Model

/// What a log has at one moment: C2SP tlog-checkpoint.
public struct Checkpoint: Hashable, Sendable {
  /// Which log, as a URL without its scheme; also the name that it signs by.
  public let origin: String
  /// The count of its entries.
  public let size: UInt64
  /// The root of its tree.
  public let root: SHA256Digest
  /// Further lines, which mean nothing here.
  public let extensions: [String]

  /// Makes a checkpoint of its parts.
  public init(origin: String, size: UInt64, root: SHA256Digest) {
    self.origin = origin
    self.size = size
    self.root = root
    extensions = []
  }

  /// Reads the text of a note, of which there is only one way to write it.
  /// - Throws: `LogError` when it is no checkpoint.
  public init(text: String, named what: String) throws(LogError) {
    func malformed(_ reason: String) -> LogError { LogError(.malformed, "reading \(what): \(reason)") }
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String($0) ?? "" }
    guard lines.count >= 4, lines.last == "", lines.dropLast().allSatisfy({ !$0.isEmpty }) else {
      throw malformed("it is no checkpoint: origin, size and root, a line each")
    }
    guard let size = UInt64(lines[1]), String(size) == lines[1], size <= Self.sizeLimit else {
      throw malformed("its size is no count of entries")
    }
    guard let bytes = Base64.bytes(lines[2]), let root = SHA256Digest(bytes: bytes) else {
      throw malformed("its root is no hash in base64")
    }
    guard size > 0 || root == TreeHash.empty else {
      throw malformed("it is empty, and its root is not that of no entry")
    }
    origin = lines[0]
    self.size = size
    self.root = root
    extensions = Array(lines[3..<lines.count - 1])
  }

  /// So that no arithmetic on indices runs over.
  static let sizeLimit: UInt64 = 1 << 62

  /// The text that is signed.
  public var text: String {
    ([origin, String(size), Base64.string(root.bytes)] + extensions).map { $0 + "\n" }.joined()
  }
}
