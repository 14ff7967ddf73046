import Digests
import Glibc
import Model
import RecipeFormat
import Store
import Synchronization
import SystemPackage
import TestFixtures
import Testing

@testable import Fetching

/// Keeps the notices that a fetcher gives.
final class Notices: ProgressSink {
  private let kept = Mutex<[String]>([])
  var lines: [String] { kept.withLock { $0 } }
  func report(_ event: ProgressEvent) {
    if case .notice(let line) = event { kept.withLock { $0.append(line) } }
  }
}

@Suite struct NearPlacesTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(root: folder.path.appending("store"))
    for name in ["recipe", "recipe/deep", "inputs", "inputs/below"] {
      try LocalFiles.makeFolder(folder.path.appending(name))
    }
  }

  private func fetcher(inputs: Bool = true, progress: any ProgressSink = SilentProgress()) throws -> Fetcher {
    Fetcher(
      store: store, inputs: try InputFolders(inputs ? [folder.path.appending("inputs")] : []),
      recipeFolder: folder.path.appending("recipe"), offline: true, machine: Machine(environment: [:]),
      progress: progress)
  }

  private func lock(_ input: InputReference, _ name: String, _ text: String) -> Lock {
    Locks.make(sources: [
      LockedInput(
        input: input, files: [LockedFile(name: name, sha256: .of(text), size: Int64(text.utf8.count))])
    ])
  }

  private static let debian = InputReference.debian(name: "catdoc", version: "1")

  @Test(arguments: ["inputs/a.dsc", "inputs/below/a.dsc", "inputs/below/renamed"])
  func inputsFoldersAreLookedAtByNameAndBySize(place: String) async throws {
    try folder.write(place, "the bytes")
    try await fetcher().fetch(lock(Self.debian, "a.dsc", "the bytes"))
    #expect(try store.verified(.of("the bytes")) != nil)
  }

  @Test func missingInputNamesDigestsAndPlaces() async throws {
    try folder.write("inputs/a.dsc", "other bytes")
    try folder.write("inputs/below/b", "the bytez")
    let wanted = lock(Self.debian, "a.dsc", "the bytes")
    let error = await #expect(throws: FetchError.self) { try await fetcher().fetch(wanted) }
    #expect(error?.inconclusive == .missingInput)
    #expect(error?.message.contains("a.dsc for debian: catdoc=1") == true)
    let inputs = folder.path.appending("inputs")
    #expect(
      error?.details == [
        "expected SHA-256 \(SHA256Digest.of("the bytes")) (9 bytes)",
        "found \(inputs)/a.dsc with SHA-256 \(SHA256Digest.of("other bytes"))",
        "found \(inputs)/below/b with SHA-256 \(SHA256Digest.of("the bytez"))",
        "looked in the store: it is not there",
      ])
  }

  @Test func eachFolderThatWasLookedAtIsNamed() async throws {
    try LocalFiles.makeFolder(folder.path.appending("more"))
    try folder.write("inputs/a.dsc", "other bytes")
    let folders = try InputFolders([folder.path.appending("more"), folder.path.appending("inputs")])
    let fetcher = Fetcher(store: store, inputs: folders, recipeFolder: folder.path, offline: true)
    let error = await #expect(throws: FetchError.self) {
      try await fetcher.fetch(lock(Self.debian, "a.dsc", "the bytes"))
    }
    #expect(error?.details.contains("looked in \(folder.path)/more: no file of its name or size") == true)
    #expect(error?.details.contains { $0.hasPrefix("found \(folder.path)/inputs/a.dsc with") } == true)
  }

  @Test func rottenObjectIsBroughtAgain() async throws {
    let wanted = lock(Self.debian, "a.dsc", "the bytes")
    try folder.write("inputs/a.dsc", "the bytes")
    try await fetcher().fetch(wanted)
    let object = try #require(try store.verified(.of("the bytes")))
    _ = unsafe chmod(object.string, 0o600)
    let file = try FileDescriptor.open(object, .writeOnly)
    try file.closeAfter { _ = try file.writeAll("The".utf8) }
    let notices = Notices()
    try await fetcher(progress: notices).fetch(wanted)
    #expect(notices.lines == ["a.dsc had rotted in the store and is fetched again."])
    #expect(try store.verified(.of("the bytes")) != nil)
    _ = unsafe chmod(object.string, 0o600)
    let again = try FileDescriptor.open(object, .writeOnly, options: [], permissions: nil)
    try again.closeAfter { _ = try again.writeAll("The".utf8) }
    let error = await #expect(throws: FetchError.self) { try await fetcher(inputs: false).fetch(wanted) }
    #expect(error?.details.contains("looked in the store: it had rotted and was removed") == true)
  }

  @Test func inputsFolderThatIsNoneIsRefused() throws {
    try folder.write("file", "x")
    for name in ["file", "nowhere"] {
      #expect(throws: FetchError.self) { _ = try InputFolders([folder.path.appending(name)]) }
    }
  }

  @Test func linksInInputsFoldersDoNotLoop() throws {
    _ = unsafe symlink("..", folder.path.appending("inputs/below/up").string)
    _ = unsafe mkfifo(folder.path.appending("inputs/pipe").string, 0o600)
    try folder.write("inputs/a", "x")
    let found = try InputFolders([folder.path.appending("inputs")]).candidates(
      for: LockedFile(name: "a", sha256: .of("x"), size: 1))
    #expect(found.count == 1)
  }

  @Test func pathsOfTheRecipesFolderAreRead() async throws {
    try folder.write("recipe/deep/a.tar", "the bytes")
    let input = InputReference.path("deep/a.tar", sha256: nil)
    let environment = EnvironmentRecipe.rootfs(input)
    let locked = try await fetcher().resolve(source: input, for: environment)
    #expect(locked.files == [LockedFile(name: "a.tar", sha256: .of("the bytes"), size: 9)])
    try await fetcher().fetch(Locks.make(sources: [locked]))
    try folder.write("recipe/deep/a.tar", "changed!!")
    let error = await #expect(throws: FetchError.self) { try await fetcher().fetch(Locks.make(sources: [locked])) }
    #expect(error?.code == .mismatch && error?.details.count == 2)
    await #expect(throws: FetchError.self) {
      _ = try await fetcher().resolve(
        source: .path("deep/a.tar", sha256: .of("the bytes")), for: environment)
    }
  }

  @Test(arguments: [
    "", ".", "..", "../secret", "/etc/hostname", "deep/../../secret", "deep//a", "./deep", "link", "up/secret",
    "a\u{0}b",
    "deep/", "file/x",
  ])
  func pathsThatEscapeAreRefused(path: String) throws {
    try folder.write("secret", "x")
    try folder.write("recipe/file", "x")
    _ = unsafe symlink("../secret", folder.path.appending("recipe/link").string)
    _ = unsafe symlink("..", folder.path.appending("recipe/up").string)
    let error = #expect(throws: FetchError.self) {
      _ = try RecipeFolder(path: folder.path.appending("recipe")).identify(path)
    }
    #expect(error?.code == .wrongReference)
  }

  @Test func foldersAndPipesAreNoInputs() throws {
    _ = unsafe mkfifo(folder.path.appending("recipe/pipe").string, 0o600)
    let recipe = RecipeFolder(path: folder.path.appending("recipe"))
    #expect(throws: FetchError.self) { _ = try recipe.identify("pipe") }
    let error = #expect(throws: FetchError.self) { _ = try recipe.identify("deep") }
    #expect(error?.message.contains("a folder") == true)
    #expect(
      #expect(throws: FetchError.self) { _ = try recipe.identify("none") }?.message.contains("no such file") == true)
  }

  @Test func nothingIsAskedOfTheNetworkWhenForbidden() async throws {
    let environment = EnvironmentRecipe.debian(DebianEnvironment(suite: "bookworm", packages: []))
    let error = await #expect(throws: FetchError.self) { _ = try await fetcher().resolve(environment) }
    #expect(error?.code == .offline)
    for input in [
      InputReference.pypi(name: "p", version: "1", file: nil), .url("http://127.0.0.1:1/a", sha256: .of("x")),
    ] {
      let error = await #expect(throws: FetchError.self) {
        _ = try await fetcher().resolve(source: input, for: environment)
      }
      #expect(error?.code == .offline)
    }
  }
}
