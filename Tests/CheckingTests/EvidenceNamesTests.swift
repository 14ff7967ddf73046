import Testing

@testable import Checking

@Suite struct EvidenceNamesTests {
  /// No artifact's statements are in the place of another's, or of a view.
  @Test(arguments: [
    (["a.deb", "b.deb"], ["a.deb", "b.deb"]), (["x/a", "y/a", "a"], ["a", "2-a", "3-a"]),
    (["a", "2-a", "a"], ["a", "2-a", "3-a"]), (["public", "views"], ["2-public", "2-views"]), (["/"], ["artifact"]),
  ])
  func namesAreApart(artifacts: [String], expected: [String]) {
    #expect(EvidenceSigning.names(artifacts) == expected)
  }
}
