import Checking
import Digests
import Evidence
import Model
import Policies
import Reports
import SystemPackage

/// What the statements that count are worth beside the full view of their check.
struct FullViewFindings: Encodable {
  /// A statement that says something else than the full view.
  struct Contradiction: Encodable {
    let party: String
    /// Of the payload.
    let statement: SHA256Digest
    let fields: [String]
  }

  let folder: String
  /// Payloads that the full view gives byte for byte.
  private(set) var same: [SHA256Digest] = []
  /// Payloads of other checks.
  private(set) var otherChecks: [SHA256Digest] = []
  private(set) var contradictions: [Contradiction] = []

  /// Holds what counts against the full view in a folder.
  init(_ judgement: PolicyJudgement, _ evidence: EvidenceSet, folder: String, foreign: Bool) throws {
    self.folder = folder
    let view = try FullView(FilePath(folder))
    let votes = judgement.against + judgement.votes
    var left = Set(votes.map(\.statement))
    for part in evidence.parts where !left.isEmpty {
      guard let envelope = try? EvidenceText.envelope(part, foreign: foreign) else { continue }
      let digest = SHA256Digest.of(envelope.payload)
      guard left.remove(digest) != nil else { continue }
      switch try view.answer(to: envelope.payload) {
      case .same: same.append(digest)
      case .anotherCheck: otherChecks.append(digest)
      case .contradicts(let fields):
        let party = votes.first { $0.statement == digest }?.party.name ?? ""
        contradictions.append(Contradiction(party: party, statement: digest, fields: fields))
      }
    }
  }

  /// For people.
  var lines: [String] {
    let name = VisibleText.escaped(folder)
    var lines = contradictions.map { found in
      "full view    \(name) contradicts what \(VisibleText.escaped(found.party)) signed: "
        + found.fields.map(VisibleText.escaped).joined(separator: ", ")
    }
    if !same.isEmpty {
      lines.append("full view    as \(name) gives it, byte for byte: \(same.count) of the statements")
    }
    if !otherChecks.isEmpty {
      lines.append("full view    of another check than \(name): \(otherChecks.count) of the statements")
    }
    if lines.isEmpty { lines.append("full view    \(name) was held against nothing: no statement counts") }
    return lines
  }
}
