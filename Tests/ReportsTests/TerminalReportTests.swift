import Model
import Testing

@testable import Reports

@Suite struct TerminalReportTests {
  @Test(arguments: SampleResults.all.map(\.name))
  func golden(name: String) throws {
    try Golden.expect(TerminalReport().render(try sample(name)), matches: "\(name).txt")
  }

  @Test(arguments: SampleResults.all.map(\.name), [40, 60, 80, 132])
  func fitsItsWidth(name: String, width: Int) throws {
    let text = TerminalReport(width: width).render(try sample(name))
    for line in text.split(separator: "\n") {
      #expect(VisibleText.columns(String(line)) <= width, "\(line)")
    }
  }

  @Test(arguments: SampleResults.all.map(\.name))
  func showsNothingThatATerminalObeys(name: String) throws {
    let text = TerminalReport().render(try sample(name))
    #expect(!text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value)) })
    #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format })
  }

  @Test func coloursOnlyTheVerdict() {
    let plain = TerminalReport().render(.check(SampleResults.reproduced))
    let coloured = TerminalReport(style: .coloured).render(.check(SampleResults.reproduced))
    #expect(coloured != plain)
    #expect(
      coloured.replacing("\u{1B}[1;32m", with: "").replacing("\u{1B}[0m", with: "") == plain)
  }

  @Test func saysHowMuchItLeftOut() throws {
    let text = TerminalReport().render(.check(SampleResults.unsteady))
    let shown = text.components(" mtime:")
    let left = try #require(text.firstMatch(of: /… and ([0-9]+) more differences/)).1
    #expect(shown + (Int(left) ?? 0) == 30)
    #expect(TerminalReport(differenceLines: 1000).render(.check(SampleResults.unsteady)).components(" mtime:") == 30)
  }

  /// A changed program must not drown in changed times.
  @Test func showsFirstWhatMattersMost() {
    var result = SampleResults.unsteady
    result.artifacts[1].differences.append(Difference(id: "d31", path: ["z"], kind: .bytes, offset: 7, length: 1))
    let text = TerminalReport(differenceLines: 8).render(.check(result))
    #expect(text.contains("1 byte differs, the first at offset 7"))
    #expect(text.contains("31 differences (30 mtime, 1 content)"))
  }

  @Test func saysWhatSteadinessMeans() {
    #expect(TerminalReport().render(.check(SampleResults.steady)).contains("same bytes as the first"))
    #expect(TerminalReport().render(.check(SampleResults.unsteady)).contains("the build itself varies"))
    #expect(TerminalReport().render(.check(SampleResults.unrepeated)).contains("not repeated"))
  }

  private func sample(_ name: String) throws -> ReportedResult {
    try #require(SampleResults.all.first { $0.name == name }).result
  }
}

extension String {
  /// How often a piece of text is in it.
  fileprivate func components(_ piece: String) -> Int { ranges(of: piece).count }
}

@Suite struct TextTests {
  @Test(
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
      (1_048_575, "1023.9 KiB"), (1 << 20, "1.0 MiB"), (1 << 30, "1.0 GiB"), (Int64.max, "7.9 EiB"),
    ] as [(Int64, String)])
  func size(bytes: Int64, expected: String) { #expect(Amount.size(bytes) == expected) }

  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")] as [(Int64, String)])
  func count(number: Int64, expected: String) { #expect(Amount.count(number) == expected) }

  @Test(arguments: [
    ("plain ü 名", "plain ü 名"), ("\u{1B}[0m", "\\u{1B}[0m"), ("a\u{202E}b", "a\\u{202E}b"),
    ("\n\t\r\0", "\\n\\t\\r\\u{0}"), ("\r\n", "\\r\\n"), ("\u{9B}", "\\u{9B}"), ("\u{E000}", "\\u{E000}"),
    ("\u{A0}\u{2028}", "\\u{A0}\\u{2028}"), ("\u{3164}", "\\u{3164}"),
  ])
  func escaped(text: String, expected: String) { #expect(VisibleText.escaped(text) == expected) }

  @Test(arguments: 1...60)
  func wrappingKeepsTheWords(width: Int) {
    let text = "one two  three-is-a-longer-word 名前名前名前 e\u{301}e\u{301} end"
    let lines = LineWrapping(width: max(width, 2)).lines(text)
    #expect(lines.allSatisfy { VisibleText.columns($0) <= max(width, 2) })
    #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
  }
}
