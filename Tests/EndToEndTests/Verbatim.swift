import FoundationEssentials
import Model
import SystemPackage
import TestFixtures

/// Runs the real program, as a user does.
enum Verbatim {
  /// A store that outlives the tests of one checkout, so that environments are fetched and assembled once.
  static let sharedStore = Checkout.root.appending(".build/test-store").string

  /// Runs the program in a folder to its end.
  static func run(
    _ arguments: [String], in folder: FilePath, store: String? = sharedStore, prefix: String = ""
  ) throws -> FixtureProcess.Result {
    let script = """
      cd "$1" || exit 99
      program=$2
      shift 2
      unset NO_COLOR
      \(prefix) exec "$program" "$@"
      """
    let place = store.map { ["--store", $0] } ?? []
    return try FixtureProcess.shell(script, [folder.string, try Checkout.program.string] + arguments + place)
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
}
