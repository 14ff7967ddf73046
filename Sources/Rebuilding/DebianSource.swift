import Digests
import Environments
import Model
import Sandbox
import Store
import SystemPackage

/// Unpacks a Debian source package with the environment's own dpkg-source, in the sandbox.
///
/// dpkg-source applies patches and knows all source formats; what it leaves is taken as a tar archive, which is kept
/// in the store under the digests of what it came from.
struct DebianSource: Sendable {
  /// Raised when the way of unpacking changes.
  private static let version = "debian-source 1"

  let store: Store
  let engine: SandboxEngine
  let environment: AssembledEnvironment

  /// The unpacked tree as a tar archive in the store.
  func extract(_ files: [FileIdentity], scratch: FilePath) async throws -> FilePath {
    guard let description = files.first(where: { $0.name?.hasSuffix(".dsc") == true })?.name else {
      throw RebuildError("unpacking a Debian source package: the lock names no .dsc file", inconclusive: .missingInput)
    }
    let key = key(files)
    if let made = store.derived(key), let path = try store.verified(made, named: "\(description).tar", in: scratch) {
      return path
    }
    let tar = scratch.appending("debian-source.tar")
    let log = scratch.appending("debian-source.log")
    let tail = LogTail(progress: SilentProgress())
    let outcome = try await engine.run(
      try request(files, description: description, tar: tar, log: log, scratch: scratch), onLine: { tail.take($0) })
    guard outcome.succeeded else {
      throw RebuildError(
        "unpacking \(description) with dpkg-source: it did not succeed", details: tail.lines,
        advice: "The environment needs dpkg-dev, which the base of a Debian environment has.",
        inconclusive: .buildFailed)
    }
    let stored = try store.insert(file: tar)
    try store.recordDerived(key, as: stored.sha256)
    guard let path = try store.verified(stored.sha256, named: "\(description).tar", in: scratch) else { return tar }
    return path
  }

  private func request(
    _ files: [FileIdentity], description: String, tar: FilePath, log: FilePath, scratch: FilePath
  ) throws -> SandboxRequest {
    let mounts = try files.map { file in
      SandboxRequest.Mount(
        host: try StoredFile.path(of: file, in: store, scratch: scratch), inside: "/inputs/\(file.name ?? "file")")
    }
    return SandboxRequest(
      root: .layers(environment.layerFolders), tree: .init(mountPoint: "/unpacked"), readOnlyMounts: mounts,
      command: ["dpkg-source", "--no-check", "--extract", "/inputs/\(description)", "/unpacked/source"],
      workingDirectory: "/unpacked", collect: .tree("source"), collectTo: tar, log: log)
  }

  private func key(_ files: [FileIdentity]) -> SHA256Digest {
    let lines = files.map { "\($0.name ?? "") \($0.sha256)" }
    return .of(([Self.version, environment.identity.sha256.hex] + lines).joined(separator: "\n"))
  }
}
