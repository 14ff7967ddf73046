import Archives
import ArgumentParser
import Model
import SourceTrees
import Store
import SystemPackage

/// `verbatim identify`.
struct IdentifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identify", abstract: "Say what an archive, a folder or a file is: SHA-256, SWHID, manifest digest.",
    discussion: "An archive is identified by the tree in it, and by its own bytes; --as-file looks at its bytes alone.")

  @Argument(help: "An archive, a folder or a file.")
  var path: String

  @Flag(help: "Take an archive as the file that it is.")
  var asFile = false

  @OptionGroup var limits: LimitOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let description = try await output.withProgress { progress in
      progress.report(.stageStarted("identify"))
      return try identify(progress)
    }
    if output.json { return try JSONOutput.print(description) }
    description.printLines()
  }

  private func identify(_ progress: any ProgressSink) throws -> IdentityDescription {
    let place = FilePath(path)
    if Disk.isFolder(place) {
      return IdentityDescription(path: path, folder: try SourceTree.identify(folder: place, progress: progress))
    }
    let file = try SourceTree.identify(file: place)
    guard !asFile else { return IdentityDescription(path: path, file: file) }
    let scratch = try store.open().makeScratch()
    do {
      let unpacked = try SourceTree.unpack(
        archive: place, into: scratch.path.appending("tree"), options: limits.options, progress: progress)
      return IdentityDescription(path: path, unpacked)
    } catch let error as ArchiveError where error.code == .notAnArchive {
      return IdentityDescription(path: path, file: file)
    }
  }
}
