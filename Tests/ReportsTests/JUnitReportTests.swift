import Model
import Reports
import SystemPackage
import TestFixtures
import Testing

@Suite struct JUnitReportTests {
  @Test(arguments: [
    "explained", "reproduced-several", "missing-input", "hostile", "compared", "equivalent", "equivalent-contents",
    "refused",
  ])
  func golden(name: String) throws {
    try Golden.expect(
      text(try #require(SampleResults.all.first { $0.name == name }).result), matches: "\(name).junit.xml")
  }

  /// Each file that is written must pass the schema, and the schema must refuse what is no report.
  @Test func followsTheSchema() throws {
    guard try FixtureProcess.shell("command -v xmllint").status == 0 else {
      print("SKIP: xmllint is not installed, so JUnit reports are not checked against their schema")
      return
    }
    let folder = try TemporaryFolder()
    let schema = Checkout.root.appending("Tests/ReportsTests/Schemas/junit.xsd").string
    let samples =
      SampleResults.all + [("markup", .check(HostileMarkup.result)), ("many", ManyDifferences.result(1000))]
    for (name, result) in samples {
      let path = try folder.write("\(name).xml", JUnitReport().render(result))
      let checked = try FixtureProcess.shell("xmllint --noout --nonet --schema \"$1\" \"$2\"", [schema, path.string])
      #expect(checked.status == 0, "\(name): \(checked.errors)")
    }
    let good = text(.check(SampleResults.steady))
    for (what, wrong) in [
      ("tests=\"1\"", "tests=\"one\""), ("<failure type=\"different\"", "<failure"), ("testcase", "case"),
    ] {
      let path = try folder.write("bad.xml", good.replacing(what, with: wrong))
      #expect(
        try FixtureProcess.shell("xmllint --noout --schema \"$1\" \"$2\"", [schema, path.string]).status != 0, "\(what)"
      )
    }
  }

  @Test func countsEachVerdict() {
    #expect(text(.check(SampleResults.unsteady)).contains("tests=\"2\" failures=\"1\" errors=\"0\""))
    #expect(text(.check(SampleResults.missingInput)).contains("tests=\"1\" failures=\"0\" errors=\"1\""))
    #expect(text(.check(SampleResults.equivalent)).contains("tests=\"1\" failures=\"0\" errors=\"0\""))
    #expect(text(ManyDifferences.result(1000)).contains("… and 950 more differences in report.json"))
  }

  private func text(_ result: ReportedResult) -> String {
    String(decoding: JUnitReport().render(result), as: UTF8.self)
  }
}
