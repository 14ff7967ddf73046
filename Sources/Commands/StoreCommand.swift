import ArgumentParser
import Environments
import Glibc
import Model
import Reports
import Sandbox
import Store

/// `verbatim store list|verify|prune`.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the content-addressed store.",
    subcommands: [List.self, Verify.self, Prune.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List what the store holds, by digest.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
      let objects: [StoredObject]
      let environments: [SHA256Digest]
    }

    func run() async throws {
      let store = try store.open()
      let objects = try store.objects()
      let layers = try await EnvironmentBuilder(store: store, engine: SandboxEngine()).unpackedLayers()
      if output.json { return try JSONOutput.print(Answer(objects: objects, environments: layers)) }
      for object in objects { Console.output("\(object.sha256)  \(Amount.size(object.size))") }
      for layer in layers { Console.output("\(layer)  unpacked environment layer") }
      let total = objects.reduce(0) { $0 + $1.size }
      Console.output(
        "\(Amount.count(objects.count, "object")), \(Amount.size(total)); "
          + Amount.count(layers.count, "unpacked environment layer"))
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read everything and remove what is not as its digest says; it is fetched or made again when needed.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
      let sound: Int
      let rotten: [SHA256Digest]
      let soundEnvironments: Int
      let rottenEnvironments: [SHA256Digest]
    }

    func run() async throws {
      let store = try store.open()
      let (objects, layers) = try await output.withProgress { progress in
        progress.report(.stageStarted("objects"))
        let objects = try store.verify(progress: progress)
        progress.report(.stageStarted("environments"))
        let layers = try await EnvironmentBuilder(store: store, engine: SandboxEngine())
          .verifyLayers(progress: progress)
        return (objects, layers)
      }
      if output.json {
        return try JSONOutput.print(
          Answer(
            sound: objects.sound, rotten: objects.rotten, soundEnvironments: layers.sound.count,
            rottenEnvironments: layers.removed))
      }
      for digest in objects.rotten + layers.removed { Console.output("\(digest)  rotten, removed") }
      Console.output(
        "\(Amount.count(objects.sound, "object")) and \(Amount.count(layers.sound.count, "unpacked layer")) are sound, "
          + "\(objects.rotten.count + layers.removed.count) were rotten and are removed.")
    }
  }

  struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove what was not used for a while; what is needed again is fetched or made again.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Keep what was used within so many days.", valueName: "days"))
    var keep = 30

    private struct Answer: Encodable {
      let objects: [StoredObject]
      let environments: [SHA256Digest]
    }

    func validate() throws {
      guard (0...36500).contains(keep) else { throw ValidationError("--keep takes a number of days from 0 to 36500.") }
    }

    func run() async throws {
      let store = try store.open()
      let removed = try store.prune(unusedSince: Int64(time(nil)) - Int64(keep) * 86_400)
      // An unpacked layer goes when its archive does: every check reads the archive's digest, not the folder's age.
      let builder = EnvironmentBuilder(store: store, engine: try await SandboxEngine())
      var layers: [SHA256Digest] = []
      for layer in try builder.unpackedLayers() where !store.contains(layer) {
        try await builder.removeLayer(layer)
        layers.append(layer)
      }
      if output.json { return try JSONOutput.print(Answer(objects: removed, environments: layers)) }
      let total = removed.reduce(0) { $0 + $1.size }
      Console.output(
        "Removed \(Amount.count(removed.count, "object")), \(Amount.size(total)), and "
          + "\(Amount.count(layers.count, "unpacked layer")).")
    }
  }
}
