import Digests
import Model

@testable import Evidence

/// A check of which every text that must not be published has a mark.
enum SampleCheck {
  static let swhid = "swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904"
  static let shipped = FileIdentity(name: "MARK-shipped.deb", sha256: .of(Array("shipped".utf8)), size: 7)
  static let rebuilt = FileIdentity(name: "MARK-rebuilt.deb", sha256: .of(Array("rebuilt".utf8)), size: 7)

  static func record(_ verdict: Verdict, deterministic: Bool? = nil) -> CheckRecord {
    record(result(verdict, deterministic: deterministic))
  }

  static func record(_ result: CheckResult) -> CheckRecord {
    CheckRecord(
      result: result, evaluatorReport: Array("evaluator".utf8),
      files: ["report.json": .of(Array("report".utf8)), "build.log": .of(Array("log".utf8))],
      party: "https://example.org/evaluator", time: 1_700_000_000)
  }

  static func result(_ verdict: Verdict, deterministic: Bool? = nil) -> CheckResult {
    let digest = SHA256Digest.of(Array("digest".utf8))
    let same = verdict == .reproduced
    let artifact = ArtifactResult(
      name: "MARK-artifact", verdict: verdict, shipped: shipped, rebuilt: same ? shipped : rebuilt,
      differences: same || verdict == .inconclusive ? [] : differences,
      accounting: same || verdict == .inconclusive ? [] : accounting,
      reconstruction: verdict == .equivalent ? reconstruction : nil)
    return CheckResult(
      program: ProgramIdentity(name: "verbatim", version: "1"), verdict: verdict,
      reason: verdict == .inconclusive
        ? InconclusiveReason(
          kind: .buildFailed, message: "MARK-log", details: ["MARK-log"], advice: "MARK-log") : nil,
      deterministic: deterministic,
      recipe: RecipeIdentity(name: "MARK-recipe", version: "MARK-version", digest: digest, lock: digest),
      source: swhidValue.map {
        [
          SourceIdentity(
            name: "MARK-source", swhid: $0, sha256: digest, entries: 3,
            archives: [FileIdentity(name: "MARK-source.tar.xz", sha256: digest, size: 1)])
        ]
      } ?? [],
      environment: EnvironmentIdentity(
        sha256: digest, layers: [digest],
        packages: [
          PackageIdentity(name: "gcc-12", version: "12.2.0-14+deb12u1", architecture: "amd64", sha256: digest)
        ]), confinement: ["no network"], artifacts: [artifact],
      stages: [StageResult(name: "build", seconds: 1, note: "MARK-log")])
  }

  private static let swhidValue = SWHID(swhid)

  private static let differences = [
    Difference(
      id: "d1", path: ["MARK-member"], region: "mtime", kind: .value, shipped: "MARK-value", rebuilt: "MARK-value2",
      places: "MARK-value", cause: Cause(name: "clock", confidence: 1, evidence: "MARK-value"), fix: "MARK-fix"),
    Difference(
      id: "d2", path: ["MARK-member"], region: "MARK-region", kind: .value,
      cause: Cause(name: "clock", confidence: 1, evidence: "MARK-value", follows: "d1")),
    Difference(id: "d3", path: [], kind: .bytes, cause: Cause(name: "content", confidence: 0.5, evidence: "")),
  ]

  private static let accounting = [
    Accounting(
      path: [], format: "deb", shipped: .init(size: 7, named: 2, unexplained: 1),
      rebuilt: .init(size: 7, named: 2, unexplained: 1))
  ]

  private static let reconstruction = Reconstruction(
    sha256: shipped.sha256, exceptions: [],
    patches: [
      .init(path: ["MARK-member"], offset: 0, removed: "00", inserted: "4d41524b2d", what: "MARK-what", exception: 0)
    ])
}
