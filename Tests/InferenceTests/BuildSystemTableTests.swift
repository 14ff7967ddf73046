import TestFixtures
import Testing

@testable import Inference

@Suite struct BuildSystemTableTests {
  @Test func formsThatProjectsUseAreRead() throws {
    let text = """
      # a comment with [build-system]
      title = "not this = one"
      [tool.x]
      requires = ["wrong"]
      [ build-system ] # here
      requires = [
        "a>=1", # with a comment ]
        'b[c]; python_version < "3.8"',
      ]
      "build-backend" = "x.y"
      backend-path = ["src", '.']
      [[tool.list]]
      requires = ["wrong"]
      multi = \"\"\"
      [build-system]
      requires = ["wrong"]
      \"\"\"
      """
    let table = try #require(BuildSystemTable(text))
    #expect(table.requires == ["a>=1", "b[c]; python_version < \"3.8\""])
    #expect(table.backend == "x.y")
    #expect(table.backendPath == ["src", "."])
  }

  @Test func aFileWithoutTheTableSaysNothing() throws {
    let table = try #require(BuildSystemTable("[tool.black]\nline-length = 100\ninclude = '\\.pyi?$'\n"))
    #expect(table.requires == nil && table.backend == nil)
  }

  @Test(arguments: [
    "[build-system", "a = ", "= 1", "a = [1, 2", "a = \"x", "[x]]]]", "a = {b = [}", "a == b = c", "a = 1 b",
  ])
  func whatIsNoTOMLIsRefused(text: String) {
    #expect(BuildSystemTable(text) == nil)
  }

  @Test func depthIsBounded() {
    #expect(BuildSystemTable("a = " + String(repeating: "[", count: 100_000)) == nil)
  }

  @Test func everyCutOfAFileEndsInPeace() {
    let text = "[build-system]\nrequires = [\"a\", 'b']\nbuild-backend = \"\"\"x\"\"\"\nbackend-path = [\"\\n\"]\n"
    for count in 0...text.count { _ = BuildSystemTable(String(text.prefix(count))) }
  }
}
