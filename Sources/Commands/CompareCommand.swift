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
    if output.json {
      try JSONOutput.print(artifact)
    } else {
      let report = TerminalReport(
        style: Console.wantsColour(.standardOutput) ? .coloured : .plain, width: Console.width(.standardOutput),
        differenceLines: 200)
      Console.output(report.render(artifact))
    }
    throw ExitCode(artifact.verdict.exitCode)
  }
}
