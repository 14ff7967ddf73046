import Digests
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Fetching

/// What the machine's own archives offer, or why they cannot be asked.
///
/// One store for all tests of this file, so that the lists are downloaded once.
actor DebianNetwork {
  static let shared = DebianNetwork()
  private var folder: TemporaryFolder?
  private var failure: FetchError?
  private var archive: AptArchive?

  /// Nil, and said, where this machine has no archive of the suite or no network.
  func open() async throws -> (AptArchive, Store, TemporaryFolder)? {
    if let failure {
      print("SKIP: \(failure.message)")
      return nil
    }
    let folder = try self.folder ?? TemporaryFolder()
    self.folder = folder
    let store = try Store(root: folder.path.appending("store"))
    do throws(any Error) {
      let opened = try await AptArchive.open(
        suite: "bookworm", store: store, machine: .current, progress: SilentProgress())
      try await opened.update(olderThan: .max)
      archive = opened
      return (opened, store, folder)
    } catch {
      guard let error = error as? FetchError, error.code == .indexUnusable else { throw error }
      failure = error
      print("SKIP: \(error.message)")
      return nil
    }
  }
}

@Suite(.serialized) struct DebianArchiveTests {
  private func fetcher(_ store: Store, offline: Bool = false) throws -> Fetcher {
    Fetcher(store: store, inputs: try InputFolders(), recipeFolder: "/nonexistent", offline: offline)
  }

  private static let environment = EnvironmentRecipe.debian(DebianEnvironment(suite: "bookworm", packages: []))

  private func failure(
    _ archive: AptArchive, _ wanted: [String], over base: [LockedPackage]
  ) async -> FetchError? {
    do {
      _ = try await archive.resolve(wanted, over: base)
      Issue.record("resolving \(wanted) went well")
      return nil
    } catch {
      return error
    }
  }

  private func failure(_ fetcher: Fetcher, _ name: String, _ version: String) async -> FetchError? {
    do {
      _ = try await fetcher.resolve(source: .debian(name: name, version: version), for: Self.environment)
      Issue.record("resolving \(name) went well")
      return nil
    } catch {
      return error
    }
  }

  @Test func baseIsCompleteAndPinned() async throws {
    guard let (archive, _, _) = try await DebianNetwork.shared.open() else { return }
    let base = try await archive.resolveBase()
    let names = base.map(\.name)
    #expect(names == names.sorted())
    #expect(Set(names).isSuperset(of: ["apt", "build-essential", "gcc", "dpkg", "libc6", "base-files", "tzdata"]))
    #expect(!names.contains("fakeroot") && (100...250).contains(base.count))
    #expect(base.allSatisfy { $0.file.size > 0 && !$0.file.name.contains("%") && !$0.file.name.contains(":") })
    #expect(try await archive.resolveBase() == base, "resolving is stable")
    let packages = try await archive.resolve(["debhelper", "fakeroot", "gcc"], over: base)
    #expect(Set(packages.map(\.name)).isSuperset(of: ["debhelper", "fakeroot", "libfakeroot"]))
    #expect(Set(packages.map(\.name)).isDisjoint(with: names))
    #expect(try await archive.resolve([], over: base).isEmpty)
  }

  @Test func wrongPackagesAreExplained() async throws {
    guard let (archive, _, _) = try await DebianNetwork.shared.open() else { return }
    let base = try await archive.resolveBase()
    let libc = try #require(base.first { $0.name == "libc6" })
    let unknown = await failure(archive, ["debhelpr"], over: base)
    #expect(unknown?.code == .notListed && unknown?.details.first?.contains("debhelper") == true)
    let version = await failure(archive, ["fakeroot=0.0.1"], over: base)
    #expect(
      version?.details.first?.hasPrefix("there now: ") == true && version?.message.contains("fakeroot 0.0.1") == true)
    for odd in ["-oAPT::x=1", "fakeroot-", "?essential", "libc6.*", "fake root", "fakeroot=1 2"] {
      #expect(await failure(archive, [odd], over: base)?.code == .wrongReference, "\(odd)")
    }
    let clash = await failure(
      archive, ["libc6=\(libc.version)"],
      over: [
        LockedPackage(
          name: "libc6", version: "1", architecture: "amd64", file: libc.file)
      ])
    #expect(clash?.code == .unresolvable && clash?.details.first?.contains("libc6 1 would have to be") == true)
    let gone = await failure(
      archive, ["fakeroot"],
      over: base.map { LockedPackage(name: $0.name, version: $0.name == "libc6" ? "1" : $0.version, file: $0.file) })
    #expect(gone?.code == .unresolvable && gone?.details == ["libc6 1 would have to be \(libc.version)"])
  }

  @Test func sourceAndShippedPackageAreBrought() async throws {
    guard let (archive, store, _) = try await DebianNetwork.shared.open() else { return }
    let listed = try #require(try await archive.sources(named: "catdoc").last)
    let version = DebianNames.withoutEpoch(listed.version)
    let fetcher = try fetcher(store)
    let reference = InputReference.debian(name: "catdoc", version: version)
    let source = try await fetcher.resolve(source: reference, for: Self.environment)
    let shipped = try await fetcher.resolve(shipped: reference, for: Self.environment)
    #expect(source.files.first?.name == "catdoc_\(version).dsc" && source.files.count >= 3)
    #expect(shipped.files.map(\.name) == ["catdoc_\(version)_\(archive.architecture).deb"])
    let lock = Locks.make(sources: [source], artifacts: [shipped], recipe: Self.environment)
    try await fetcher.fetch(lock)
    for file in source.files + shipped.files { #expect(try store.verified(file.sha256) != nil, "\(file.name)") }
    try await self.fetcher(store, offline: true).fetch(lock)
  }

  @Test func manyPackagesAreBroughtInOneGo() async throws {
    guard let (archive, store, _) = try await DebianNetwork.shared.open() else { return }
    let base = try await archive.resolveBase().filter {
      ["libc6", "libcap2", "gcc", "hostname", "tzdata"].contains($0.name)
    }
    #expect(base.contains { $0.version.contains(":") }, "one with an epoch is among them")
    let lock = Locks.make(
      environment: LockedEnvironment(architecture: archive.architecture, base: base), recipe: Self.environment)
    try await fetcher(store).fetch(lock)
    for package in base { #expect(try store.verified(package.file.sha256) != nil) }
  }

  @Test func lockedVersionThatLeftIsNamedWithWhatIsThere() async throws {
    guard let (archive, store, _) = try await DebianNetwork.shared.open() else { return }
    let now = try #require(try await archive.packages(named: ["catdoc"])["catdoc"]?.first)
    let old = LockedPackage(
      name: "catdoc", version: "0.1-1", architecture: "amd64",
      file: LockedFile(name: "catdoc_0.1-1_amd64.deb", sha256: .of("old"), size: 3))
    let lock = Locks.make(environment: LockedEnvironment(packages: [old]), recipe: Self.environment)
    let error = await #expect(throws: FetchError.self) { try await fetcher(store).fetch(lock) }
    #expect(error?.code == .notListed && error?.inconclusive == .missingInput)
    #expect(
      error?.details.contains { $0.contains("catdoc 0.1-1 has left the index; there now: \(now.version)") } == true)
    #expect(error?.advice?.contains("verbatim lock --update") == true)
    let changed = LockedPackage(
      name: "catdoc", version: now.version, architecture: now.architecture,
      file: LockedFile(name: now.file.name, sha256: .of("old"), size: 3))
    let other = await #expect(throws: FetchError.self) {
      try await fetcher(store).fetch(
        Locks.make(environment: LockedEnvironment(packages: [changed]), recipe: Self.environment))
    }
    #expect(other?.code == .mismatch)
    #expect(other?.details.contains { $0.contains("\(now.file.sha256)") } == true)
  }

  @Test func unknownSourcesAndVersionsAreExplained() async throws {
    guard let (_, store, _) = try await DebianNetwork.shared.open() else { return }
    let fetcher = try fetcher(store)
    #expect(await failure(fetcher, "catdoc", "0.0.1")?.details.first?.hasPrefix("there now: ") == true)
    #expect(await failure(fetcher, "catdok", "1")?.details.first?.contains("catdoc") == true)
    #expect(
      await failure(fetcher, "libc6", "2")?.details.first?.contains("glibc") == true,
      "the source of a binary package is named")
    #expect(await failure(fetcher, "../x", "2")?.code == .wrongReference)
  }

  @Test func runsAtOnceDoNotClash() async throws {
    guard let (_, _, folder) = try await DebianNetwork.shared.open() else { return }
    let store = try Store(root: folder.path.appending("store"))
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<3 {
        group.addTask {
          let archive = try await AptArchive.open(
            suite: "bookworm", store: store, machine: .current, progress: SilentProgress())
          try await archive.update(olderThan: .max)
          return try await archive.resolveBase().count
        }
      }
      let first = try await group.next()
      while let count = try await group.next() { #expect(count == first) }
    }
  }

  @Test func suiteThatTheMachineLacksIsExplained() async throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    let error = await #expect(throws: FetchError.self) {
      _ = try await AptArchive.open(suite: "nosuchsuite", store: store, machine: .current, progress: SilentProgress())
    }
    #expect(error?.code == .indexUnusable && error?.message.contains("nosuchsuite") == true)
  }

  @Test func archiveThatDoesNotAnswerIsOneError() async throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    let archive = try await AptArchive.open(
      suite: "bookworm", mirrors: [DebianMirror(uri: "http://127.0.0.1:1/debian", suites: ["bookworm"])],
      store: store, machine: Machine(environment: [:]), progress: SilentProgress())
    let error = await #expect(throws: FetchError.self) { try await archive.update(olderThan: .max) }
    #expect(error?.code == .indexUnusable && error?.details.isEmpty == false)
    #expect(archive.age == nil)
  }

  @Test func archiveThatNeverAnswersIsGivenUp() async throws {
    guard let server = try LocalServer() else { return }
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    var archive = try await AptArchive.open(
      suite: "bookworm", mirrors: [DebianMirror(uri: "\(server.address)/hang", suites: ["bookworm"])],
      store: store, machine: Machine(environment: [:]), progress: SilentProgress())
    archive.stall = .seconds(2)
    let error = await #expect(throws: FetchError.self) { try await archive.update(olderThan: .max) }
    #expect(error?.code == .indexUnusable && error?.details == ["nothing arrived for 2 seconds"])
    #expect(archive.age == nil)
  }
}
