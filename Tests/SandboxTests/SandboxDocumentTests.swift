import SystemPackage
import Testing

@testable import Sandbox

/// `Documentation/Sandbox.md` names what the filter denies, neither more nor less.
@Suite struct SandboxDocumentTests {
  @Test(arguments: [("forbidden", SeccompFilter.forbidden), ("absent", SeccompFilter.absent)])
  func listsAreTheFilters(marker: String, names: [String]) throws {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    let text = try #require(TextFile.read(path.appending("Documentation/Sandbox.md").string))
    let start = try #require(text.firstRange(of: "<!-- \(marker) -->\n```\n"))
    let end = try #require(text[start.upperBound...].firstRange(of: "\n```"))
    let listed = text[start.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(listed == names)
    #expect(Set(names).count == names.count)
  }
}
