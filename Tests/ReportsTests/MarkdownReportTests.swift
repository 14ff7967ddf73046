import Model
import TestFixtures
import Testing

@testable import Reports

@Suite struct MarkdownReportTests {
  @Test(arguments: [
    "explained", "reproduced-several", "missing-input", "hostile", "compared-equal", "equivalent",
    "equivalent-contents", "refused",
  ])
  func golden(name: String) throws {
    let result = try #require(SampleResults.all.first { $0.name == name }).result
    try Golden.expect(MarkdownReport().render(result), matches: "\(name).md")
  }

  @Test(arguments: [10, 5000, 20_000]) func fitsAComment(count: Int) throws {
    let text = MarkdownReport().render(ManyDifferences.result(count))
    #expect(text.unicodeScalars.count <= MarkdownReport.characterLimit)
    let shown = text.ranges(of: "\n- `").count
    if count == 10 {
      #expect(shown == 10)
    } else {
      #expect(shown > 100)
      #expect(text.contains("\n\(Amount.count(count - shown, "more difference")) in report.json"))
    }
  }

  /// Long names of many artifacts must not take the room of what says how much is left out.
  @Test func fitsWhateverTheNames() {
    let name = String(repeating: "`\u{1B}|", count: 400)
    let differences = (0..<100).map {
      Difference(
        id: "\($0)", path: [name, name], region: name, kind: .bytes, shipped: name, rebuilt: name,
        cause: Cause(name: name + "\($0)", confidence: 1, evidence: name), fix: name, exception: name)
    }
    let artifacts = (0..<100).map {
      ArtifactResult(name: name + "\($0)", verdict: .different, shipped: nil, rebuilt: nil, differences: differences)
    }
    let text = MarkdownReport().render(
      .comparison(ComparisonResult(program: SampleResults.program, artifacts: artifacts)))
    #expect(text.unicodeScalars.count <= MarkdownReport.characterLimit)
    #expect(text.contains("more difference"))
  }

  @Test(arguments: [
    ("plain", "`plain`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("``x", "``` ``x ```"), (" x ", "`  x  `"),
    ("", "(empty)"),
    ("a\nb\u{202E}", "`a\\nb\\u{202E}`"),
  ])
  func code(value: String, expected: String) { #expect(MarkdownReport.code(value, to: 100) == expected) }

  /// Outside of code there may be nothing of a value: neither markup nor a mention of somebody.
  @Test func valuesStandInCodeAlone() throws {
    let text = MarkdownReport().render(.check(HostileMarkup.result))
    var outside = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "`") {
      outside += rest[..<start]
      let fence = rest[start...].prefix { $0 == "`" }
      rest = rest[fence.endIndex...]
      // The next run of exactly as many.
      var close: Range<Substring.Index>?
      var search = rest
      while let found = search.firstIndex(of: "`") {
        let run = search[found...].prefix { $0 == "`" }
        if run.count == fence.count { close = run.startIndex..<run.endIndex; break }
        search = search[run.endIndex...]
      }
      rest = rest[(try #require(close)).upperBound...]
    }
    outside += rest
    #expect(!outside.contains("img") && !outside.contains("javascript") && !outside.contains("alert"))
  }
}
