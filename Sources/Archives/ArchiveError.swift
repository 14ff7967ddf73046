public import Model

/// Why an archive could not be read or unpacked.
public struct ArchiveError: ExplainedError, Hashable {
  /// What kind of thing went wrong.
  public enum Code: Hashable, Sendable {
    /// The archive's own bytes could not be had: no such file, no permission, an error of the disk.
    case unreadable
    /// The bytes are of no archive format that is read here.
    case notAnArchive
    /// The archive ends before it is whole.
    case cut
    /// The archive contradicts itself or its format.
    case corrupt
    /// A rule of unpacking refuses an entry.
    case refused(UnpackRule.Name)
    /// A limit of unpacking was reached.
    case limit(String)
    /// The target could not be written.
    case unwritable
  }

  /// What kind of thing went wrong.
  public let code: Code
  /// One line: what was being done, to which file, what was found.
  public let message: String
  /// Further lines, each a fact of its own.
  public let details: [String]
  /// What to do about it, when there is something.
  public let advice: String?

  init(_ code: Code, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.advice = advice
  }

  /// What it means for a check that it ends.
  public var inconclusive: InconclusiveReason.Kind? {
    switch code {
    case .unreadable, .notAnArchive, .cut, .corrupt, .refused: .missingInput
    case .limit: .limitHit
    case .unwritable: .machineFailed
    }
  }
}
