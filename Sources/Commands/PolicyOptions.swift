import ArgumentParser
import Glibc
import Policies
import SystemPackage

/// Evidence on an artifact, and the policy that judges it.
struct PolicyOptions: ParsableArguments {
  @Argument(help: "Files of evidence, or folders of them; proofs of a log's as well.")
  var evidence: [String]

  @Option(help: ArgumentHelp("The file that the evidence is to be about.", valueName: "file"))
  var artifact: String

  @Option(help: ArgumentHelp("The policy that says who is trusted.", valueName: "file"))
  var policy: String

  @Option(
    help: ArgumentHelp(
      "As of when, in UTC: 2026-01-31T12:00:00Z.", discussion: "Default: now.", valueName: "time"))
  var at: String?

  @Flag(help: "Take envelopes that are written otherwise than this program writes them.")
  var foreign = false

  func validate() throws {
    guard let at, PolicyTime.seconds(at) == nil else { return }
    throw ValidationError("--at takes a time in UTC, such as 2026-01-31T12:00:00Z.")
  }

  /// As of when, in seconds since 1970.
  var time: Int64 { at.flatMap(PolicyTime.seconds) ?? Int64(Glibc.time(nil)) }

  /// Reads what was named.
  func read() throws -> EvidenceSet { try EvidenceSet(reading: evidence.map { FilePath($0) }) }

  /// Judges what was named.
  func judge(_ evidence: EvidenceSet) async throws -> PolicyJudgement {
    let policy = try PolicyFile.read(FilePath(policy))
    let digest = try ArtifactFile.digest(FilePath(artifact))
    return try await PolicyVerification(policy: policy, artifact: digest, time: time, foreign: foreign).judge(evidence)
  }
}
