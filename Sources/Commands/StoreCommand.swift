import ArgumentParser
import Glibc
import Model
import Store

/// `verbatim store list|verify|prune`.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the content-addressed store.",
    subcommands: [List.self, Verify.self, Prune.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List what the store holds, by digest.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let objects = try store.open().objects()
      if output.json { return try JSONOutput.print(objects) }
      for object in objects {
        Console.output("\(object.sha256)  \(Quantity.bytes(object.size))")
      }
      let total = objects.reduce(0) { $0 + $1.size }
      Console.output("\(objects.count) objects, \(Quantity.bytes(total))")
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read every object and remove those whose bytes are not what their name says.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let store = try store.open()
      let result = try await output.withProgress { progress in
        progress.report(.stageStarted("verify"))
        return try store.verify(progress: progress)
      }
      if output.json { return try JSONOutput.print(result) }
      for digest in result.rotten { Console.output("\(digest)  rotten, removed") }
      Console.output("\(result.sound) objects are sound, \(result.rotten.count) were rotten and are removed.")
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove objects that were not used for a while; what is needed again is fetched or made again.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Keep what was used within so many days.", valueName: "days"))
    var keep = 30

    func validate() throws {
      guard (0...36500).contains(keep) else { throw ValidationError("--keep takes a number of days from 0 to 36500.") }
    }

    func run() throws {
      let removed = try store.open().prune(unusedSince: Int64(time(nil)) - Int64(keep) * 86_400)
      if output.json { return try JSONOutput.print(removed) }
      let total = removed.reduce(0) { $0 + $1.size }
      Console.output("Removed \(removed.count) objects, \(Quantity.bytes(total)).")
    }
  }
}
