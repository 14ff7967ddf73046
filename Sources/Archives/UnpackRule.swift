/// What is done about one kind of oddity in an archive.
public struct UnpackRule: Sendable, Hashable {
  /// The kinds of oddity.
  public enum Name: String, Sendable, CaseIterable {
    case absoluteName = "absolute-name"
    case parentName = "parent-name"
    case emptyName = "empty-name"
    case throughLink = "through-link"
    case notAFolder = "not-a-folder"
    case hardLinkTarget = "hard-link-target"
    case specialFile = "special-file"
    case unknownType = "unknown-type"
    case duplicateName = "duplicate-name"
    case overlongName = "overlong-name"
    case cutArchive = "cut-archive"
    case missingEnd = "missing-end"
    case linkLeavesTree = "link-leaves-tree"
    case setIDBits = "set-id-bits"
    case repeatedFolder = "repeated-folder"
    case caseCollision = "case-collision"
    case unicodeCollision = "unicode-collision"
    case nameNotUTF8 = "name-not-utf8"
    case controlCharacter = "control-character"
    case loneEndBlock = "lone-end-block"
    case bytesAfterEnd = "bytes-after-end"
    case attributeNotKept = "attribute-not-kept"
    case ownerNotKept = "owner-not-kept"
    case readerWarning = "reader-warning"
  }

  /// What is done.
  public enum Action: String, Sendable {
    /// Unpacking ends with an error and leaves nothing behind.
    case refused
    /// Unpacking goes on, and the finding is part of the result.
    case recorded
  }

  /// Which oddity.
  public let name: Name
  /// What is done about it.
  public let action: Action
  /// What it looks like in an archive.
  public let meaning: String
  /// Why that is done.
  public let reason: String
}

/// Something odd about an archive that did not end unpacking.
public struct ArchiveFinding: Sendable, Hashable, CustomStringConvertible {
  /// Which rule recorded it.
  public let rule: UnpackRule.Name
  /// The entry; nil when it is about the archive.
  public let path: String?
  /// What was found.
  public let text: String

  /// Makes a finding of its parts.
  public init(rule: UnpackRule.Name, path: String? = nil, text: String) {
    self.rule = rule
    self.path = path
    self.text = text
  }

  /// The rule, the entry and the text on one line.
  public var description: String { "\(rule.rawValue): \(path.map { "\($0): " } ?? "")\(text)" }
}
