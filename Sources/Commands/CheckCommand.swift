import ArgumentParser
import Checking
import Model
import Reports
import SystemPackage

/// `verbatim check`.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Rebuild the source of a recipe, compare with what was shipped, and conclude.",
    discussion: """
      Exit codes: 0 reproduced, 1 different, 2 inconclusive or wrong usage, 3 equivalent.
      """)

  @Argument(help: "A recipe.yaml, a folder that has one, or a drop that `verbatim pack` wrote.")
  var recipe: String

  @OptionGroup var inputs: InputOptions

  @Flag(help: "Refuse to resolve anything: the lock must be there.")
  var locked = false

  @Option(
    help: ArgumentHelp(
      "The folder for the evidence.", discussion: "Default: evidence/<name>-<version>.", valueName: "folder"))
  var evidence: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var inventories: InventoryOptions
  @OptionGroup var signing: SigningOptions

  func run() async throws {
    let signing = try signing.open()
    var request = CheckRequest(recipe: FilePath(recipe))
    request.inputs = inputs.folders
    request.offline = inputs.offline
    request.locked = locked
    request.evidence = evidence.map { FilePath($0) }
    let store = try store.open()
    let (result, place) = try await output.withProgress { [request] progress in
      try await Check(
        request, store: store, program: Program.identity, executable: try Program.executable(),
        environment: Console.environment, progress: progress
      ).run()
    }
    let signed = try await signing?.sign(result, in: place)
    try reports.write(.check(result))
    try inventories.write(result, evidence: place, party: signing?.party ?? self.signing.party)
    try reports.print(.check(result), as: output, report: "\(place)/report.json")
    if !output.json {
      Console.output("evidence     \(place)")
      if let signed, let signing { SigningOptions.tell(signed, by: signing) }
    }
    throw ExitCode(result.verdict.exitCode)
  }
}

/// Where inputs are looked for.
struct InputOptions: ParsableArguments {
  @Option(
    name: .customLong("inputs"),
    help: ArgumentHelp("A folder that inputs are looked for in first; may be given several times.", valueName: "folder")
  )
  var inputs: [String] = []

  @Flag(help: "Fetch nothing from a network.")
  var offline = false

  var folders: [FilePath] { inputs.map { FilePath($0) } }
}
