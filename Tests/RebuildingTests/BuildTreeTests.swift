import Testing

@testable import Rebuilding

@Suite struct BuildTreeTests {
  @Test(arguments: [
    ("../catdoc.deb", ["catdoc.deb"] as [String]?), ("dist/./x.whl", ["catdoc-0.95", "dist", "x.whl"]),
    ("a/../../b", ["b"]), ("../../etc/passwd", nil), ("/etc/passwd", nil), ("..", nil), ("dist/", nil),
    ("", ["catdoc-0.95"]),
  ])
  func placeOfAnArtifact(built: String, expected: [String]?) {
    #expect(BuildTree(buildPath: "/build/x/catdoc-0.95")?.place(of: built) == expected)
  }

  @Test(arguments: ["/", "/one", "relative/path", "/a/../b", ""])
  func noPathToBuildIn(path: String) {
    #expect(BuildTree(buildPath: path) == nil)
  }
}
