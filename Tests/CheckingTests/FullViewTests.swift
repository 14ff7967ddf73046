import Checking
import Digests
import Evidence
import Model
import Reports
import SystemPackage
import TestFixtures
import Testing

/// Whether a public view that lies is found out by the full one.
@Suite struct FullViewTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let shipped = FileIdentity(name: "app", sha256: .of([1]), size: 7)

  private static func result(_ name: String = "app") -> CheckResult {
    let differences = ["d1", "d2"].map { id in
      Difference(
        id: id, path: [], region: "mtime", kind: .value, shipped: "1", rebuilt: "2",
        cause: Cause(name: "clock", confidence: 1, evidence: "1"), fix: nil)
    }
    return CheckResult(
      program: ProgramIdentity(name: "verbatim", version: "1"), verdict: .different, deterministic: true,
      recipe: RecipeIdentity(name: name, version: "1", digest: .of([2]), lock: .of([3])), source: [],
      environment: nil, confinement: [],
      artifacts: [
        ArtifactResult(
          name: "app", verdict: .different, shipped: shipped,
          rebuilt: FileIdentity(name: "app", sha256: .of([4]), size: 7), differences: differences,
          accounting: [
            Accounting(
              path: [], format: nil, shipped: .init(size: 7, named: 2, unexplained: 1),
              rebuilt: .init(size: 7, named: 2, unexplained: 1))
          ])
      ], stages: [])
  }

  /// The public view of a result whose full view is then in the folder.
  private func published(_ result: CheckResult = result()) throws -> String {
    try folder.write("report.json", try JSONReport().render(.check(result)))
    let record = try EvidenceRecord.make(result, in: folder.path, party: "https://example.org/a", time: 1_700_000_000)
    let summary = try #require(try CheckStatements(record).artifacts.first?.summary)
    return String(decoding: summary.payload, as: UTF8.self)
  }

  private func answer(_ payload: String) throws -> FullView.Answer {
    try FullView(folder.path).answer(to: Array(payload.utf8))
  }

  @Test func whatItGivesIsTheSame() throws {
    #expect(try answer(published()) == .same)
  }

  @Test(arguments: [
    ("\"count\":2", "\"count\":1", ["verbatim_check.differences.count"]),
    (
      "\"clock\":", "\"content\":",
      ["verbatim_check.differences.causes.clock", "verbatim_check.differences.causes.content"]
    ),
    ("\"unexplained\":1", "\"unexplained\":0", ["verbatim_check.differences.bytes.unexplained"]),
    ("\"deterministic\":true", "\"deterministic\":false", ["verbatim_check.deterministic"]),
    ("\"format\":1,", "\"format\":1,\"more\":2,", ["verbatim_check.more"]),
    ("{\"_type\"", " {\"_type\"", ["the order or names of fields"]),
  ])
  func aLieIsNamed(truth: String, lie: String, fields: [String]) throws {
    let payload = try published()
    #expect(payload.contains(truth), "\(payload)")
    #expect(try answer(payload.replacing(truth, with: lie)) == .contradicts(fields))
  }

  @Test func aboutAnotherArtifact() throws {
    let other = try published().replacing(
      "\"digest\":{\"sha256\":\"\(Self.shipped.sha256.hex)\"}",
      with: "\"digest\":{\"sha256\":\"\(SHA256Digest.of([9]).hex)\"}")
    #expect(try answer(other) == .contradicts(["subject"]))
  }

  @Test func anotherCheckIsNoLie() throws {
    let first = try published()
    _ = try published(Self.result("other"))
    #expect(try answer(first) == .anotherCheck)
  }

  @Test func noReportIsRefused() {
    #expect(throws: (any Error).self) { try FullView(folder.path) }
  }
}
