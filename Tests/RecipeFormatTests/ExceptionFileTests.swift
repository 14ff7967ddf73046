import Model
import SystemPackage
import TestFixtures
import Testing

@testable import RecipeFormat

@Suite("Files of exceptions alone") struct ExceptionFileTests {
  private func parse(_ text: String) throws -> [DeclaredException] {
    try ExceptionFile.parse(bytes: Array(text.utf8), file: "exceptions.yaml")
  }

  @Test func readsWhatARecipeMaySay() throws {
    let text = """
      verbatim: 1
      exceptions:
        - kind: authenticode
          place: boot/vmlinuz-*
          reason: the vendor signs
          verify: |
            -----BEGIN CERTIFICATE-----
            AAAA
            -----END CERTIFICATE-----
        - {kind: range, place: ., reason: "a \\"serial number\\"", offset: 5, length: 7}

      """
    let exceptions = try parse(text)
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    #expect(
      exceptions == [
        DeclaredException(
          kind: .authenticode, place: "boot/vmlinuz-*", reason: "the vendor signs", verify: .certificates(pem)),
        DeclaredException(kind: .range, place: ".", reason: "a \"serial number\"", offset: 5, length: 7),
      ])
  }

  /// What is written for another process is read there as the same.
  @Test func writesWhatItReads() throws {
    let exceptions = try GoodRecipes.exceptions.flatMap { kind, keys in
      let text = RecipeTexts.exception(kind, keys)
      return try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml").artifacts[0].exceptions
    }
    #expect(exceptions.count == GoodRecipes.exceptions.count)
    let odd = DeclaredException(
      kind: .header, place: "!&*'\"/ä\\", reason: "tab\t, line\n and \u{2603}", shipped: 0, rebuilt: 1 << 50)
    let bytes = try ExceptionFile.encode(exceptions + [odd])
    #expect(try ExceptionFile.parse(bytes: bytes, file: "x") == exceptions + [odd])
    #expect(try ExceptionFile.parse(bytes: ExceptionFile.encode([]), file: "x").isEmpty)
  }

  @Test(arguments: [
    ("", "1:1: the file is empty"), ("exceptions: []\n", "lacks the key \"verbatim\""),
    ("verbatim: 2\nexceptions: []\n", "1:11: found \"2\""), ("verbatim: 1\n", "lacks the key \"exceptions\""),
    ("verbatim: 1\nexceptions: {}\n", "2:13: found an empty mapping"),
    ("verbatim: 1\nexceptions: [a]\n", "2:14: found \"a\" where exceptions[0] belongs"),
    ("verbatim: 1\nname: a\nexceptions: []\n", "2:1: found the unknown key \"name\""),
    ("verbatim: 1\nexceptions:\n  - {kind: field, place: **, reason: a, field: b}\n", "found an alias"),
  ])
  func refusesOtherFiles(text: String, says: String) {
    #expect {
      try parse(text)
    } throws: {
      let error = $0 as? RecipeError
      return ([error?.message ?? ""] + (error?.details ?? [])).contains { $0.contains(says) }
    }
  }

  @Test func theDocumentationsExampleIsRead() throws {
    let path = Checkout.root.appending("Documentation/Examples/kernel-exceptions.yaml")
    let exceptions = try ExceptionFile.read(path)
    #expect(exceptions.map(\.kind) == [.authenticode])
    let page = String(
      decoding: try TemporaryFolder.read(path.removingLastComponent().appending("kernel.md")), as: UTF8.self)
    #expect(page.contains(String(decoding: try TemporaryFolder.read(path), as: UTF8.self)))
  }

  /// A lock is for the exceptions that the recipe had.
  @Test func aLockKnowsTheExceptions() throws {
    let text = RecipeTexts.exception("field", "place: ., reason: a, field: gzip mtime")
    let recipe = try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml")
    var other = recipe
    other.artifacts[0].exceptions = []
    let facts = RecipeFacts.of(recipe).filter { $0.0.contains("exceptions") }
    #expect(facts.map(\.0) == ["artifacts[0].exceptions[0]"])
    #expect(RecipeFacts.of(other).count == RecipeFacts.of(recipe).count - 1)
  }
}
