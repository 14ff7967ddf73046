import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// `compare --brief` as it is run.
  @Suite struct BriefComparisonTests {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      for side in ["shipped", "rebuilt"] {
        try folder.makeFolder(side)
        for name in ["a", "b", "c"] { try folder.write("\(side)/\(name)", "the same\n") }
      }
    }

    private func brief(_ arguments: String...) throws -> FixtureProcess.Result {
      try Verbatim.run(["compare", "--brief", "--quiet"] + arguments, in: folder.path, store: nil)
    }

    @Test func equal() throws {
      for pair in [("shipped", "rebuilt"), ("shipped/a", "rebuilt/b")] {
        let result = try brief(pair.0, pair.1)
        #expect(result.status == 0)
        #expect(result.output.isEmpty && result.errors.isEmpty)
      }
    }

    @Test func different() throws {
      try folder.write("rebuilt/b", "the sane\n")
      try folder.write("shipped/d\u{1b}[31m", "")
      let folders = try brief("shipped", "rebuilt")
      #expect(folders.status == 1)
      #expect(folders.output == "b: the bytes differ, first at 6\nd\\u{1B}[31m: only shipped has it\n")
      let files = try brief("shipped/b", "rebuilt/b")
      #expect(files.status == 1)
      #expect(files.output == "the bytes differ, first at 6\n")
    }

    @Test(arguments: [
      ["--json"], ["--html", "page.html"], ["--disassemble"], ["--exceptions", "none.yaml"], ["--all"],
    ])
    func nothingThatNeedsMore(flags: [String]) throws {
      let result = try Verbatim.run(["compare", "--brief", "shipped", "rebuilt"] + flags, in: folder.path, store: nil)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("--brief looks into nothing"))
    }
  }
}
