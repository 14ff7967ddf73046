import Archives
import Digests
public import Environments
public import Model
public import RecipeFormat
public import Sandbox
import SourceTrees
public import Store
public import SystemPackage

/// A source tree as the build gets it.
public struct PreparedSource: Sendable {
  /// The folder that holds it.
  public let folder: FilePath
  /// One for each source of the recipe, in its order.
  public let identities: [SourceIdentity]
}

/// Unpacks the sources of a lock into one tree and says what they are.
///
/// Archives are unpacked by the guarded unpacker. A Debian source package is unpacked by the environment's own
/// dpkg-source in the sandbox, because that applies patches; what comes out goes through the guarded unpacker too.
public struct SourcePreparation: Sendable {
  let store: Store
  let engine: SandboxEngine
  let environment: AssembledEnvironment
  let progress: any ProgressSink

  /// Prepares the preparation.
  public init(store: Store, engine: SandboxEngine, environment: AssembledEnvironment, progress: any ProgressSink) {
    self.store = store
    self.engine = engine
    self.environment = environment
    self.progress = progress
  }

  /// Unpacks all sources into `tree` inside the scratch folder.
  ///
  /// Throws when a source is not the tree that was reviewed.
  public func prepare(recipe: Recipe, lock: Lock, scratch: FilePath) async throws -> PreparedSource {
    let folder = scratch.appending("tree")
    var identities: [SourceIdentity] = []
    for (source, locked) in zip(recipe.source, lock.sources) {
      let target = source.into.map { folder.appending($0) } ?? folder
      let archives = locked.files.map { FileIdentity(name: $0.name, sha256: $0.sha256, size: $0.size) }
      let tree = try await unpack(source, archives, into: target, scratch: scratch)
      let identity = tree.source(named: source.input.description, archives: archives)
      try check(identity, reviewed: source.reviewed)
      identities.append(identity)
    }
    return PreparedSource(folder: folder, identities: identities)
  }

  private func check(_ identity: SourceIdentity, reviewed: SWHID?) throws {
    guard let reviewed, reviewed != identity.swhid else { return }
    throw RebuildError(
      "checking the source \(identity.name): it is not the tree that was reviewed",
      details: ["reviewed \(reviewed)", "unpacked \(identity.swhid)"]
        + identity.archives.map { "from \($0.name ?? "") with SHA-256 \($0.sha256)" },
      advice: "Get the archive that was reviewed, or review this one and name its SWHID in the recipe.",
      inconclusive: .missingInput)
  }

  private func unpack(
    _ source: SourceInput, _ archives: [FileIdentity], into target: FilePath, scratch: FilePath
  ) async throws -> TreeIdentity {
    try Disk.makeFolders(target.removingLastComponent())
    if case .debian = source.input {
      let tar = try await DebianSource(store: store, engine: engine, environment: environment)
        .extract(archives, scratch: scratch)
      return try unpack(tar, into: target, strip: false)
    }
    guard let archive = archives.first else {
      throw RebuildError("unpacking \(source.input): the lock names no file for it", inconclusive: .missingInput)
    }
    let path = try StoredFile.path(of: archive, in: store, scratch: scratch)
    return try unpack(path, into: target, strip: source.strip)
  }

  private func unpack(_ archive: FilePath, into target: FilePath, strip: Bool) throws -> TreeIdentity {
    let unpacked = try SourceTree.unpack(
      archive: archive, into: target, options: UnpackOptions(stripsSingleTopFolder: strip), progress: progress)
    for finding in unpacked.findings {
      progress.report(.notice("unpacking \(archive.lastComponent?.string ?? ""): \(finding)"))
    }
    return unpacked.identity
  }
}
