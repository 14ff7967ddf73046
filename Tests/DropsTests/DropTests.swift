import Digests
import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Drops

/// What is written, and that it comes back.
@Suite struct DropTests {
  @Test func theSameInputsGiveTheSameBytes() throws {
    let one = try DropFixture()
    let other = try DropFixture()
    // Objects of another age, and another order in which they came.
    _ = try FixtureProcess.shell(
      "find \"$1\" -type f -exec touch -d 2001-01-01 {} + -exec chmod 400 {} +", [other.store.root.string])
    let bytes = try TemporaryFolder.read(one.pack())
    #expect(try TemporaryFolder.read(other.pack("another-name")) == bytes)
    #expect(try TemporaryFolder.read(one.pack("again")) == bytes)
    #expect(SHA256Digest.of(bytes).hex == "548cd70a8227219872a13f1a59d7fe80c4dc3f72c320dc0484f45bfc3ff06562")
  }

  @Test func everythingComesBack() throws {
    let fixture = try DropFixture()
    let store = try fixture.freshStore()
    let drop = try #require(try OpenedDrop.open(try fixture.pack(), store: store))
    #expect(try TemporaryFolder.read(drop.recipe) == fixture.recipe)
    #expect(try LockFile.read(RecipeFile.lock(of: drop.recipe)) == fixture.lock)
    for bytes in [DropFixture.source, DropFixture.root, DropFixture.shipped, DropFixture.other] {
      let path = try #require(try store.verified(.of(bytes)))
      #expect(try TemporaryFolder.read(path) == bytes)
    }
    #expect(drop.inputs.count == 5 && drop.inputs.allSatisfy(\.packed))
    #expect(try store.objects().count == 4)
  }

  @Test func aStoreThatHasSomeIsFilledUp() throws {
    let fixture = try DropFixture()
    let store = try fixture.freshStore()
    try store.insert(bytes: DropFixture.source)
    _ = try #require(try OpenedDrop.open(try fixture.pack(), store: store))
    #expect(try store.objects().count == 4)
  }

  @Test func recipeAndLockAreGoneWithTheDrop() throws {
    let fixture = try DropFixture()
    let path = try fixture.pack()
    var drop = try OpenedDrop.open(path, store: fixture.store)
    let recipe = try #require(drop?.recipe)
    #expect(Disk.exists(recipe))
    drop = nil
    #expect(!Disk.exists(recipe))
  }

  @Test(arguments: ["shipped", "path: shipped", "ship*", "**/shipped"])
  func leavesOutWhatAPatternMeans(pattern: String) throws {
    let fixture = try DropFixture()
    let path = try fixture.pack(without: [pattern])
    #expect(!DropParts(try TemporaryFolder.read(path)).parts.contains { $0.data == DropFixture.shipped })
    let store = try fixture.freshStore()
    let drop = try #require(try OpenedDrop.open(path, store: store))
    #expect(drop.inputs.filter { !$0.packed }.map(\.name) == ["shipped"])
    #expect(try store.verified(.of(DropFixture.shipped)) == nil)
    #expect(try store.objects().count == 3)
  }

  /// Bytes that must not travel do not travel under another name either.
  @Test func leavesOutTheBytesUnderEachOfTheirNames() throws {
    let fixture = try DropFixture()
    let drop = try #require(try OpenedDrop.open(fixture.pack(without: ["void"]), store: fixture.store))
    #expect(drop.inputs.filter { !$0.packed }.map(\.name).sorted() == ["empty", "void"])
  }

  @Test func refusesAPatternThatMeansNothing() throws {
    let fixture = try DropFixture()
    let error = #expect(throws: DropError.self) { try fixture.pack(without: ["shipped", "shiped"]) }
    #expect(error?.code == .missing)
    #expect(error?.message.contains("\"shiped\"") == true)
  }

  @Test func refusesToPackWhatIsMissing() throws {
    let fixture = try DropFixture()
    _ = try fixture.store.prune(unusedSince: .max)
    let error = #expect(throws: DropError.self) { try fixture.pack() }
    #expect(error?.code == .missing)
    #expect(try Disk.names(in: fixture.folder.path) == ["store"])
  }

  /// An object that rots between fetching and packing is found, and nothing is left behind.
  @Test func refusesToPackWhatHasRotted() throws {
    let fixture = try DropFixture()
    let path = try #require(try fixture.store.verified(.of(DropFixture.source)))
    #expect(unsafe chmod(path.string, 0o600) == 0)
    let file = try FileDescriptor.open(path, .writeOnly)
    try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 1000, [0x42]) }
    let error = #expect(throws: StoreError.self) { try fixture.pack() }
    #expect(error?.code == .mismatch)
    #expect(try Disk.names(in: fixture.folder.path) == ["store"])
  }

  @Test func aSizeThatTheLockGetsWrongIsFound() throws {
    let fixture = try DropFixture()
    var lock = fixture.lock
    for size: Int64 in [299_999, 300_001] {
      lock.sources[0].files[0].size = size
      let writer = try DropWriter(
        recipe: fixture.recipe, lock: lock, withheld: [], store: fixture.store, progress: SilentProgress())
      let error = #expect(throws: DropError.self) { try writer.write(to: fixture.folder.path.appending("drop")) }
      #expect(error?.code == .otherBytes)
    }
  }

  /// What a killed process left is gone with the next drop; what another one writes, and what is no drop's, stays.
  @Test func sweepsWhatWasLeft() throws {
    let fixture = try DropFixture()
    for name in [".drop.1-2", ".drop.3-4", ".drop.x-4", ".drop.1"] { try fixture.folder.write(name, "") }
    let other = try FileDescriptor.open(fixture.folder.path.appending(".drop.3-4"), .readOnly)
    #expect(flock(other.rawValue, LOCK_EX) == 0)
    try fixture.pack("drop")
    try other.close()
    #expect(try Disk.names(in: fixture.folder.path) == [".drop.1", ".drop.3-4", ".drop.x-4", "drop", "store"])
  }

  @Test(arguments: ["folder", "pipe", "link"]) func replacesOnlyFiles(kind: String) throws {
    let fixture = try DropFixture()
    _ = try FixtureProcess.shell(
      "cd \"$1\" && mkdir folder && mkfifo pipe && ln -s file link && : >file", [fixture.folder.path.string])
    let error = #expect(throws: DropError.self) { try fixture.pack(kind) }
    #expect(error?.message.contains("no regular file") == true)
    try fixture.pack("file")
  }

  @Test func theRecipeItselfMayBeAnInput() throws {
    let fixture = try DropFixture()
    let store = try fixture.freshStore()
    var lock = fixture.lock
    lock.sources[0].files[0] = LockedFile(
      name: "recipe.yaml", sha256: .of(fixture.recipe), size: Int64(fixture.recipe.count))
    let path = fixture.folder.path.appending("drop")
    _ = try DropWriter(
      recipe: fixture.recipe, lock: lock, withheld: [.of(fixture.recipe)], store: fixture.store,
      progress: SilentProgress()
    ).write(to: path)
    _ = try #require(try OpenedDrop.open(path, store: store))
    #expect(try store.verified(.of(fixture.recipe)) != nil)
  }

  @Test func othersFilesAreNoDrops() throws {
    let fixture = try DropFixture()
    let fifo = fixture.folder.path.appending("pipe")
    #expect(unsafe mkfifo(fifo.string, 0o600) == 0)
    for path in [
      fixture.folder.path, fixture.folder.path.appending("none"), fifo, try fixture.folder.write("empty", ""),
      try fixture.folder.write("recipe.yaml", fixture.recipe), try fixture.folder.write("name", "oci-layout"),
    ] {
      #expect(try OpenedDrop.open(path, store: fixture.store) == nil, "\(path)")
    }
  }

  /// Beyond 8 GiB a ustar header has no room for the size.
  @Test func largeFilesHaveAPaxHeader() throws {
    #expect(DropMember("a", size: 0o77_777_777_777).header.count == 512)
    let large = DropMember("a", size: 0o77_777_777_777 + 1).header
    #expect(large.count == 512 * 3)
    #expect(String(decoding: large[512..<532], as: UTF8.self) == "19 size=8589934592\n\0")
  }
}
