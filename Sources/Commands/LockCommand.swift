import ArgumentParser
import Checking
import Model
import Reports
import SystemPackage

/// `verbatim lock`.
struct LockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Pin every input of a recipe by digest, in recipe.lock beside it.")

  @Argument(help: "A recipe.yaml, or a folder that has one.")
  var recipe: String

  @Flag(help: "Resolve anew where there is a lock already, and show what changed.")
  var update = false

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where the lock goes.", discussion: "Default: beside the recipe.", valueName: "file"))
  var place: String?

  @OptionGroup var inputs: InputOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    var request = LockRequest(recipe: FilePath(recipe))
    request.inputs = inputs.folders
    request.offline = inputs.offline
    request.update = update
    request.output = place.map { FilePath($0) }
    let store = try store.open()
    let outcome = try await output.withProgress { [request] progress in
      try await request.run(store: store, environment: Console.environment, progress: progress)
    }
    if output.json { return try JSONOutput.print(outcome) }
    for change in outcome.changes { Console.output("  " + VisibleText.escaped(change)) }
    switch (outcome.written, outcome.changes.isEmpty) {
    case (false, _): Console.output("\(outcome.file): fits the recipe and was left as it is; --update resolves anew.")
    case (true, true): Console.output("\(outcome.file): written; \(outcome.summary).")
    case (true, false): Console.output("\(outcome.file): written with the changes above; \(outcome.summary).")
    }
  }
}
