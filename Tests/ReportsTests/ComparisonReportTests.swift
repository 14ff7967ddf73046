import Model
import Reports
import Testing

/// What `verbatim compare` prints.
@Suite struct ComparisonReportTests {
  private static let digest = SHA256Digest(bytes: [UInt8](repeating: 0xAB, count: 32))

  private func artifact(_ differences: [Difference]) throws -> ReportedResult {
    let digest = try #require(Self.digest)
    let artifact = ArtifactResult(
      name: "app\u{1B}[31m", verdict: differences.isEmpty ? .reproduced : .different,
      shipped: FileIdentity(name: "app", sha256: digest, size: 7),
      rebuilt: FileIdentity(name: "app", sha256: digest, size: 7), differences: differences)
    return .comparison(
      ComparisonResult(program: ProgramIdentity(name: "verbatim", version: "0.1.0"), artifacts: [artifact]))
  }

  @Test func equalFilesShowTheirDigest() throws {
    let text = TerminalReport().render(try artifact([]))
    #expect(text.hasPrefix("EQUAL  "))
    #expect(text.contains(try #require(Self.digest).hex))
  }

  @Test(arguments: [1, 500]) func whatIsLeftOutIsCounted(count: Int) throws {
    let differences = (0..<count).map { Difference(path: ["member\($0)"], kind: .extra, rebuilt: "x") }
    let text = TerminalReport(differenceLines: 20).render(try artifact(differences))
    #expect(text.hasPrefix("DIFFERENT  "))
    #expect(!text.contains("\u{1B}"))
    #expect(text.contains("more difference") == (count > 20))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
