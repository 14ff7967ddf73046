import ArgumentParser
import Causes
import Comparing
import Model
import Processes
import RecipeFormat
import Reports
import SystemPackage

/// `verbatim compare`.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two files or folders byte for byte, and say where they differ and why.",
    discussion: "Exit codes: 0 equal, 1 different, 2 could not be compared, 3 different only as exceptions declare.")

  @Argument(help: "The file or folder that was shipped.")
  var shipped: String

  @Argument(help: "The file or folder that was rebuilt.")
  var rebuilt: String

  @Option(
    help: ArgumentHelp(
      "A YAML file of what may differ, as a recipe declares it for an artifact.", valueName: "file"))
  var exceptions: String?

  @Flag(
    help: ArgumentHelp(
      "Name the instructions of code that differs, by binutils' objdump.",
      discussion: "objdump reads bytes of the artifacts; `check` has it do so in a sandbox."))
  var disassemble = false

  @Flag(
    help: ArgumentHelp(
      "Say only whether they differ and where, as cmp and diff -rq do.",
      discussion: "No digest, no cause, no accounting: fast, and no report can be made of it."))
  var brief = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var reports: ReportOptions

  func validate() throws {
    guard !brief || !(output.json || disassemble || exceptions != nil || reports.areAsked) else {
      throw ValidationError("--brief looks into nothing, so that it goes with no report, exceptions or --disassemble.")
    }
  }

  func run() async throws {
    if brief { return try await runBriefly() }
    let declared = try exceptions.map { try ExceptionFile.read(FilePath($0)) } ?? []
    let comparison = try await output.withProgress { progress in
      progress.report(.stageStarted("compare"))
      return try await Comparison.compare(
        shipped: FilePath(shipped), rebuilt: FilePath(rebuilt), exceptions: declared, facts: facts, progress: progress,
        disassembler: disassemble ? Self.disassembler : nil)
    }
    let artifact = ArtifactResult(
      name: FilePath(shipped).lastComponent?.string ?? shipped, verdict: comparison.verdict,
      shipped: comparison.shipped, rebuilt: comparison.rebuilt, differences: comparison.differences,
      accounting: comparison.accounting, reconstruction: comparison.reconstruction)
    let result = ComparisonResult(program: Program.identity, artifacts: [artifact])
    try reports.write(.comparison(result))
    try reports.print(.comparison(result), as: output, report: "what --json prints")
    throw ExitCode(result.verdict.exitCode)
  }

  private func runBriefly() async throws {
    let comparison = try await output.withProgress { progress in
      progress.report(.stageStarted("compare"))
      return try await BriefComparison.compare(
        shipped: FilePath(shipped), rebuilt: FilePath(rebuilt), progress: progress)
    }
    for place in comparison.places { Console.output(Self.line(place)) }
    throw ExitCode(comparison.verdict.exitCode)
  }

  private static func line(_ place: BriefComparison.Place) -> String {
    let found =
      switch place.kind {
      case .missing: "only shipped has it"
      case .extra: "only rebuilt has it"
      case .type: "the types differ"
      case .mode: "the permission bits differ"
      case .target: "the links lead to different places"
      case .bytes(let offset): "the bytes differ, first at \(offset)"
      }
    return place.path.map { "\(VisibleText.escaped($0)): \(found)" } ?? found
  }

  private static let disassembler = Disassembler { arguments in
    let result = try? await HostCommand("objdump", arguments).run(limit: 64 << 20)
    return result.flatMap { $0.succeeded ? $0.text : nil }
  }

  /// What is known of the build from the program's environment.
  private var facts: BuildFacts {
    var facts = BuildFacts()
    facts.epoch = Console.environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) }
    return facts
  }
}
