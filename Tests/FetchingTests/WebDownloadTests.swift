import Digests
import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Fetching

/// A store, a server and a fetcher between them.
struct WebFixture {
  let folder: TemporaryFolder
  let server: LocalServer
  let store: Store
  let body: [UInt8]
  var digest: SHA256Digest { .of(body) }

  /// Nil, and said, where this machine has no Python to serve with.
  init?() throws {
    guard let server = try LocalServer() else {
      print("SKIP: this machine has no python3 to run a local web server with")
      return nil
    }
    self.server = server
    folder = try TemporaryFolder()
    store = try Store(root: folder.path.appending("store"))
    body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try server.folder.write("a.bin", body)
  }

  func fetcher(inputs: [FilePath] = [], offline: Bool = false, index: String = "json") throws -> Fetcher {
    var fetcher = Fetcher(
      store: store, inputs: try InputFolders(inputs), recipeFolder: folder.path, offline: offline,
      machine: Machine(environment: ["PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "\(server.address)/\(index)"]))
    fetcher.curl.patience = Patience(connect: 3, stall: 2, attempts: 3, pause: 10)
    return fetcher
  }

  func download(_ path: String, size: Int64? = nil, digest: SHA256Digest? = nil) async throws -> FileIdentity {
    try await fetcher().download.fetch(
      "\(server.address)/\(path)", name: "a.bin", expecting: digest ?? self.digest, size: size,
      connection: Connection())
  }

  var partial: [String] { LocalFiles.names(in: store.root.appending("state/partial")) ?? [] }
}

@Suite struct WebDownloadTests {
  @Test func wholeFileArrivesAndLeavesNothingBehind() async throws {
    guard let fixture = try WebFixture() else { return }
    let identity = try await fixture.download("to/to/file/a.bin")
    #expect(identity.sha256 == fixture.digest && identity.size == 300_000)
    #expect(try fixture.store.verified(fixture.digest) != nil)
    #expect(fixture.partial.isEmpty)
  }

  @Test func interruptedDownloadIsResumed() async throws {
    guard let fixture = try WebFixture() else { return }
    _ = try await fixture.download("cut/120000/a.bin", size: 300_000)
    #expect(
      fixture.server.requests == [
        "/cut/120000/a.bin", "/cut/120000/a.bin bytes=120000-", "/cut/120000/a.bin bytes=240000-",
      ])
  }

  @Test func downloadGoesOnInTheNextRun() async throws {
    guard let fixture = try WebFixture() else { return }
    let error = await #expect(throws: FetchError.self) { _ = try await fixture.download("cut/50000/a.bin") }
    #expect(error?.code == .missing && error?.inconclusive == .missingInput)
    #expect(error?.details.contains { $0.hasPrefix("150000 bytes have arrived and are kept") } == true)
    _ = try await fixture.download("file/a.bin")
    #expect(fixture.server.requests.last == "/file/a.bin bytes=150000-")
    #expect(fixture.partial.isEmpty)
  }

  @Test func whatWasBegunLongAgoIsRemoved() async throws {
    guard let fixture = try WebFixture() else { return }
    let partial = try fixture.store.folder(named: "partial")
    for (name, age) in [("old.part", 15), ("new.part", 13)] {
      try LocalFiles.write("x", to: partial.appending(name))
      var times = [timeval](repeating: timeval(tv_sec: time(nil) - age * 86400, tv_usec: 0), count: 2)
      #expect(unsafe utimes(partial.appending(name).string, &times) == 0)
    }
    _ = try await fixture.download("file/a.bin")
    #expect(fixture.partial == ["new.part"])
  }

  @Test func locksOutliveTheFileOfOneThatIsRemoved() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("lock")
    var first: FileLock? = try await FileLock.take(path, .exclusive, for: "testing", progress: SilentProgress())
    async let second = FileLock.take(path, .exclusive, for: "testing", progress: SilentProgress())
    try await Task.sleep(for: .milliseconds(50))
    LocalFiles.remove(path)
    withExtendedLifetime(first) {}
    first = nil
    let held = try await second
    let probe = try FileDescriptor.open(path, .readWrite)
    defer { try? probe.close() }
    #expect(flock(probe.rawValue, LOCK_EX | LOCK_NB) != 0, "the lock is on the file that is there now")
    withExtendedLifetime(held) {}
  }

  @Test func serverWithoutRangesIsAskedAnew() async throws {
    guard let fixture = try WebFixture() else { return }
    _ = try await fixture.download("norange/1000/a.bin")
    #expect(fixture.server.requests.count == 3)
  }

  @Test func rottenBeginningIsNotHeldAgainstTheServer() async throws {
    guard let fixture = try WebFixture() else { return }
    let partial = try fixture.store.folder(named: "partial")
    try LocalFiles.write("wrong bytes", to: partial.appending("\(fixture.digest.hex).part"))
    _ = try await fixture.download("file/a.bin")
    #expect(fixture.server.requests == ["/file/a.bin bytes=11-", "/file/a.bin"])
  }

  @Test func otherBytesAreRefusedWithBothDigests() async throws {
    guard let fixture = try WebFixture() else { return }
    let wanted = SHA256Digest.of("something else")
    let error = await #expect(throws: FetchError.self) {
      _ = try await fixture.download("file/a.bin", digest: wanted)
    }
    #expect(error?.code == .mismatch)
    #expect(error?.details.contains("expected SHA-256 \(wanted)") == true)
    #expect(error?.details.contains("found SHA-256    \(fixture.digest)") == true)
    #expect(fixture.partial.filter { $0.hasSuffix(".part") }.isEmpty)
    #expect(!fixture.store.contains(fixture.digest))
  }

  @Test func longerFileIsCutOff() async throws {
    guard let fixture = try WebFixture() else { return }
    for path in ["file/a.bin", "endless"] {
      let error = await #expect(throws: FetchError.self) { _ = try await fixture.download(path, size: 1000) }
      #expect(error?.code == .mismatch && error?.message.contains("longer file") == true, "\(path)")
    }
    #expect(fixture.partial.filter { $0.hasSuffix(".part") }.isEmpty)
  }

  @Test(arguments: [
    ("nothing", "404", 1), ("status/403", "403", 1), ("status/503", "503", 3), ("loop", "redirects", 11),
    ("away", "file", 1), ("hang", "timed out", 3), ("slow/a.bin", "timed out", 3),
  ])
  func badServersGiveOneClearError(path: String, reason: String, requests: Int) async throws {
    guard let fixture = try WebFixture() else { return }
    let error = await #expect(throws: FetchError.self) { _ = try await fixture.download(path) }
    #expect(error?.code == .missing)
    let text = error?.details.joined(separator: "\n").lowercased() ?? ""
    #expect(text.contains(reason) || text.contains("too slow"), "\(text)")
    #expect(fixture.server.requests.count == requests)
  }

  @Test func nobodyListening() async throws {
    guard let fixture = try WebFixture() else { return }
    let error = await #expect(throws: FetchError.self) {
      _ = try await fixture.fetcher().download.fetch(
        "http://127.0.0.1:1/a", name: "a", expecting: fixture.digest, size: nil, connection: Connection())
    }
    #expect(error?.code == .missing)
  }

  @Test func twoAtOnceDownloadOnce() async throws {
    guard let fixture = try WebFixture() else { return }
    async let first = fixture.download("file/a.bin")
    async let second = fixture.download("file/a.bin")
    #expect(try await first.sha256 == second.sha256)
    #expect(fixture.partial.isEmpty)
  }

  @Test func settingsCannotBeSmuggledInAnAddress() async throws {
    guard let fixture = try WebFixture() else { return }
    for address in [
      "file:///etc/hostname", "http://127.0.0.1/\"\noutput = \"/tmp/x", "-o/tmp/x", "gopher://127.0.0.1/",
    ] {
      let error = await #expect(throws: FetchError.self) {
        _ = try await fixture.fetcher().download.fetch(
          address, name: "a", expecting: fixture.digest, size: nil, connection: Connection())
      }
      #expect(error?.code == .wrongReference)
    }
    #expect(fixture.server.requests.isEmpty)
  }
}
