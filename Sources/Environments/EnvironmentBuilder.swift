import Digests
public import Model
public import RecipeFormat
public import Sandbox
public import Store
import SystemPackage

/// Assembles environments from inputs that fetching has put into the store; never uses a network.
///
/// Layers are made once: their canonical archives are objects of the store, found again by a digest over all their
/// inputs, and unpacked folders of them are kept beside it.
public struct EnvironmentBuilder: Sendable {
  let store: Store
  let engine: SandboxEngine

  /// Makes a builder that keeps layers in the store and runs maintainer scripts in the engine's sandboxes.
  public init(store: Store, engine: SandboxEngine) {
    self.store = store
    self.engine = engine
  }

  /// Assembles what a lock says, or takes it from the store where it was assembled before.
  public func assemble(
    _ lock: Lock, progress: any ProgressSink
  ) async throws(EnvironmentError) -> AssembledEnvironment {
    do {
      var layers: [UnpackedLayer] = []
      for recipe in try Self.layers(of: lock) {
        layers.append(try await layer(recipe, over: layers, lock.environment, progress))
      }
      let digests = layers.map(\.digest)
      return AssembledEnvironment(
        identity: EnvironmentIdentity(
          sha256: .of(digests.map { "sha256:\($0)\n" }.joined()), layers: digests,
          packages: Self.packages(of: lock.environment)),
        layerFolders: layers.map(\.folder),
        programFolders: lock.environment.wheels.isEmpty ? [] : [PythonLayer.programs])
    } catch {
      throw EnvironmentError("assembling the environment", cause: error)
    }
  }

  /// What the lock's environment is made of, the lowest layer first.
  static func layers(of lock: Lock) throws(EnvironmentError) -> [LayerRecipe] {
    let environment = lock.environment
    switch lock.recipe.environment {
    case .debian, .python:
      guard !environment.base.isEmpty else {
        throw EnvironmentError(
          .input, "reading the lock: its environment has no base packages", advice: "Run `verbatim lock --update`.")
      }
      var layers = [LayerRecipe.base(environment.base)]
      if !environment.packages.isEmpty { layers.append(.packages(environment.packages, base: environment.base)) }
      if !environment.wheels.isEmpty {
        layers.append(.wheels(environment.wheels, over: environment.base + environment.packages))
      }
      return layers
    case .rootfs: return [.rootFileSystem(try image(of: environment))]
    case .oci(_, let manifest): return [.image(try image(of: environment), manifest: manifest)]
    }
  }

  private static func image(of environment: LockedEnvironment) throws(EnvironmentError) -> LockedFile {
    guard let files = environment.image?.files, files.count == 1 else {
      throw EnvironmentError(
        .input, "reading the lock: its environment does not name exactly one file of a root file system",
        advice: "Run `verbatim lock --update`.")
    }
    return files[0]
  }

  private static func packages(of environment: LockedEnvironment) -> [PackageIdentity] {
    (environment.base + environment.packages + environment.wheels).map {
      PackageIdentity(name: $0.name, version: $0.version, architecture: $0.architecture, sha256: $0.file.sha256)
    }
  }

  /// One layer, from the store where it is there, made otherwise.
  private func layer(
    _ recipe: LayerRecipe, over below: [UnpackedLayer], _ environment: LockedEnvironment, _ progress: any ProgressSink
  ) async throws -> UnpackedLayer {
    let folders = LayerCache(store: store, engine: engine)
    let key = recipe.key
    if let digest = store.derived(key), let found = folders.present(digest) { return found }
    let lock = try await AssemblyLock(key.hex, store: store) {
      progress.report(.notice("waiting for another check, which is assembling \(recipe.title)"))
    }
    defer { withExtendedLifetime(lock) {} }
    let known = store.derived(key)
    if let known, let found = try await folders.unpacked(known, progress: progress) { return found }
    progress.report(.notice("assembling \(recipe.title)"))
    let digest = try await make(recipe, over: below, environment, progress)
    if let known, known != digest {
      progress.report(
        .notice("\(recipe.title) came out as sha256:\(digest.short), but as sha256:\(known.short) before"))
    }
    try store.recordDerived(key, as: digest)
    guard let made = try await folders.unpacked(digest, progress: progress) else {
      throw EnvironmentError(.machine, "unpacking \(recipe.title): sha256:\(digest) is gone from the store")
    }
    return made
  }

  /// Makes a layer and puts its archive into the store.
  private func make(
    _ recipe: LayerRecipe, over below: [UnpackedLayer], _ environment: LockedEnvironment, _ progress: any ProgressSink
  ) async throws -> SHA256Digest {
    let scratch = try store.makeScratch()
    let spool = try ContentSpool(in: scratch.path)
    let tree = try await tree(recipe, over: below, environment, in: scratch.path, spool: spool, progress)
    let archive = scratch.path.appending("layer.tar")
    let identity = try CanonicalTar.write(tree, spool: spool, to: archive)
    try store.insert(file: archive, expecting: identity.sha256)
    return identity.sha256
  }

  private func tree(
    _ recipe: LayerRecipe, over below: [UnpackedLayer], _ environment: LockedEnvironment, in scratch: FilePath,
    spool: ContentSpool, _ progress: any ProgressSink
  ) async throws -> LayerTree {
    let debian = DebianLayers(store: store, engine: engine, progress: progress)
    switch recipe {
    case .base(let packages):
      return try await debian.base(
        packages, architecture: environment.architecture ?? "amd64", in: scratch, spool: spool)
    case .packages(let packages, let base):
      guard let lower = below.first else { preconditionFailure("packages are never the lowest layer") }
      // Its folder may have outlived its archive, which the difference is taken from.
      if !store.contains(lower.digest) { _ = try await make(.base(base), over: [], environment, progress) }
      return try await debian.packages(
        packages, over: base, layer: lower.digest, at: lower.folder, in: scratch, spool: spool)
    case .wheels(let wheels, let packages):
      return try await PythonLayer(store: store, engine: engine, progress: progress).layer(
        wheels, over: below.map(\.folder), epoch: try debian.epoch(of: packages), in: scratch, spool: spool)
    case .rootFileSystem(let file):
      let path = try StoredInput.path(of: file, in: store, for: "the root file system")
      return try RootArchive.rootFileSystem(path, spool: spool)
    case .image(let file, let manifest):
      let path = try StoredInput.path(of: file, in: store, for: "the image")
      return try RootArchive.image(path, manifest: manifest, in: scratch, spool: spool, progress: progress)
    }
  }
}
