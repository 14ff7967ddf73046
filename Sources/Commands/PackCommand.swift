import ArgumentParser
import Checking
import Drops
import Model
import Reports
import SystemPackage

/// `verbatim pack`.
struct PackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Write a recipe, its lock and every input as one file that needs no network.",
    discussion: """
      `verbatim check FILE` checks it anywhere. The same recipe, lock and inputs give the same bytes on every machine.
      """)

  @Argument(help: "A recipe.yaml, or a folder that has one.")
  var recipe: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Where the drop goes.", discussion: "Default: <name>-<version>.verbatim.", valueName: "file"))
  var place: String?

  @Option(
    name: .customLong("without"),
    help: ArgumentHelp(
      "List inputs of this name or reference by digest only; may be given several times.",
      discussion: "* is anything within a name, ** any number of names. Their bytes are then to be had for the check.",
      valueName: "pattern"))
  var without: [String] = []

  @Flag(help: "Refuse to resolve anything: the lock must be there.")
  var locked = false

  @OptionGroup var inputs: InputOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    var request = PackRequest(recipe: FilePath(recipe))
    request.inputs = inputs.folders
    request.offline = inputs.offline
    request.locked = locked
    request.without = without
    request.output = place.map { FilePath($0) }
    let store = try store.open()
    let outcome = try await output.withProgress { [request] progress in
      try await request.run(store: store, environment: Console.environment, progress: progress)
    }
    if output.json { return try JSONOutput.print(outcome) }
    let missing = outcome.inputs.filter { !$0.packed }
    let packed = outcome.inputs.count - missing.count
    Console.output(
      "\(outcome.file): \(Amount.count(packed, "input")), \(Amount.size(outcome.size)), sha256:\(outcome.manifest)")
    for input in missing {
      Console.output("  left out \(VisibleText.escaped(input.name)) (\(VisibleText.escaped(input.reference)))")
      Console.output("           sha256:\(input.sha256)")
    }
  }
}
