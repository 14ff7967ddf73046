import ArgumentParser
import Checking
import Fetching
import Inference
import Model
import RecipeFormat
import Reports
import Store
import SystemPackage

/// `verbatim infer`.
struct InferCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Work out from a shipped artifact the recipe that should rebuild it.",
    discussion: """
      Reads the artifact, finds its source, and writes recipe.yaml with the reason of each setting, and recipe.lock.
      Nothing of the source is run outside of a sandbox. Exit codes with --check: 0 reproduced, 1 different,
      2 inconclusive or wrong usage, 3 equivalent; without it 0 when a recipe was written.
      """)

  @Argument(help: "A file, `pypi:NAME==VERSION` or `debian:NAME=VERSION`.")
  var shipped: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "The folder for the recipe.", discussion: "Default: <name>-<version> in the current folder.",
      valueName: "folder"))
  var folder: String?

  @Option(
    help: ArgumentHelp(
      "The source archive, in place of the one that the index lists; may be a version control system's archive.",
      valueName: "archive"))
  var source: String?

  @Option(
    name: .customLong("buildinfo"),
    help: ArgumentHelp(
      "The .buildinfo of a Debian package: exact versions, path and variables of its build.", valueName: "file"))
  var buildInfo: String?

  @Option(
    name: .customLong("mirror"),
    help: ArgumentHelp(
      "An archive or snapshot of Debian to use in place of the machine's own; may be repeated.",
      discussion: "In quotes: \"URI SUITE,SUITE COMPONENT,COMPONENT\"; the component is main by default.",
      valueName: "mirror"))
  var mirrors: [String] = []

  @Flag(help: "Check the recipe at once.")
  var check = false

  @Flag(help: "Where the first guess does not reproduce, try the next most likely environments; implies --check.")
  var search = false

  @Option(help: ArgumentHelp("How many builds a search may make.", valueName: "count"))
  var builds = 12

  @Option(
    help: ArgumentHelp(
      "The folder for the evidence of the check.", discussion: "Default: evidence/<name>-<version>.",
      valueName: "folder"))
  var evidence: String?

  @OptionGroup var inputs: InputOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var reports: ReportOptions

  func validate() throws {
    guard (1...1000).contains(builds) else { throw ValidationError("--builds takes a count from 1 to 1000.") }
  }

  private static func mirror(_ text: String) throws -> DebianMirror {
    let parts = text.split(separator: " ").map(String.init)
    guard (2...3).contains(parts.count) else {
      throw ValidationError("--mirror takes \"URI SUITE,SUITE COMPONENT,COMPONENT\", not \"\(text.prefix(120))\".")
    }
    let lists = parts.dropFirst().map { $0.split(separator: ",").map(String.init) }
    return DebianMirror(uri: parts[0], suites: lists[0], components: lists.count > 1 ? lists[1] : ["main"])
  }

  func run() async throws {
    let reference = try ShippedReference(shipped)
    let store = try store.open()
    let run = try await output.withProgress { progress in
      try await InferenceRun(
        reference: reference, folder: folder.map { FilePath($0) }, source: source.map { FilePath($0) },
        mirrors: try mirrors.map(Self.mirror), buildInfo: buildInfo.map { FilePath($0) }, checks: check || search,
        search: InferenceSearch(builds: builds, triesOthers: search),
        evidence: evidence.map { FilePath($0) }, inputs: inputs, store: store, progress: progress
      ).run()
    }
    if let outcome = run.outcome {
      try reports.write(.check(outcome.result))
      if output.json {
        try InferenceOutput.print(outcome.result, run.draft.inferences, builds: outcome.builds)
      } else {
        InferenceOutput.tell(run.draft, folder: run.folder)
        try reports.print(.check(outcome.result), as: output, report: "\(run.evidence)/report.json")
        for remark in outcome.guess.remarks(on: outcome.result) {
          InferenceOutput.tell(remark)
        }
        Console.output("evidence     \(run.evidence)")
        Console.output("builds       \(outcome.builds)")
      }
      throw ExitCode(outcome.result.verdict.exitCode)
    }
    if output.json {
      try InferenceOutput.print(run.draft, folder: run.folder)
    } else {
      InferenceOutput.tell(run.draft, folder: run.folder)
    }
  }
}
