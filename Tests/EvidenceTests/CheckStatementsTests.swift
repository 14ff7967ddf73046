import Digests
import Model
import Testing

@testable import Evidence

@Suite struct CheckStatementsTests {
  private func predicate(_ verdict: Verdict, deterministic: Bool? = nil) throws -> JSONTree {
    let statements = try CheckStatements(SampleCheck.record(verdict, deterministic: deterministic))
    return try #require(statements.artifacts.first?.summary).predicate
  }

  @Test func provenanceIsOfTheRebuiltAndTheSummaryOfTheShippedArtifact() throws {
    let found = try #require(try CheckStatements(SampleCheck.record(.different)).artifacts.first)
    let (provenance, summary) = (try #require(found.provenance), try #require(found.summary))
    #expect(provenance.isAbout(SampleCheck.rebuilt.sha256) && !provenance.isAbout(SampleCheck.shipped.sha256))
    #expect(summary.isAbout(SampleCheck.shipped.sha256) && !summary.isAbout(SampleCheck.rebuilt.sha256))
    #expect(
      summary.predicate["inputAttestations"]?.list?.first?["digest"]?["sha256"]?.text
        == SHA256Digest.of(provenance.payload).hex)
  }

  @Test func provenanceNamesWhatWentIn() throws {
    let provenance = try #require(try CheckStatements(SampleCheck.record(.reproduced)).artifacts.first?.provenance)
    let dependencies = try #require(provenance.predicate["buildDefinition"]?["resolvedDependencies"]?.list)
    #expect(
      dependencies.compactMap { $0["name"]?.text } == [
        "MARK-source", "MARK-source.tar.xz", "environment", "gcc-12",
      ])
    #expect(dependencies[0]["uri"]?.text == SampleCheck.swhid)
    #expect(dependencies[3]["uri"]?.text == "pkg:deb/debian/gcc-12@12.2.0-14%2Bdeb12u1?arch=amd64")
    let products = try #require(provenance.predicate["runDetails"]?["byproducts"]?.list)
    #expect(products.compactMap { $0["name"]?.text } == ["manifest of MARK-source", "build.log", "report.json"])
  }

  @Test(arguments: [
    (Verdict.reproduced, "PASSED", ["VERBATIM_REPRODUCED"]), (.equivalent, "PASSED", ["VERBATIM_EQUIVALENT"]),
    (.different, "FAILED", ["FAILED", "VERBATIM_DIFFERENT"]),
    (.inconclusive, "FAILED", ["FAILED", "VERBATIM_INCONCLUSIVE"]),
  ])
  func verdictsAreGraded(verdict: Verdict, result: String, levels: [String]) throws {
    let predicate = try predicate(verdict, deterministic: true)
    #expect(predicate["verificationResult"]?.text == result)
    #expect(predicate["verifiedLevels"]?.list?.compactMap(\.text) == levels)
    #expect(predicate["verbatim_check"]?["verdict"]?.text == verdict.rawValue)
    #expect((predicate["verbatim_check"]?["deterministic"] != nil) == (verdict == .different))
  }

  @Test func causesAreCounted() throws {
    let differences = try #require(try predicate(.different)["verbatim_check"]?["differences"])
    #expect(differences["count"]?.integer == 3)
    #expect(differences["causes"]?["clock"]?["roots"]?.integer == 1)
    #expect(differences["causes"]?["clock"]?["follow"]?.integer == 1)
    #expect(differences["causes"]?["content"]?["roots"]?.integer == 1)
    #expect(differences["bytes"]?["unexplained"]?.integer == 1)
  }

  @Test func oneRecordHasOneSetOfBytes() throws {
    for verdict in Verdict.allCases {
      let (one, other) = (
        try CheckStatements(SampleCheck.record(verdict)), try CheckStatements(SampleCheck.record(verdict))
      )
      #expect(
        one.artifacts.flatMap(\.statements).map(\.payload) == other.artifacts.flatMap(\.statements).map(\.payload))
      #expect(one.views?.payload == other.views?.payload)
    }
  }

  @Test func whatIsMissingHasNoStatement() throws {
    var record = SampleCheck.result(.inconclusive)
    record.artifacts[0].rebuilt = nil
    let found = try #require(try CheckStatements(SampleCheck.record(record)).artifacts.first)
    #expect(found.provenance == nil && found.summary?.predicate["inputAttestations"] == nil)
    record.artifacts[0].shipped = nil
    let none = try CheckStatements(SampleCheck.record(record))
    #expect(none.artifacts.first?.statements.isEmpty == true && none.views == nil)
  }

  @Test func viewsAreBound() throws {
    let record = SampleCheck.record(.different)
    let statements = try CheckStatements(record)
    let (summary, views) = (try #require(statements.artifacts.first?.summary), try #require(statements.views))
    let named = summary.predicate["verbatim_check"]?["views"]
    #expect(named?["full"]?["sha256"]?.text == record.files["report.json"]?.hex)
    #expect(named?["evaluator"]?["sha256"]?.text == SHA256Digest.of(record.evaluatorReport).hex)
    #expect(views.predicate["full"] == named?["full"] && views.predicate["evaluator"] == named?["evaluator"])
    #expect(
      views.predicate["public"]?.list?.first?["sha256"]?.text == SHA256Digest.of(summary.payload).hex)
  }

  /// What is planted in names, paths, values, evidence and failures is in no encoding in what is published.
  @Test(arguments: Verdict.allCases)
  func publicViewQuotesNothing(verdict: Verdict) throws {
    let statements = try CheckStatements(SampleCheck.record(verdict))
    let summary = try #require(statements.artifacts.first?.summary)
    #expect(Marks.found(in: summary.payload) == [])
    #expect(Marks.found(in: try #require(statements.views).payload) == [])
    let provenance = try #require(statements.artifacts.first?.provenance)
    #expect(Marks.found(in: provenance.payload) != [], "a mark that is nowhere shows nothing")
  }

  @Test func evaluatorsViewHasPlacesWithoutContent() throws {
    let view = SampleCheck.result(.different).evaluatorView
    #expect(view.artifacts[0].differences.count == 3)
    #expect(view.artifacts[0].differences[0].region == "mtime")
    #expect(view.artifacts[0].differences.allSatisfy { $0.shipped == nil && $0.rebuilt == nil && $0.places == nil })
    #expect(!"\(view)".contains("MARK-value") && !"\(view)".contains("MARK-log"))
    #expect("\(SampleCheck.result(.inconclusive))".contains("MARK-log"))
    #expect(!"\(SampleCheck.result(.inconclusive).evaluatorView)".contains("MARK-log"))
  }
}

/// What must not be published, as any encoding of ours would have it.
enum Marks {
  static let text = "MARK-"

  static func found(in bytes: [UInt8]) -> [String] {
    let mark = Array(text.utf8)
    let all = String(decoding: bytes, as: UTF8.self)
    let lowered = all.lowercased()
    var forms = ["as it is": text.lowercased(), "hexadecimal": Hexadecimal.string(mark)]
    for shift in 0..<3 {
      // The middle of what base64 makes of it, wherever it begins.
      let padded = [UInt8](repeating: 0, count: shift) + mark
      forms["base64 from \(shift)"] = String(Base64.string(padded).dropFirst(shift == 0 ? 0 : shift + 1).prefix(4))
    }
    return forms.filter { name, form in name.hasPrefix("base64") ? all.contains(form) : lowered.contains(form) }.map(
      \.key
    ).sorted()
  }
}
