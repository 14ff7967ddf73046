import Digests
import Model
import RecipeFormat
import Sandbox
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Environments

/// A store of a test's own with what it takes to assemble from it.
struct AssemblyFixture {
  let folder: TemporaryFolder
  let store: Store
  let engine: SandboxEngine

  /// Nil, with the reason printed, where the machine has no sandbox.
  init?() async throws {
    do {
      engine = try await SandboxEngine()
    } catch {
      print("SKIP: no sandbox on this machine, so no layer can be unpacked: \(error.message)")
      return nil
    }
    folder = try TemporaryFolder()
    store = try Store(root: folder.path.appending("store"))
  }

  var builder: EnvironmentBuilder { EnvironmentBuilder(store: store, engine: engine) }

  /// A lock of nothing but an environment.
  static func lock(_ recipe: EnvironmentRecipe, _ environment: LockedEnvironment) -> Lock {
    Lock(
      recipe: Recipe(
        name: "test", version: "1", source: [], environment: recipe, build: BuildRecipe(path: "/build/x", run: []),
        artifacts: []), sources: [], environment: environment,
      build: LockedBuild(
        path: "/build/x", variables: [:], umask: 0o022, host: "verbatim", user: "builder", userID: 1000, processors: 2),
      artifacts: [])
  }

  /// A lock of an environment that is one file, put into the store.
  func lock(image bytes: [UInt8], _ recipe: EnvironmentRecipe) throws -> Lock {
    let file = LockedFile(name: "image.tar", sha256: .of(bytes), size: Int64(bytes.count))
    try store.insert(bytes: bytes)
    return Self.lock(
      recipe, LockedEnvironment(image: LockedInput(input: .path("image.tar", sha256: nil), files: [file])))
  }

  /// What a shell script prints.
  func shell(_ script: String, _ arguments: FilePath...) throws -> String {
    try FixtureProcess.shell(script, arguments.map(\.string)).output
  }
}

/// Keeps the notices.
final class NoticeKeeper: ProgressSink {
  let lines = LineKeeper()

  func report(_ event: ProgressEvent) {
    if case .notice(let text) = event { _ = lines.take(text, marker: nil) }
  }
}

@Suite struct EnvironmentBuilderTests {
  private static let rootfs = EnvironmentRecipe.rootfs(.path("image.tar", sha256: nil))
  private static let archive = TarBuilder.archive {
    $0.folder("bin/")
    $0.file("bin/tool", "#!/bin/sh\n", mode: 0o755)
    $0.link("bin/other", to: "bin/tool", type: "1")
    $0.link("sbin", to: "bin")
  }

  @Test func aRootFileSystemIsUnpackedOnceAndFoundAgain() async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let lock = try fixture.lock(image: Self.archive, Self.rootfs)
    let notices = NoticeKeeper()
    let made = try await fixture.builder.assemble(lock, progress: notices)
    #expect(made.identity.layers.count == 1 && made.programFolders.isEmpty)
    #expect(made.identity.sha256 == .of("sha256:\(made.identity.layers[0])\n"))
    let folder = try #require(made.layerFolders.first)
    #expect(
      try fixture.shell("cd \"$1\" && find . | sort | paste -sd' '", folder)
        == ". ./bin ./bin/other ./bin/tool ./sbin\n")
    #expect(try fixture.shell("cd \"$1\" && [ bin/tool -ef bin/other ] && stat -c %a bin/tool", folder) == "755\n")
    let again = try await fixture.builder.assemble(lock, progress: notices)
    #expect(again.layerFolders == made.layerFolders && again.identity == made.identity)
    #expect(notices.lines.lastLines.count == 1)
  }

  @Test(arguments: [
    "echo x >> \"$1/bin/tool\"", "rm \"$1/bin/tool\"", "touch \"$1/bin/new\"", "chmod 700 \"$1/bin\"",
    "rm \"$1/../listing\"", "rm -r \"$1/bin\"", "rm -r \"$1/..\"",
    "printf '#!/bin/zz\\n' > \"$1/bin/tool\"; touch -d @1000000000 \"$1/bin/tool\"",
  ])
  func whatWasTouchedIsUnpackedAnew(damage: String) async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let lock = try fixture.lock(image: Self.archive, Self.rootfs)
    let made = try await fixture.builder.assemble(lock, progress: SilentProgress())
    _ = try fixture.shell(damage, made.layerFolders[0])
    let again = try await fixture.builder.assemble(lock, progress: SilentProgress())
    #expect(again.layerFolders == made.layerFolders)
    let found = try fixture.shell(
      "cd \"$1\" && find . | sort | paste -sd' '; cat bin/tool; stat -c %a bin", made.layerFolders[0])
    #expect(found == ". ./bin ./bin/other ./bin/tool ./sbin\n#!/bin/sh\n755\n")
  }

  @Test func aLayerWhoseArchiveIsGoneIsMadeAnew() async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let lock = try fixture.lock(image: Self.archive, Self.rootfs)
    let made = try await fixture.builder.assemble(lock, progress: SilentProgress())
    let layer = made.identity.layers[0].hex
    _ = try fixture.shell("rm -r \"$1\"/environments/*; rm \"$1\"/objects/*/\(layer)", fixture.store.root)
    let again = try await fixture.builder.assemble(lock, progress: SilentProgress())
    #expect(again.identity == made.identity)
    #expect(try fixture.shell("cat \"$1\"/bin/tool", again.layerFolders[0]) == "#!/bin/sh\n")
  }

  @Test func verificationFindsRot() async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let lock = try fixture.lock(image: Self.archive, Self.rootfs)
    let made = try await fixture.builder.assemble(lock, progress: SilentProgress())
    #expect(try fixture.builder.unpackedLayers() == made.identity.layers)
    let sound = try await fixture.builder.verifyLayers(progress: SilentProgress())
    #expect(sound == LayerVerification(sound: made.identity.layers, removed: []))
    // Rot changes bytes and no time, which only a listing made afterwards can imitate.
    let root = made.layerFolders[0]
    _ = try fixture.shell("printf '#!/bin/zz\\n' > \"$1/bin/tool\"", root)
    _ = try FixtureProcess.shell("rm \"$1/../listing\"", [root.string])
    try LayerCache.writeListing(try FolderListing.digest(of: root), in: root.removingLastComponent())
    let rotten = try await fixture.builder.verifyLayers(progress: SilentProgress())
    #expect(rotten == LayerVerification(sound: [], removed: made.identity.layers))
    #expect(try fixture.builder.unpackedLayers().isEmpty)
    let again = try await fixture.builder.assemble(lock, progress: SilentProgress())
    #expect(try fixture.shell("cat \"$1\"/bin/tool", again.layerFolders[0]) == "#!/bin/sh\n")
  }

  @Test func manyAtOnceAgree() async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let lock = try fixture.lock(image: Self.archive, Self.rootfs)
    try await withThrowingTaskGroup(of: EnvironmentIdentity.self) { group in
      for _ in 0..<6 {
        group.addTask { try await fixture.builder.assemble(lock, progress: SilentProgress()).identity }
      }
      var found: Set<EnvironmentIdentity> = []
      for try await identity in group { found.insert(identity) }
      #expect(found.count == 1)
    }
    #expect(try fixture.shell("ls \"$1\"/aside", fixture.store.root) == "")
  }

  @Test func anImageIsSelectedByItsManifest() async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let image = ImageFixture(layers: ImageTests.layers, compression: .zstd)
    let recipe = EnvironmentRecipe.oci(.path("image.tar", sha256: nil), manifest: try image.digest())
    let made = try await fixture.builder.assemble(
      try fixture.lock(image: try image.archive(), recipe), progress: SilentProgress())
    #expect(try fixture.shell("cat \"$1\"/etc/changed \"$1\"/tree/y", made.layerFolders[0]) == "thirdagain")
    #expect(try fixture.shell("find \"$1\" -name '.wh*'", made.layerFolders[0]) == "")
  }

  @Test func wrongLocksAreExplained() async throws {
    guard let fixture = try await AssemblyFixture() else { return }
    let debian = EnvironmentRecipe.debian(DebianEnvironment(suite: "bookworm", packages: []))
    func failure(_ lock: Lock) async -> EnvironmentError? {
      do {
        _ = try await fixture.builder.assemble(lock, progress: SilentProgress())
        return nil
      } catch {
        return error
      }
    }
    #expect(
      await failure(AssemblyFixture.lock(debian, LockedEnvironment()))?.message.contains("no base packages") == true)
    let missing = AssemblyFixture.lock(debian, LockedEnvironment(base: [PackageFixture().locked()]))
    #expect(await failure(missing)?.inconclusive == .missingInput)
    #expect(await failure(AssemblyFixture.lock(Self.rootfs, LockedEnvironment()))?.inconclusive == .missingInput)
    let empty = try fixture.lock(image: TarBuilder.archive { _ in }, Self.rootfs)
    #expect(await failure(empty)?.inconclusive == .missingInput)
    // Nothing half-made stays.
    #expect(try fixture.shell("ls \"$1\"/aside \"$1\"/environments", fixture.store.root).contains("root") == false)
  }

  @Test func keysTellInputsApart() throws {
    let one = PackageFixture().locked()
    var other = one
    other.name = "other"
    let keys = [
      LayerRecipe.base([one]).key, LayerRecipe.base([other]).key, LayerRecipe.base([one, other]).key,
      LayerRecipe.packages([one], base: [other]).key, LayerRecipe.packages([other], base: [one]).key,
      LayerRecipe.wheels([one], over: [other]).key, LayerRecipe.rootFileSystem(one.file).key,
      LayerRecipe.image(one.file, manifest: one.file.sha256).key,
    ]
    #expect(Set(keys).count == keys.count)
    #expect(LayerRecipe.base([one, other]).key == LayerRecipe.base([other, one]).key)
  }

  @Test func missingWheelsAreNamed() {
    let error = EnvironmentError(
      .machine, "installing", details: ["hatchling 1.27.0 requires pathspec, which is not installed.", "confined by: "])
    let explained = PythonLayer.explained(error)
    #expect(explained.details == ["hatchling 1.27.0 needs pathspec: add it to the recipe's wheels"])
    #expect(explained.inconclusive == .missingInput)
  }
}
