import Glibc
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Every wrong thing gets one clear message that names the file and the place, exit code 2, and nothing half-written.
  @Suite struct BadInputTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let recipe = """
      verbatim: 1
      name: product
      version: "1.0"
      source: [{path: source.tar}]
      environment: {debian: {suite: bookworm, packages: []}}
      build: {path: /build/product, run: ["true"]}
      artifacts: [{built: out, shipped: {path: shipped}}]

      """

    @Test(arguments: [
      ("", "recipe.yaml"), ("\0\u{1}\u{2}binary", "recipe.yaml"), (recipe + "colour: red\n", "recipe.yaml:8:1"),
      (recipe.replacing("\"1.0\"", with: "[1]"), "recipe.yaml:3:10"),
      (recipe.replacing("source.tar", with: "../source.tar"), "recipe.yaml:4:17"),
      (recipe.replacing("built: out", with: "built: ../../out"), "recipe.yaml:7:21"),
      (recipe + "name: again\n", "recipe.yaml:2:1"), ("a: &x [1]\nb: *x\n", "recipe.yaml:"),
      (String(repeating: "#", count: 5_000_000), "recipe.yaml"),
    ])
    func wrongRecipe(text: String, place: String) throws {
      try folder.write("recipe.yaml", text)
      let result = try Verbatim.run(["check", "recipe.yaml"], in: folder.path)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors.hasPrefix("verbatim: "), "\(result.errors)")
      #expect(result.errors.contains(place), "\(result.errors)")
      #expect(try names() == ["recipe.yaml"])
    }

    @Test(arguments: [
      ["check", "nowhere"], ["check", "."], ["check"], ["lock", "nowhere"], ["frobnicate"],
      ["check", "--frobnicate", "x"],
      ["unpack", "nowhere", "target"], ["identify", "nowhere"], ["compare", "nowhere", "nowhere"],
      ["store", "frobnicate"],
    ])
    func wrongUsage(arguments: [String]) throws {
      let result = try Verbatim.run(
        arguments, in: folder.path, store: nil, prefix: "XDG_CACHE_HOME=$PWD/../verbatim-unused")
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(!result.errors.isEmpty)
      #expect(!result.errors.contains("Fatal") && !result.errors.contains("errno"))
      #expect(try names().isEmpty)
    }

    @Test func lockedWithoutALock() throws {
      try folder.write("recipe.yaml", Self.recipe)
      let result = try Verbatim.run(["check", "recipe.yaml", "--locked"], in: folder.path)
      #expect(result.status == 2)
      #expect(result.errors.contains("recipe.lock") && result.errors.contains("--locked"), "\(result.errors)")
      #expect(try names() == ["recipe.yaml"])
    }

    @Test func storeInAFile() throws {
      try folder.write("recipe.yaml", Self.recipe)
      try folder.write("file", "")
      let result = try Verbatim.run(["check", "recipe.yaml"], in: folder.path, store: "file/store")
      #expect(result.status == 2)
      #expect(result.errors.contains("file/store"), "\(result.errors)")
    }

    @Test func missingShippedFileIsInconclusive() throws {
      try folder.write("recipe.yaml", Self.recipe)
      try folder.write("source.tar", "")
      let result = try Verbatim.run(["check", "recipe.yaml", "--offline"], in: folder.path)
      #expect(result.status == 2)
      #expect((result.errors + result.output).contains("shipped"), "\(result.errors)")
    }

    @Test func evidenceInTheWay() throws {
      try folder.write("recipe.yaml", Self.recipe)
      #expect(unsafe mkdir(folder.path.appending("mine").string, 0o755) == 0)
      try folder.write("mine/precious", "keep")
      let result = try Verbatim.run(["check", "recipe.yaml", "--evidence", "mine"], in: folder.path)
      #expect(result.status == 2)
      #expect(result.errors.contains("mine"), "\(result.errors)")
      #expect(try folder.read("mine/precious") == Array("keep".utf8))
    }

    private func names() throws -> [String] {
      let listing = try FixtureProcess.shell("ls -1A \"$1\"", [folder.path.string])
      return listing.output.split(separator: "\n").map(String.init)
    }
  }
}
