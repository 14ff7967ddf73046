import Model

/// One cause: what it is called, what shows it, and what would make both sides agree.
///
/// One file each in `Rules`, and one entry in `CauseList`. A rule sees the two sides alike: exchanging them changes
/// neither whether it answers nor how sure it is.
protocol CauseRule: Sendable {
  /// As it stands in reports, for example `build-path`.
  var name: String { get }
  /// What the cause is, in one line for people.
  var summary: String { get }
  /// Evidence in a difference as a whole; nil where there is none.
  func finding(_ subject: Subject) -> Finding?
  /// Evidence in one changed stretch of the two values; nil where there is none.
  ///
  /// Only when every stretch of a difference has a cause, the difference has one.
  func finding(_ change: Change, in subject: Subject) -> Finding?
  /// What would make both sides agree, in the words of the format's ecosystem.
  func fix(_ subject: Subject) -> String
}

extension CauseRule {
  func finding(_ subject: Subject) -> Finding? { nil }
  func finding(_ change: Change, in subject: Subject) -> Finding? { nil }
}

/// A rule's answer.
struct Finding {
  /// From 0 to 1.
  var confidence: Double
  /// What it was concluded from.
  var evidence: String

  init(_ confidence: Double, _ evidence: String) {
    self.confidence = confidence
    self.evidence = evidence
  }
}
