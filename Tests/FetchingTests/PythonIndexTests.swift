import Digests
import Model
import RecipeFormat
import Store
import TestFixtures
import Testing

@testable import Fetching

@Suite struct PythonIndexTests {
  private static let environment = EnvironmentRecipe.rootfs(.path("none", sha256: nil))

  private func serve(_ fixture: WebFixture, _ name: String, _ text: String) throws {
    try fixture.server.folder.write(name, text)
  }

  @Test(arguments: ["json", "html"])
  func sourceAndWheelArePinnedAndBrought(form: String) async throws {
    guard let fixture = try WebFixture() else { return }
    try fixture.server.folder.write("p-1.0.tar.gz", "the sdist")
    try fixture.server.folder.write("p-1.0-py3-none-any.whl", "the wheel")
    let sdist = SHA256Digest.of("the sdist")
    let wheel = SHA256Digest.of("the wheel")
    if form == "json" {
      try serve(
        fixture, "my-p",
        """
        {"meta":{"api-version":"1.1"},"files":[
        {"filename":"my_p-1.0.tar.gz","url":"/file/p-1.0.tar.gz","hashes":{"sha256":"\(sdist)"},"size":9},
        {"filename":"my_p-1.0-py3-none-any.whl","url":"/file/p-1.0-py3-none-any.whl","hashes":{"sha256":"\(wheel)"},
        "yanked":"bad day"}]}
        """)
    } else {
      try fixture.server.folder.write("my_p-1.0.tar.gz", "the sdist")
      try fixture.server.folder.write("my_p-1.0-py3-none-any.whl", "the wheel")
      try serve(
        fixture, "my-p",
        """
        <a href="/file/my_p-1.0.tar.gz#sha256=\(sdist)">s</a>
        <a href="/file/my_p-1.0-py3-none-any.whl#sha256=\(wheel)" data-yanked="bad day">w</a>
        """)
    }
    let fetcher = try fixture.fetcher(index: form)
    let reference = InputReference.pypi(name: "My_P", version: "v1", file: nil)
    let source = try await fetcher.resolve(source: reference, for: Self.environment)
    let shipped = try await fetcher.resolve(shipped: reference, for: Self.environment)
    #expect(source.files == [LockedFile(name: "my_p-1.0.tar.gz", sha256: sdist, size: 9)])
    #expect(shipped.files == [LockedFile(name: "my_p-1.0-py3-none-any.whl", sha256: wheel, size: 9)])
    let lock = Locks.make(sources: [source], artifacts: [shipped])
    try await fetcher.fetch(lock)
    #expect(fixture.store.contains(sdist) && fixture.store.contains(wheel))
    try await fixture.fetcher(offline: true).fetch(lock)
  }

  @Test func unknownProjectsAndVersionsSayWhatThereIs() async throws {
    guard let fixture = try WebFixture() else { return }
    let entries = ["1.0", "1.1"].map { "<a href='/file/p-\($0).tar.gz#sha256=\(fixture.digest)'>x</a>" }
    try serve(fixture, "p", entries.joined())
    let fetcher = try fixture.fetcher(index: "html")
    let version = await #expect(throws: FetchError.self) {
      _ = try await fetcher.resolve(source: .pypi(name: "p", version: "2", file: nil), for: Self.environment)
    }
    #expect(version?.details == ["there now: 1.1, 1"])
    let project = await #expect(throws: FetchError.self) {
      _ = try await fixture.fetcher(index: "status/404").resolve(
        source: .pypi(name: "q", version: "2", file: nil), for: Self.environment)
    }
    #expect(project?.message.contains("no index has a project of that name") == true)
  }

  @Test(arguments: ["hang", "status/500", "loop", "file"])
  func indexThatDoesNotAnswerIsOneError(index: String) async throws {
    guard let fixture = try WebFixture() else { return }
    let error = await #expect(throws: FetchError.self) {
      _ = try await fixture.fetcher(index: index).resolve(
        source: .pypi(name: "p", version: "2", file: nil), for: Self.environment)
    }
    #expect(error?.code == .indexUnusable && error?.inconclusive == .missingInput)
  }

  @Test func indexThatChangedAFileIsCaught() async throws {
    guard let fixture = try WebFixture() else { return }
    try serve(fixture, "p", "<a href='/file/p-1.tar.gz#sha256=\(fixture.digest)'>x</a>")
    let pinned = LockedFile(name: "p-1.tar.gz", sha256: .of("before"), size: 6)
    let lock = Locks.make(sources: [LockedInput(input: .pypi(name: "p", version: "1", file: nil), files: [pinned])])
    let error = await #expect(throws: FetchError.self) { try await fixture.fetcher(index: "html").fetch(lock) }
    #expect(error?.code == .mismatch)
    #expect(error?.details.contains { $0.contains("\(pinned.sha256)") } == true)
    #expect(error?.details.contains { $0.contains("\(fixture.digest)") } == true)
  }
}

/// Locks for tests, with nothing in them but what is given.
enum Locks {
  static func make(
    sources: [LockedInput] = [], environment: LockedEnvironment = .init(), artifacts: [LockedInput] = [],
    recipe: EnvironmentRecipe = .rootfs(.path("none", sha256: nil))
  ) -> Lock {
    Lock(
      recipe: Recipe(
        name: "test", version: "1", source: [], environment: recipe, build: BuildRecipe(path: "/build", run: []),
        artifacts: []),
      sources: sources, environment: environment,
      build: LockedBuild(
        path: "/build", variables: [:], umask: 0o022, host: "h", user: "u", userID: 1000, processors: 1),
      artifacts: artifacts)
  }
}
