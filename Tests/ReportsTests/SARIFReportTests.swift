import Model
import Reports
import SystemPackage
import TestFixtures
import Testing

@Suite struct SARIFReportTests {
  @Test(arguments: ["explained", "missing-input", "hostile", "equivalent", "equivalent-contents", "refused"])
  func golden(name: String) throws {
    let result = try #require(SampleResults.all.first { $0.name == name }).result
    try Golden.expect(text(result), matches: "\(name).sarif")
  }

  /// Against the official schema, from oasis-tcs/sarif-spec.
  @Test func followsTheSchema() throws {
    guard try FixtureProcess.shell("python3 -W ignore -c 'import jsonschema'").status == 0 else {
      print("SKIP: python3 has no jsonschema, so SARIF reports are not checked against their schema")
      return
    }
    let folder = try TemporaryFolder()
    let script = """
      python3 -W ignore - "$@" <<'EOF'
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
      failed = False
      for path in sys.argv[2:]:
          for error in validator.iter_errors(json.load(open(path))):
              print(path, error.json_path, error.message[:300]); failed = True
      sys.exit(3 if failed else 0)
      EOF
      """
    let schema = Checkout.root.appending("Tests/ReportsTests/Schemas/sarif-schema-2.1.0.json").string
    let samples = SampleResults.all + [("markup", .check(HostileMarkup.result)), ("many", ManyDifferences.result(100))]
    let paths = try samples.map { try folder.write("\($0.0).sarif", SARIFReport().render($0.1)).string }
    let checked = try FixtureProcess.shell(script, [schema] + paths)
    #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
    let good = try text(.check(SampleResults.steady))
    for (what, wrong) in [
      ("\"2.1.0\"", "\"3\""), ("\"text\"", "\"txt\""), ("\"ruleId\"", "\"rule\""), ("\"error\"", "\"grave\""),
    ] {
      let path = try folder.write("bad.sarif", good.replacing(what, with: wrong))
      #expect(try FixtureProcess.shell(script, [schema, path.string]).status == 3, "\(what)")
    }
  }

  @Test func holdsRootsAlone() throws {
    let sarif = try text(.check(SampleResults.explained))
    #expect(sarif.ranges(of: "\"ruleIndex\"").count == 5)
    #expect(sarif.contains("\"followers\" : 2"))
    #expect(!sarif.contains("\"id\" : \"d4\""))
    #expect(sarif.contains("\"justification\" : \"the vendor signs its packages\""))
  }

  @Test func saysHowManyItLeavesOut() throws {
    let sarif = String(decoding: try SARIFReport(limit: 100).render(ManyDifferences.result(400)), as: UTF8.self)
    #expect(sarif.ranges(of: "\"ruleIndex\"").count == 100)
    #expect(sarif.contains("\"omittedResults\" : 200"))
  }

  private func text(_ result: ReportedResult) throws -> String {
    String(decoding: try SARIFReport().render(result), as: UTF8.self)
  }
}
