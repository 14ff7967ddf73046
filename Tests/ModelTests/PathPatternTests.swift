import Model
import Testing

@Suite struct PathPatternTests {
  @Test(arguments: [
    (".", "", true), (".", "a", false), ("a", "a", true), ("a", "b", false), ("a", "a/b", false), ("a/b", "a", false),
    ("*", "a", true), ("*", "a/b", false), ("*", "", false), ("**", "", true), ("**", "a/b/c", true),
    ("**/c", "a/b/c", true), ("**/c", "c", true), ("**/c", "a/cc", false), ("a/**/c", "a/c", true),
    ("a/**/c", "a/b/b/c", true), ("a/**/c", "b/a/c", false), ("*.ko", "x.ko", true), ("*.ko", "x.ko.xz", false),
    ("a*b*c", "aXbXc", true), ("a*b*c", "abcb", false), ("x/./y", "x/y", true), ("x/y", "x/./y", true),
    ("[ab]", "a", false), ("?", "a", false), ("a**", "abc", true),
  ])
  func matches(pattern: String, path: String, expected: Bool) {
    #expect(PathPattern(pattern).matches(path) == expected, "\(pattern) \(path)")
  }

  /// A hostile pattern takes no time that grows with every star.
  @Test func isQuickForHostilePatterns() {
    let stars = String(repeating: "*a", count: 500) + "b"
    #expect(!PathPattern(stars).matches(String(repeating: "a", count: 1000)))
    let folders = String(repeating: "**/a/", count: 200) + "b"
    #expect(!PathPattern(folders).matches(String(repeating: "a/", count: 500)))
  }

  @Test func exceptionsCoverPaths() {
    let exception = DeclaredException(kind: .field, place: "data.tar.*/usr/**", reason: "a", field: "mtime")
    #expect(exception.covers(["data.tar.xz", "./usr/bin/x"]))
    #expect(!exception.covers(["data.tar.xz", "./etc/x"]))
    #expect(!exception.covers([]))
  }
}
