import Digests
import Evidence
import Keys
import Model

/// What one piece of evidence is worth, all others left aside.
struct EnvelopeJudgement: Sendable {
  /// A clock may be ahead by so much, in seconds.
  static let skew: Int64 = 300

  /// What came of it.
  enum Outcome: Sendable {
    case vote(Vote)
    case build(BuildClaim)
    case refused(Refusal)
    /// It holds, and says something that does not matter here.
    case other
  }

  private struct Owner: Sendable {
    let party: Policy.Party
    /// Nil unless the key counts no longer.
    let revocation: Policy.Revocation?
  }

  let policy: Policy
  let artifact: SHA256Digest
  let time: Int64
  let foreign: Bool
  private let keys: [PublicKey]
  private let byID: [String: PublicKey]
  private let owners: [PublicKey: Owner]

  init(policy: Policy, artifact: SHA256Digest, time: Int64, foreign: Bool) {
    self.policy = policy
    self.artifact = artifact
    self.time = time
    self.foreign = foreign
    var owners: [PublicKey: Owner] = [:]
    for party in policy.parties {
      for key in party.keys { owners[key] = Owner(party: party, revocation: nil) }
      for revocation in party.revoked { owners[revocation.key] = Owner(party: party, revocation: revocation) }
    }
    self.owners = owners
    keys = policy.parties.flatMap { $0.keys + $0.revoked.map(\.key) }
    byID = Dictionary(keys.map { ($0.keyID, $0) }) { first, _ in first }
  }

  /// What comes of it; one outcome for each party that signed it.
  func outcomes(_ part: EvidenceText.Part) -> [Outcome] {
    func refused(_ reason: Refusal.Reason, _ message: String) -> [Outcome] {
      [.refused(Refusal(part.name, reason, message))]
    }
    do throws(EvidenceError) {
      let envelope = try EvidenceText.envelope(part, foreign: foreign)
      guard envelope.payloadType == Envelope.inTotoType else {
        let type = Self.quoted(envelope.payloadType)
        return refused(.payloadType, "its payload is of the type \(type), not \(Envelope.inTotoType)")
      }
      var signers: [PublicKey] = []
      for finding in envelope.findings(among: candidates(envelope)) {
        switch finding {
        case .holds(let key): if !signers.contains(key) { signers.append(key) }
        case .broken(let key):
          return refused(.brokenSignature, "the signature by \(name(of: key)) does not hold")
        case .unknown: break
        }
      }
      guard !signers.isEmpty else {
        let named = envelope.signatures.prefix(3).map { $0.keyID.map(Self.quoted) ?? "no key" }
        return refused(
          .unknownSigner, "no key of the policy signed it; its signatures name \(named.joined(separator: ", "))")
      }
      let statement = try Statement(payload: envelope.payload, named: part.name)
      return try outcomes(statement, envelope.payload, signers, part.name)
    } catch {
      return [.refused(Refusal(part.name, error))]
    }
  }

  /// The keys that can have signed it.
  private func candidates(_ envelope: Envelope) -> [PublicKey] {
    let named = envelope.signatures.map { $0.keyID ?? "" }
    return named.contains("") ? keys : named.compactMap { byID[$0] }
  }

  private func outcomes(
    _ statement: Statement, _ payload: [UInt8], _ signers: [PublicKey], _ file: String
  ) throws(EvidenceError) -> [Outcome] {
    func refused(_ reason: Refusal.Reason, _ message: String) -> Outcome { .refused(Refusal(file, reason, message)) }
    let verdict = try VerdictStatement(statement, named: file)
    let build = verdict == nil ? try ProvenanceStatement(statement, named: file) : nil
    guard verdict != nil || build != nil else { return [.other] }
    guard statement.isAbout(artifact) else {
      // What a check rebuilt is another file than what was shipped whenever the two differ.
      guard verdict != nil else { return [.other] }
      return [
        refused(.anotherArtifact, "it is about another artifact, \(statement.subjects[0].digest["sha256"] ?? "")")
      ]
    }
    let digest = SHA256Digest.of(payload)
    return signers.map { key in
      guard let owner = owners[key] else { return refused(.unknownSigner, "no key of the policy signed it") }
      if let refusal = revoked(owner, key, verdict?.time ?? build?.time) { return refused(.revokedKey, refusal) }
      if let verdict {
        if let (reason, message) = refusal(verdict, by: owner.party) { return refused(reason, message) }
        return .vote(
          Vote(
            party: owner.party, key: key, verdict: verdict.verdict, time: verdict.time, statement: digest, file: file))
      }
      guard let build else { return .other }
      if let time = build.time, let (reason, message) = timeRefusal(time) { return refused(reason, message) }
      return .build(
        BuildClaim(party: owner.party, key: key, builder: build.builder, statement: digest, file: file))
    }
  }

  private func revoked(_ owner: Owner, _ key: PublicKey, _ time: Int64?) -> String? {
    guard let revocation = owner.revocation else { return nil }
    guard let since = revocation.since else { return "\(name(of: key)) is revoked" }
    if let time, time < since { return nil }
    return "\(name(of: key)) is revoked since \(TimeText.text(since))"
  }

  /// Why a verdict counts for nothing.
  ///
  /// Neither age nor a wrong clock takes anything from `different`: a difference that was found stays found.
  private func refusal(_ verdict: VerdictStatement, by party: Policy.Party) -> (Refusal.Reason, String)? {
    if let id = party.id, id != verdict.party {
      return (.anotherParty, "its maker is \(Self.quoted(verdict.party)), but the key is of \(Self.quoted(id))")
    }
    if let recipe = policy.recipe, recipe != verdict.recipe {
      return (.anotherRecipe, "another recipe was followed, sha256:\(verdict.recipe)")
    }
    if !policy.sources.isEmpty, Set(policy.sources) != Set(verdict.sources) {
      let found = verdict.sources.prefix(3).map(\.description).joined(separator: ", ")
      return (.anotherSource, "other source was reviewed, \(found.isEmpty ? "which is not named" : found)")
    }
    switch verdict.verdict {
    case .different: return nil
    case .inconclusive: return (.inconclusive, "its verdict is inconclusive, which counts for nothing")
    case .equivalent where policy.grade == .reproduced:
      return (.gradeTooLow, "its verdict is equivalent, and the policy takes reproduced only")
    case .equivalent, .reproduced: return timeRefusal(verdict.time)
    }
  }

  private func timeRefusal(_ stated: Int64) -> (Refusal.Reason, String)? {
    if stated > time + Self.skew {
      return (.future, "it is of \(TimeText.text(stated)), which is still to come")
    }
    if let age = policy.maximumAge, stated < time - age {
      return (.expired, "it is of \(TimeText.text(stated)), which is older than the policy takes")
    }
    return nil
  }

  private func name(of key: PublicKey) -> String {
    owners[key].map { "\(key.keyID) of \($0.party.name)" } ?? key.keyID
  }

  /// Text of an adversary in quotes, not too much of it.
  private static func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.prefix(100).map { $0.escaped(asASCII: true) }.joined() + "\""
  }
}
