import Archives
import ArgumentParser
import Model
import SourceTrees
import SystemPackage

/// `verbatim unpack`.
struct UnpackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack", abstract: "Unpack an archive into a fresh folder, and say what it is.",
    discussion: "What is refused and what is recorded is listed in Documentation/Unpacking.md.")

  @Argument(help: "The archive.")
  var archive: String

  @Argument(help: "A folder that does not exist yet, or an empty one.")
  var folder: String

  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let options = limits.options
    let unpacked = try await output.withProgress { progress in
      progress.report(.stageStarted("unpack"))
      return try SourceTree.unpack(
        archive: FilePath(archive), into: FilePath(folder), options: options, progress: progress)
    }
    let description = IdentityDescription(path: archive, unpacked)
    if output.json { return try JSONOutput.print(description) }
    description.printLines()
  }
}

/// What an archive may make of itself.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Bytes of all files together.", valueName: "bytes"))
  var maxBytes = UnpackLimits.standard.bytes

  @Option(help: ArgumentHelp("Files, folders and links together.", valueName: "count"))
  var maxEntries = UnpackLimits.standard.entries

  @Option(help: ArgumentHelp("How many times larger than the archive its files may be.", valueName: "times"))
  var maxRatio = UnpackLimits.standard.ratio

  @Option(help: ArgumentHelp("Folders above an entry.", valueName: "count"))
  var maxDepth = UnpackLimits.standard.depth

  @Flag(help: "Leave out a folder that alone is at the top.")
  var strip = false

  func validate() throws {
    guard maxBytes >= 0, maxEntries >= 0, maxRatio > 0, maxDepth >= 0 else {
      throw ValidationError("A limit is a positive number.")
    }
  }

  var options: UnpackOptions {
    UnpackOptions(
      limits: UnpackLimits(bytes: maxBytes, entries: maxEntries, ratio: maxRatio, depth: maxDepth),
      stripsSingleTopFolder: strip)
  }
}
