import Digests
public import Model

/// What a check said of one shipped artifact, read from the summary that it signed.
public struct VerdictStatement: Hashable, Sendable {
  /// Who made the check, by what the statement says.
  public let party: String
  /// When it was made, in seconds since 1970.
  public let time: Int64
  /// The recipe's digest.
  public let recipe: SHA256Digest
  /// What was reviewed.
  public let sources: [SWHID]
  /// What was concluded on this artifact.
  public let verdict: Verdict
  /// The rebuilt artifact; nil where nothing was rebuilt.
  public let rebuilt: SHA256Digest?

  /// Reads a statement; nil when it is a summary of something else than a check.
  ///
  /// - Throws: `EvidenceError` when it lacks what a verdict needs, or contradicts itself.
  public init?(_ statement: Statement, named name: String) throws(EvidenceError) {
    guard statement.predicateType == StatementType.summary, let check = statement.predicate["verbatim_check"] else {
      return nil
    }
    func malformed(_ reason: String) -> EvidenceError {
      EvidenceError(.malformed, "reading \(name): it is no verdict of a check: \(reason)")
    }
    let predicate = statement.predicate
    guard statement.subjects.count == 1, let subject = statement.subjects[0].digest["sha256"] else {
      throw malformed("it is about \(statement.subjects.count) artifacts instead of one")
    }
    guard check["format"]?.integer == 1 else { throw malformed("its format is not 1") }
    guard let party = predicate["verifier"]?["id"]?.text, !party.isEmpty else {
      throw malformed("it names no verifier")
    }
    guard let time = predicate["timeVerified"]?.text.flatMap(StatementTime.seconds) else {
      throw malformed("its timeVerified is no time in UTC")
    }
    guard let recipe = predicate["policy"]?["digest"]?["sha256"]?.text.flatMap({ SHA256Digest(hex: $0) }) else {
      throw malformed("it has no digest of the recipe")
    }
    guard let verdict = check["verdict"]?.text.flatMap(Verdict.init(rawValue:)) else {
      throw malformed("it has no verdict")
    }
    var sources: [SWHID] = []
    for source in check["source"]?.list ?? [] {
      guard let swhid = source["swhid"]?.text.flatMap({ SWHID($0) }) else { throw malformed("a source has no SWHID") }
      sources.append(swhid)
    }
    rebuilt = check["rebuilt"]?["sha256"]?.text.flatMap { SHA256Digest(hex: $0) }
    let isPassed = verdict == .reproduced || verdict == .equivalent
    guard predicate["verificationResult"]?.text == (isPassed ? "PASSED" : "FAILED"),
      verdict != .reproduced || rebuilt?.hex == subject
    else { throw malformed("it contradicts itself") }
    self.party = party
    self.time = time
    self.recipe = recipe
    self.sources = sources
    self.verdict = verdict
  }
}

/// What somebody said of how he built an artifact: SLSA Provenance v1.
public struct ProvenanceStatement: Hashable, Sendable {
  /// Who built, by what the statement says.
  public let builder: String
  /// When, in seconds since 1970; nil where it does not say.
  public let time: Int64?

  /// Reads a statement; nil when it is of another type.
  /// - Throws: `EvidenceError` when it lacks what the type requires.
  public init?(_ statement: Statement, named name: String) throws(EvidenceError) {
    guard statement.predicateType == StatementType.provenance else { return nil }
    func malformed(_ reason: String) -> EvidenceError {
      EvidenceError(.malformed, "reading \(name): it is no provenance: \(reason)")
    }
    let predicate = statement.predicate
    guard predicate["buildDefinition"]?["buildType"]?.text?.isEmpty == false,
      predicate["buildDefinition"]?["externalParameters"]?.members != nil
    else { throw malformed("it has no buildDefinition") }
    guard let builder = predicate["runDetails"]?["builder"]?["id"]?.text, !builder.isEmpty else {
      throw malformed("it names no builder")
    }
    self.builder = builder
    if let finished = predicate["runDetails"]?["metadata"]?["finishedOn"] {
      guard let seconds = finished.text.flatMap(StatementTime.seconds) else {
        throw malformed("its finishedOn is no time in UTC")
      }
      time = seconds
    } else {
      time = nil
    }
  }
}

/// Times of statements: RFC 3339 in UTC.
enum StatementTime {
  /// The seconds since 1970; nil for any other form.
  static func seconds(_ text: String) -> Int64? {
    guard text.utf8.count <= 40, !text.contains(" ") else { return nil }
    return TimeText.seconds(text.replacing("T", with: " ", maxReplacements: 1))
  }
}
