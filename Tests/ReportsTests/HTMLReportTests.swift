import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Reports

/// The page as text; `HTMLBrowserTests` look at it as a browser shows it.
@Suite struct HTMLReportTests {
  @Test(arguments: [
    "explained", "reproduced", "missing-input", "hostile", "compared", "equivalent", "equivalent-contents", "refused",
  ])
  func golden(name: String) throws {
    let result = try #require(SampleResults.all.first { $0.name == name }).result
    // The script and the style are files of their own; a golden shows what is around them.
    let text = page(result).replacing(HTMLScript.text, with: "…").replacing(HTMLStyle.text, with: "…")
      .replacing(HTMLScript.digest, with: "…").replacing(HTMLStyle.digest, with: "…")
    try Golden.expect(text, matches: "\(name).html")
  }

  /// The page's policy lets a browser run only what has this digest, so that a stale one would show nothing.
  @Test(arguments: [(HTMLScript.text, HTMLScript.digest), (HTMLStyle.text, HTMLStyle.digest)])
  func policyNamesWhatIsInThePage(text: String, digest: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("text", text)
    let result = try FixtureProcess.shell(
      "python3 -c 'import base64,hashlib,sys; print(\"sha256-\" + "
        + "base64.b64encode(hashlib.sha256(open(sys.argv[1], \"rb\").read()).digest()).decode())' \"$1\"", [file.string]
    )
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == digest + "\n")
  }

  @Test(arguments: SampleResults.all.map(\.name))
  func holdsNothingThatABrowserHidesOrObeys(name: String) throws {
    let text = page(try #require(SampleResults.all.first { $0.name == name }).result)
    #expect(!text.unicodeScalars.contains { VisibleText.hides($0) && $0 != "\n" })
    #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("src=") && !text.contains("@import"))
  }

  /// Each place that a text can come to must escape it.
  @Test func escapesMarkupEverywhere() throws {
    let text = page(.check(HostileMarkup.result))
    let evil = HostileMarkup.text
    #expect(!text.contains(evil))
    #expect(!text.contains("<img"))
    #expect(!text.contains("</script><b>"))
    #expect(text.components("</script>") == 2)
    #expect(text.components("<script") == 2)
  }

  @Test func textOfTwoSpellingsStaysTwo() {
    let differences = ["e\u{301}", "\u{E9}"].map { Difference(id: $0, path: [$0], kind: .bytes) }
    let artifacts = [
      ArtifactResult(name: "a", verdict: .different, shipped: nil, rebuilt: nil, differences: differences)
    ]
    let json = HTMLData(selection: DifferenceSelection(artifacts, limit: 10)).json(artifacts)
    #expect(json.contains("\"e\u{301}\"".unicodeScalars) && json.contains("\"\u{E9}\"".unicodeScalars))
  }

  @Test func holdsTheGravestWhenNotAllFit() throws {
    var differences = (0..<30_000).map { ManyDifferences.difference($0) }
    differences.append(Difference(id: "last", path: ["z"], kind: .bytes, offset: 7, length: 1))
    let artifact = ArtifactResult(
      name: "a", verdict: .different, shipped: nil, rebuilt: nil, differences: differences)
    let selection = DifferenceSelection([artifact], limit: HTMLReport.differenceLimit)
    #expect(selection.chosen[0].count == HTMLReport.differenceLimit)
    #expect(selection.left == 10_001)
    #expect(selection.chosen[0].contains(30_000))
    #expect(selection.chosen[0] == selection.chosen[0].sorted())
    let text = page(.comparison(ComparisonResult(program: SampleResults.program, artifacts: [artifact])))
    #expect(text.contains("holds the 20,000 differences that matter most"))
    #expect(text.contains("10,001 more are in report.json"))
  }

  @Test func saysHowMuchOfALongValueIsLeftOut() {
    let (beginning, left) = Shortening.beginning(String(repeating: "é", count: 5000), of: 4000)
    #expect(beginning.unicodeScalars.count == 4000)
    #expect(left == 1000)
    #expect(Shortening.beginning("short", of: 10).left == 0)
  }

  private func page(_ result: ReportedResult) -> String { String(decoding: HTMLReport().render(result), as: UTF8.self) }
}

extension String {
  fileprivate func components(_ piece: String) -> Int { ranges(of: piece).count }

  fileprivate func contains(_ piece: String.UnicodeScalarView) -> Bool {
    Array(unicodeScalars).ranges(of: Array(piece)).isEmpty == false
  }
}
