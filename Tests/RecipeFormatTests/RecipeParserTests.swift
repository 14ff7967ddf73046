import Model
import Testing

@testable import RecipeFormat

@Suite("Parsing recipes")
struct RecipeParserTests {
  private func parse(_ text: String) throws(RecipeError) -> Recipe {
    try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml")
  }

  @Test("The design's sketch is understood")
  func sketch() throws {
    let recipe = try parse(RecipeTexts.catdoc)
    let reference = InputReference.debian(name: "catdoc", version: "1:0.95-6~deb12u1")
    #expect(recipe.name == "catdoc")
    #expect(recipe.version == "0.95-6~deb12u1")
    #expect(recipe.source.map(\.input) == [reference])
    #expect(recipe.source[0].reviewed?.hex == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    #expect(
      recipe.environment
        == .debian(.init(suite: "bookworm", packages: ["build-essential", "fakeroot", "debhelper"])))
    #expect(recipe.build.path == "/build/reproducible-path/catdoc-0.95")
    #expect(recipe.build.run == ["dpkg-buildpackage -us -uc -b"])
    #expect(
      recipe.build.limits
        == .init(time: 1800, memory: 4 << 30, processes: 4096, output: 8 << 30, openFiles: 1024))
    #expect(recipe.artifacts == [.init(built: "../catdoc_0.95-6~deb12u1_amd64.deb", shipped: reference)])
  }

  @Test("Scalars keep their text: no YAML 1.1 numbers, octals, dates or sexagesimals")
  func literalScalars() throws {
    let head = "verbatim: 1\nname: 0x1f\nversion: 1.10"
    let build = """
      build:
        path: /build/hello/tree
        run: [make && make install, rm *.o, "! false"]
        variables: {A: 1e3, B: 2024-01-01, C: 012, D: 1:30:00, E: "yes", F: "", G: a && b * c!}
        umask: 022
        epoch: 1700000000
      """
    let recipe = try parse(RecipeTexts.recipe(head: head, build: build))
    #expect(recipe.name == "0x1f")
    #expect(recipe.version == "1.10")
    #expect(recipe.build.run == ["make && make install", "rm *.o", "! false"])
    #expect(
      recipe.build.variables == [
        "A": "1e3", "B": "2024-01-01", "C": "012", "D": "1:30:00", "E": "yes", "F": "", "G": "a && b * c!",
      ])
    #expect(recipe.build.umask == 0o022)
    #expect(recipe.build.epoch == .seconds(1_700_000_000))
  }

  @Test("Block scalars, comments, a byte order mark and Windows line ends are YAML as ever")
  func plainYAML() throws {
    let build =
      "build:\n  path: /build/a/b # here\n  run:\n    - |\n      for x in *; do\n        test -f \"$x\" && echo !\n      done"
    let text = "\u{FEFF}" + RecipeTexts.recipe(build: build)
    let recipe = try parse(text)
    #expect(recipe.build.run == ["for x in *; do\n  test -f \"$x\" && echo !\ndone\n"])
    #expect(try parse(text.replacing("\n", with: "\r\n")) == recipe)
  }

  @Test("A bad recipe is refused at its place", arguments: BadRecipe.all)
  func refused(_ bad: BadRecipe) throws {
    let error = try #require(throws: RecipeError.self) { try parse(bad.text) }
    let all = [error.message] + error.details
    #expect(all.contains { $0.hasPrefix("recipe.yaml:") && $0.contains(bad.says) }, "\(all)")
    #expect(error.inconclusive == nil)
    #expect(!error.description.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  @Test("All problems of a file are told, in order, ten at most")
  func gathered() throws {
    let text = RecipeTexts.recipe(
      head: "verbatim: 3\nname: -a\nversion: [b]", source: "source: 7", environment: "environment: {}",
      build: "build: {path: x, run: y}", artifacts: "artifacts: {}")
    let error = try #require(throws: RecipeError.self) { try parse(text) }
    let lines = ([error.message] + error.details).map { $0.split(separator: ":")[1] }
    #expect(lines == ["1", "2", "3", "4", "5", "6", "6", "7"])
    let many = (0..<30).map { "k\($0): 1" }.joined(separator: "\n")
    let long = try #require(throws: RecipeError.self) { try parse(many) }
    #expect(long.details.count == 10)
    #expect(long.details.last == "recipe.yaml: and 27 problems more")
  }

  @Test("Files that are no text, too large or too deep are refused at once")
  func bounds() throws {
    func message(_ bytes: [UInt8]) -> String {
      do throws(RecipeError) {
        _ = try RecipeParser.parse(bytes: bytes, file: "r")
        return "accepted"
      } catch { return error.message }
    }
    #expect(message([0x1F, 0x8B, 8, 0, 0xFF]).contains("not UTF-8"))
    #expect(message(Array("\u{7F}ELF".utf8)).contains("control character"))
    #expect(message(Array(repeating: UInt8(ascii: "a"), count: 2 << 20)).contains("larger than 1 MiB"))
    let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    #expect(message(Array("name: \(deep)\n".utf8)).contains("deeper than 16"))
    for opening in ["[", "{a: ", "- ", "? "] {
      let bomb = String(repeating: opening, count: 1_000_000 / opening.utf8.count)
      #expect(message(Array(bomb.utf8)).contains("deeper than 16"))
    }
    #expect(message(Array(("name: [" + String(repeating: "a,", count: 30_000) + "]").utf8)).contains("20000 values"))
  }

  @Test("A thousand million laughs cost nothing")
  func aliases() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    text += "? *a11\n: x\n"
    let error = try #require(throws: RecipeError.self) { try parse(text) }
    #expect(error.message.hasPrefix("recipe.yaml:1:5: found an anchor"))
  }

  @Test("Any cut or single changed byte of a recipe is parsed or refused, never a crash")
  func mutations() {
    let bytes = Array(RecipeTexts.catdoc.utf8)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      _ = try? RecipeParser.parse(bytes: Array(bytes[..<count]), file: "r")
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var changed = bytes
      changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      _ = try? RecipeParser.parse(bytes: changed, file: "r")
    }
  }

  @Test("Any heap of YAML's own signs is refused, never a crash or a wait")
  func signs() {
    let signs = [
      "- ", "? ", ": ", "[", "]", "{", "}", ", ", "&a ", "*a ", "!t ", "|\n", ">\n", "'", "\"", "%", "@", "`", "#",
      "\n", "\n  ", "  ", "a", "---\n", "...\n", "<<", "~", "\\", "\t", "é",
    ]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<1000 {
      let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in signs.randomElement(using: &random) ?? "" }
      #expect(throws: RecipeError.self) { try parse(text.joined()) }
    }
  }

  @Test("The nearest word is meant, a far one is not")
  func nearest() {
    #expect(NearestWord.among(RecipeParser.keys, to: "soruce") == "source")
    #expect(NearestWord.among(RecipeParser.keys, to: "artifact") == "artifacts")
    #expect(NearestWord.among(RecipeParser.keys, to: "zebra") == nil)
    #expect(NearestWord.among(["url", "path"], to: "") == nil)
  }
}
