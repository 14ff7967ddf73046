import Digests
import Glibc
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Store

@Suite struct StoreTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(root: folder.path.appending("store"))
  }

  @Test func keepsAFileUnderItsDigest() throws {
    let file = try folder.write("input", "abc")
    let identity = try store.insert(file: file)
    #expect(identity == FileIdentity(sha256: .of("abc"), size: 3))
    let path = try #require(try store.verified(.of("abc")))
    #expect(try TemporaryFolder.read(path) == Array("abc".utf8))
    #expect(try store.verified(.of("other")) == nil)
  }

  @Test func refusesOtherBytesThanExpected() throws {
    let file = try folder.write("input", "abc")
    let error = #expect(throws: StoreError.self) { try store.insert(file: file, expecting: .of("abd")) }
    #expect(error?.code == .mismatch)
    #expect(error?.details.joined().contains(SHA256Digest.of("abd").hex) == true)
    #expect(error?.details.joined().contains(SHA256Digest.of("abc").hex) == true)
    #expect(try store.objects().isEmpty)
    #expect(try Disk.names(in: store.asideFolder).isEmpty)
  }

  @Test func forgetsARottenObject() throws {
    try store.insert(bytes: Array("abc".utf8))
    let path = store.objectPath(.of("abc"))
    #expect(unsafe chmod(path.string, 0o600) == 0)
    let file = try FileDescriptor.open(path, .writeOnly)
    try file.closeAfter { _ = try file.writeAll(Array("abd".utf8)) }
    #expect(store.contains(.of("abc")))
    #expect(try store.verified(.of("abc")) == nil)
    #expect(!store.contains(.of("abc")))
  }

  @Test func verifyNamesWhatRotted() throws {
    for text in ["a", "b", "c"] { try store.insert(bytes: Array(text.utf8)) }
    let path = store.objectPath(.of("b"))
    #expect(unsafe truncate(path.string, 0) == 0)
    let result = try store.verify(progress: SilentProgress())
    #expect(result == StoreVerification(sound: 2, rotten: [.of("b")]))
    #expect(try store.objects().map(\.sha256).sorted() == [SHA256Digest.of("a"), .of("c")].sorted())
  }

  @Test func remembersWhatAStageMade() throws {
    let key = SHA256Digest.of("inputs")
    #expect(store.derived(key) == nil)
    try store.recordDerived(key, as: .of("output"))
    try store.recordDerived(key, as: .of("output"))
    #expect(store.derived(key) == .of("output"))
  }

  @Test(arguments: ["", "short", String(repeating: "0", count: 4096)])
  func ignoresABrokenRecord(text: String) throws {
    let key = SHA256Digest.of("inputs")
    try store.recordDerived(key, as: .of("output"))
    let path = store.fan("derived", key)
    #expect(unsafe chmod(path.string, 0o600) == 0)
    let file = try FileDescriptor.open(path, .writeOnly, options: [.truncate])
    try file.closeAfter { _ = try file.writeAll(Array(text.utf8)) }
    #expect(store.derived(key) == nil)
  }

  @Test func prunesWhatWasNotUsed() throws {
    try store.insert(bytes: Array("old".utf8))
    try store.insert(bytes: Array("new".utf8))
    let path = store.objectPath(.of("old"))
    let times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
    #expect(unsafe utimensat(AT_FDCWD, path.string, times, 0) == 0)
    #expect(try store.prune(unusedSince: 2000).map(\.sha256) == [.of("old")])
    #expect(try store.objects().map(\.sha256) == [.of("new")])
  }

  @Test func useIsNotedWithoutTouchingTheBytesTime() throws {
    try store.insert(bytes: Array("old".utf8))
    let path = store.objectPath(.of("old"))
    let times = [timespec(tv_sec: 1000, tv_nsec: 7), timespec(tv_sec: 1000, tv_nsec: 7)]
    #expect(unsafe utimensat(AT_FDCWD, path.string, times, 0) == 0)
    store.markUsed(.of("old"))
    let status = try Disk.status(path)
    #expect(status.st_mtim.tv_sec == 1000 && status.st_mtim.tv_nsec == 7)
    #expect(status.st_atim.tv_sec > 1_000_000_000)
    #expect(try store.prune(unusedSince: 2000).isEmpty)
  }

  @Test func scratchIsGoneWithItsOwner() throws {
    var scratch: ScratchFolder? = try store.makeScratch()
    let path = try #require(scratch?.path)
    #expect(Disk.isFolder(path))
    scratch = nil
    #expect(try Disk.names(in: store.asideFolder).isEmpty)
  }

  @Test func sweepsWhatAKilledProcessLeft() throws {
    let left = store.asideFolder.appending("1-dead")
    try Disk.makeFolders(left.appending("deep/er"))
    _ = try FileDescriptor.open(
      store.asideFolder.appending("1-dead.lock"), .writeOnly, options: [.create], permissions: .ownerReadWrite
    ).close()
    let held = try store.makeScratch()
    _ = try Store(root: store.root)
    #expect(!Disk.isFolder(left))
    #expect(Disk.isFolder(held.path))
  }

  @Test func manyWritersOfOneObject() async throws {
    let bytes = [UInt8](repeating: 7, count: 3_000_000)
    let file = try folder.write("big", bytes)
    try await withThrowingTaskGroup(of: SHA256Digest.self) { group in
      for _ in 0..<8 {
        group.addTask { [root = store.root] in try Store(root: root).insert(file: file).sha256 }
      }
      for try await digest in group { #expect(digest == .of(bytes)) }
    }
    #expect(try store.verify(progress: SilentProgress()) == StoreVerification(sound: 1, rotten: []))
    #expect(try Disk.names(in: store.asideFolder).isEmpty)
  }

  @Test(arguments: [
    (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/verbatim"),
    (["XDG_CACHE_HOME": "x", "HOME": "/h"], "/h/.cache/verbatim"),
    ([:], nil),
  ])
  func defaultPlace(environment: [String: String], expected: String?) {
    #expect(Store.defaultRoot(environment: environment)?.string == expected)
  }

  @Test func saysWhenAFolderCannotBeMade() throws {
    let file = try folder.write("file", "")
    let error = #expect(throws: StoreError.self) { try Store(root: file.appending("store")) }
    #expect(error?.message.contains(file.string) == true)
  }
}
