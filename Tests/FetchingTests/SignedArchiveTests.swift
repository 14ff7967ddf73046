import Digests
import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Fetching

/// An archive of our own, in which anything can be made to go wrong; no network is used.
@Suite struct SignedArchiveTests {
  private static let environment = EnvironmentRecipe.debian(DebianEnvironment(suite: "bookworm", packages: []))
  private static let reference = InputReference.debian(name: "sample", version: "1.0-1")

  private func fetcher(_ archive: SignedArchive, _ store: Store) throws -> Fetcher {
    Fetcher(
      store: store, inputs: try InputFolders(), recipeFolder: archive.folder.path,
      machine: Machine(environment: ["APT_CONFIG": archive.configuration.string]))
  }

  private func pin(_ fetcher: Fetcher) async throws -> Lock {
    let source = try await fetcher.resolve(source: Self.reference, for: Self.environment)
    let shipped = try await fetcher.resolve(shipped: Self.reference, for: Self.environment)
    return Locks.make(sources: [source], artifacts: [shipped], recipe: Self.environment)
  }

  private func failure(_ fetcher: Fetcher, _ lock: Lock) async -> FetchError? {
    do {
      try await fetcher.fetch(lock)
      Issue.record("fetching went well")
      return nil
    } catch {
      return error
    }
  }

  @Test func allFilesAreBrought() async throws {
    guard let archive = try SignedArchive() else { return }
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let lock = try await pin(fetcher)
    #expect(lock.sources[0].files.map(\.name) == ["sample_1.0-1.dsc", "sample_1.0-1.tar.gz"])
    #expect(lock.artifacts[0].files.map(\.name) == ["sample_1.0-1_amd64.deb"])
    try await fetcher.fetch(lock)
    for file in (lock.sources + lock.artifacts).flatMap(\.files) { #expect(try store.verified(file.sha256) != nil) }
  }

  @Test func partialMirrorIsExplained() async throws {
    guard let archive = try SignedArchive() else { return }
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let lock = try await pin(fetcher)
    LocalFiles.remove(archive.pool.appending("sample_1.0-1.tar.gz"))
    let error = await failure(fetcher, lock)
    #expect(error?.code == .missing && error?.inconclusive == .missingInput)
    #expect(error?.message.contains("sample_1.0-1.tar.gz") == true)
    #expect(error?.advice?.contains("only part of the archive") == true)
    LocalFiles.remove(archive.pool.appending("sample_1.0-1_amd64.deb"))
    let other = try self.fetcher(archive, try Store(root: archive.folder.path.appending("other")))
    #expect(await failure(other, Locks.make(artifacts: lock.artifacts, recipe: Self.environment))?.code == .missing)
  }

  @Test func changedFileIsCaught() async throws {
    guard let archive = try SignedArchive() else { return }
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let lock = try await pin(fetcher)
    let size = Int(lock.artifacts[0].files[0].size)
    try archive.folder.write("archive/pool/sample_1.0-1_amd64.deb", [UInt8](repeating: 0, count: size))
    let error = await failure(fetcher, Locks.make(artifacts: lock.artifacts, recipe: Self.environment))
    #expect(error?.inconclusive == .missingInput)
    #expect(!store.contains(.of([UInt8](repeating: 0, count: size))))
  }

  @Test func replacedVersionIsNamed() async throws {
    guard let archive = try SignedArchive() else { return }
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let lock = try await pin(fetcher)
    guard try archive.republish(version: "1:1.0-2") else { return }
    try await fetcher.archives.archive(DebianSuite(Self.environment)).update(olderThan: -1)
    let error = await failure(fetcher, Locks.make(artifacts: lock.artifacts, recipe: Self.environment))
    #expect(error?.code == .notListed)
    #expect(error?.details.contains { $0.contains("sample 1.0-1 has left the index; there now: 1:1.0-2") } == true)
    #expect(error?.advice == FetchError.lockAgain)
    let source = await failure(fetcher, Locks.make(sources: lock.sources, recipe: Self.environment))
    #expect(source?.code == .notListed && source?.details.contains("there now: 1:1.0-2") == true)
  }

  @Test func mirrorOfTheRecipeIsUsedInPlaceOfTheMachines() async throws {
    guard let archive = try SignedArchive() else { return }
    let mirror = archive.folder.path.appending("mirror")
    #expect(unsafe rename(archive.folder.path.appending("archive").string, mirror.string) == 0)
    let environment = EnvironmentRecipe.debian(
      DebianEnvironment(
        suite: "bookworm", packages: [], mirrors: [DebianMirror(uri: "file://\(mirror)", suites: ["bookworm"])]))
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let shipped = try await fetcher.resolve(shipped: Self.reference, for: environment)
    try await fetcher.fetch(Locks.make(artifacts: [shipped], recipe: environment))
    #expect(try store.verified(shipped.files[0].sha256) != nil)
  }

  @Test func filesAreNamedWhenTheArchiveIsGone() async throws {
    guard let archive = try SignedArchive() else { return }
    let lock = try await pin(fetcher(archive, Store(root: archive.folder.path.appending("store"))))
    LocalFiles.remove(archive.folder.path.appending("archive/dists/bookworm/InRelease"))
    let other = try fetcher(archive, Store(root: archive.folder.path.appending("other")))
    let error = try #require(await failure(other, lock))
    #expect(error.code == .indexUnusable && error.inconclusive == .missingInput)
    #expect(error.message.contains("debian: sample=1.0-1"))
    #expect(error.details.contains("expected SHA-256 \(lock.artifacts[0].files[0].sha256)"))
    #expect(error.details.contains { $0.hasPrefix("also missing: sample_1.0-1.tar.gz") })
  }

  @Test func aptOfAKilledRunIsWaitedFor() async throws {
    guard let archive = try SignedArchive() else { return }
    let store = try Store(root: archive.folder.path.appending("store"))
    let notices = Notices()
    let fetcher = Fetcher(
      store: store, inputs: try InputFolders(), recipeFolder: archive.folder.path,
      machine: Machine(environment: ["APT_CONFIG": archive.configuration.string]), progress: notices)
    let lists = try await fetcher.archives.archive(DebianSuite(Self.environment)).folder.appending("lists")
    // apt locks by fcntl(2), whose locks this process would not see as another's if it took them itself.
    let holder = FixtureProcess.spawn(
      "/usr/bin/python3", ["-c", Self.holder, lists.appending("lock").string, archive.folder.path.string])
    let (held, free) = (archive.folder.path.appending("held"), archive.folder.path.appending("free"))
    for _ in 0..<600 where LocalFiles.size(held) == nil { try await Task.sleep(for: .milliseconds(50)) }
    guard LocalFiles.size(held) != nil else {
      print("SKIP: this machine has no python3 to hold a lock with")
      return
    }
    async let resolved = fetcher.resolve(source: Self.reference, for: Self.environment)
    for _ in 0..<600 where notices.lines.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
    try LocalFiles.write("", to: free)
    #expect(try await resolved.files.count == 2)
    FixtureProcess.wait(holder)
    #expect(notices.lines == ["Waiting for the apt of a run that was killed."])
  }

  /// Holds a lock from when `held` is there until `free` is.
  private static let holder = """
    import fcntl, os, sys, time
    lock = open(sys.argv[1], "w")
    fcntl.lockf(lock, fcntl.LOCK_EX)
    open(sys.argv[2] + "/held", "w")
    end = time.time() + 60
    while time.time() < end and not os.path.exists(sys.argv[2] + "/free"): time.sleep(0.05)
    """

  @Test func wrongSignatureIsRefused() async throws {
    guard let archive = try SignedArchive(), let other = try SignedArchive() else { return }
    try archive.folder.write("key.gpg", other.folder.read("key.gpg"))
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let error = await #expect(throws: FetchError.self) {
      _ = try await fetcher.resolve(source: Self.reference, for: Self.environment)
    }
    #expect(error?.code == .indexUnusable)
  }

  @Test func missingSignatureIsRefused() async throws {
    guard let archive = try SignedArchive() else { return }
    LocalFiles.remove(archive.folder.path.appending("archive/dists/bookworm/InRelease"))
    let store = try Store(root: archive.folder.path.appending("store"))
    let fetcher = try fetcher(archive, store)
    let error = await #expect(throws: FetchError.self) {
      _ = try await fetcher.resolve(source: Self.reference, for: Self.environment)
    }
    #expect(error?.code == .indexUnusable)
  }
}
