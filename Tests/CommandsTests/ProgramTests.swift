import Commands
import Testing

/// Exit codes of what never gets as far as a check.
@Suite(.serialized) struct ProgramTests {
  @Test(arguments: [["--version"], ["--help"], ["help", "check"], ["check", "--help"], []])
  func questionsAreAnswered(arguments: [String]) async {
    #expect(await Program.run(arguments: arguments) == 0)
  }

  @Test(arguments: [
    ["frobnicate"], ["check"], ["check", "a", "b"], ["check", "--colour", "a"], ["store", "prune", "--keep", "-1"],
    ["store", "prune", "--keep", "many"], ["unpack", "only-one"], ["identify", "--max-bytes", "-1", "x"],
    ["check", "/nonexistent/recipe"],
  ])
  func wrongUsageIsTwo(arguments: [String]) async {
    #expect(await Program.run(arguments: arguments) == 2)
  }
}
