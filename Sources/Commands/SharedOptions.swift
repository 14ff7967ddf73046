import ArgumentParser
import Model
import Store
import SystemPackage

/// Where the store is.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the store.", discussion: "Default: verbatim in the XDG cache folder.", valueName: "folder"))
  var store: String?

  /// Opens the store that was asked for.
  func open() throws -> Store {
    // Tools that are started elsewhere get its path, and apt takes a relative one for its own.
    if let store { return try Store(root: Console.absolute(FilePath(store))) }
    guard let root = Store.defaultRoot(environment: Console.environment) else {
      throw ValidationError("There is no home folder to keep the store in. Name one with --store FOLDER.")
    }
    return try Store(root: root)
  }
}

/// How much is said, and in which form.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print the result as JSON and nothing else on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say nothing while working.")
  var quiet = false

  /// Runs the body with the sink that fits the terminal, and cleans the line up behind it.
  func withProgress<Value: Sendable>(_ body: (any ProgressSink) async throws -> Value) async throws -> Value {
    if quiet { return try await body(SilentProgress()) }
    guard Console.isTerminal(.standardError) else { return try await body(PlainProgress()) }
    let progress = TerminalProgress(colour: Console.wantsColour(.standardError))
    let animation = Task { await progress.animate() }
    let result: Result<Value, any Error>
    do { result = .success(try await body(progress)) } catch { result = .failure(error) }
    animation.cancel()
    await animation.value
    return try result.get()
  }
}
