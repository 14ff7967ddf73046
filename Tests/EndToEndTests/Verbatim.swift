import FoundationEssentials
import Model
import SystemPackage
import TestFixtures

/// Runs the real program, as a user does.
enum Verbatim {
  /// A store that outlives the tests of one checkout, so that environments are fetched and assembled once.
  static let sharedStore = Checkout.root.appending(".build/test-store").string

  /// The exit code of a run that did not end in time.
  static let hung: Int32 = 124

  /// Runs the program in a folder to its end, and ends it where it hangs.
  ///
  /// The prefix goes before the program: variables, or a program that starts it.
  static func run(
    _ arguments: [String], in folder: FilePath, store: String? = sharedStore, prefix: String = "", seconds: Int = 300
  ) throws -> FixtureProcess.Result {
    let script = """
      cd "$1" || exit 99
      program=$2
      shift 2
      unset NO_COLOR
      exec env \(prefix) timeout -k 20 \(seconds) "$program" "$@"
      """
    let place = store.map { ["--store", $0] } ?? []
    return try FixtureProcess.shell(script, [folder.string, try Checkout.program.string] + arguments + place)
  }

  /// Checks a recipe, which is in the folder, and returns the report that was printed.
  static func check(
    _ recipe: String = "recipe.yaml", in folder: FilePath, store: String = sharedStore, flags: [String] = []
  ) throws -> (result: FixtureProcess.Result, report: CheckResult) {
    let result = try run(["check", recipe, "--json"] + flags, in: folder, store: store)
    guard result.status != hung else { throw Unexpected("the check did not end: \(result.errors)") }
    guard let report = try? report(result) else {
      throw Unexpected("exit code \(result.status) and no report: \(result.output) \(result.errors)")
    }
    return (result, report)
  }

  /// The report that `--json` printed.
  static func report(_ result: FixtureProcess.Result) throws -> CheckResult {
    try JSONDecoder().decode(CheckResult.self, from: Data(result.output.utf8))
  }

  /// The report in an evidence folder.
  static func report(in evidence: FilePath) throws -> CheckResult {
    let bytes = try TemporaryFolder.read(evidence.appending("report.json"))
    return try JSONDecoder().decode(CheckResult.self, from: Data(bytes))
  }

  /// What a test cannot go on with.
  struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
