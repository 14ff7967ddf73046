public import Evidence
import Keys
import Model

/// The statement that independent parties built the same bytes: SLSA's `SLSA_BUILD_REPRODUCED`.
public struct Endorsement: Sendable {
  /// What SLSA 1.2 calls a build that two or more builders reproduced.
  public static let level = "SLSA_BUILD_REPRODUCED"

  /// What is to be signed.
  public let statement: Statement
  /// Whose verdicts and builds it rests on, in the order of the policy.
  public let parties: [Policy.Party]

  /// Makes the statement when, and only when, it is earned.
  ///
  /// - Parameters:
  ///   - party: who says so: a URI.
  ///   - program: the name and version of what verified.
  ///   - time: when it is said, in seconds since 1970.
  /// - Throws: `PolicyError` that says what is missing.
  public init(
    _ judgement: PolicyJudgement, by party: String, program: (name: String, version: String), time: Int64
  ) throws(PolicyError) {
    let earned = Earned(judgement)
    let doing = "endorsing \(judgement.artifact.short)…"
    guard judgement.verdict != .different else {
      throw PolicyError(
        "\(doing): it is different, as \(judgement.against.map(\.party.name).joined(separator: " and ")) found")
    }
    guard earned.missing.isEmpty else {
      throw PolicyError(
        "\(doing): its parties do not yet show that they built it independently", details: earned.missing,
        advice: "Each party's evidence needs its verdict and the provenance of its own build of these bytes.")
    }
    parties = earned.pairs.map(\.vote.party)
    let artifact = judgement.artifact.hex
    let used = Set(earned.pairs.flatMap { [$0.vote.statement, $0.build.statement] }).sorted()
    let policy = judgement.policy.digest.hex
    let predicate = JSONTree.members([
      "verifier": .members(["id": .text(party), "version": .texts([program.name: program.version])]),
      "timeVerified": .text(TimeText.rfc3339(time)),
      "resourceUri": .text("urn:verbatim:artifact:sha256:\(artifact)"),
      "policy": .members([
        "uri": .text("urn:verbatim:policy:sha256:\(policy)"), "digest": .texts(["sha256": policy]),
      ]),
      "inputAttestations": .list(used.map { .members(["digest": .texts(["sha256": $0.hex])]) }),
      "verificationResult": .text("PASSED"),
      "verifiedLevels": .list([.text(Self.level)]),
      "slsaVersion": .text("1.2"),
      "verbatim_endorsement": .members([
        "format": .integer(1),
        "parties": .list(
          earned.pairs.map { vote, build in
            .members([
              "name": .text(vote.party.name), "role": .text(vote.party.role.rawValue), "keyid": .text(vote.key.keyID),
              "builder": .text(build.builder),
            ])
          }),
      ]),
    ])
    do throws(EvidenceError) {
      statement = try Statement(
        subjects: [ResourceDescriptor(digest: ["sha256": artifact])], predicateType: StatementType.summary,
        predicate: predicate, named: "the endorsement")
    } catch {
      throw PolicyError(error.message)
    }
  }
}

/// Which parties have both said that the artifact is reproduced and shown a build of it, and what is missing.
private struct Earned {
  private(set) var pairs: [(vote: Vote, build: BuildClaim)] = []
  private(set) var missing: [String] = []

  init(_ judgement: PolicyJudgement) {
    var builders: [String: String] = [:]
    var flaws: [String] = []
    for vote in judgement.votes {
      let name = vote.party.name
      guard vote.verdict == .reproduced else {
        flaws.append("\(name): the verdict is \(vote.verdict.rawValue), not reproduced")
        continue
      }
      let builds = judgement.builds.filter { $0.party == vote.party }
      if let build = builds.first(where: { builders[$0.builder] == nil }) {
        builders[build.builder] = name
        pairs.append((vote, build))
      } else if let build = builds.first, let other = builders[build.builder] {
        flaws.append("\(name): its builder is \(build.builder.prefix(200)), which is that of \(other)")
      } else {
        flaws.append("\(name): there is no provenance of its own build of these bytes")
      }
    }
    let parties = pairs.map(\.vote.party)
    missing = PolicyRule.missing(parties, judgement.policy)
    if parties.count < 2 { missing.append("\(parties.count) of at least 2 parties show a build") }
    // Of more parties than are needed, some may lack something.
    if !missing.isEmpty { missing += flaws }
  }
}
