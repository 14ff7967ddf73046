import ArgumentParser
import Comparing
import Model
import Reports
import SystemPackage

/// `verbatim compare`.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two files byte for byte, and say where they differ.",
    discussion: "Exit codes: 0 equal, 1 different, 2 could not be compared.")

  @Argument(help: "The file that was shipped.")
  var shipped: String

  @Argument(help: "The file that was rebuilt.")
  var rebuilt: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var reports: ReportOptions

  func run() async throws {
    let comparison = try await output.withProgress { progress in
      progress.report(.stageStarted("compare"))
      return try await Comparison.compare(
        shipped: FilePath(shipped), rebuilt: FilePath(rebuilt), progress: progress)
    }
    let artifact = ArtifactResult(
      name: FilePath(shipped).lastComponent?.string ?? shipped, verdict: comparison.equal ? .reproduced : .different,
      shipped: comparison.shipped, rebuilt: comparison.rebuilt, differences: comparison.differences,
      accounting: comparison.accounting)
    let result = ComparisonResult(program: Program.identity, artifacts: [artifact])
    try reports.write(.comparison(result))
    try reports.print(.comparison(result), as: output, report: "--json")
    throw ExitCode(result.verdict.exitCode)
  }
}
