import Glibc
import Keys
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import TransparencyLog

/// Logs that are written here.
@Suite struct LogWriterTests {
  private func shell(_ script: String, _ log: TestLog) throws -> FixtureProcess.Result {
    try FixtureProcess.shell("set -e; cd \"$1\"\n" + script, [log.path.string])
  }

  @Test func everySizeIsRight() async throws {
    let log = try await TestLog()
    let entries = TestLog.entries(0..<600)
    var size = 0
    var old: [Checkpoint] = [try log.reader().verified.checkpoint]
    for step in [1, 1, 2, 3, 5, 100, 143, 1, 1, 255, 1, 0, 87] {
      let writer = try log.writer()
      #expect(try await writer.append(Array(entries[size..<size + step])) == UInt64(size))
      size += step
      let reader = try log.reader()
      #expect(reader.size == UInt64(size))
      #expect(reader.verified.checkpoint.root == MerkleVectorTests.root(entries[..<size]))
      try reader.audit()
      for index in Set([0, size / 2, size - 1, size - size % 256]) where index < size {
        let proof = try reader.proveInclusion(UInt64(index))
        try proof.verify(entries[index], by: log.key, named: "proof")
      }
      for checkpoint in old { _ = try reader.proveConsistency(since: checkpoint) }
      old.append(reader.verified.checkpoint)
    }
    #expect(size == 600)
  }

  /// Three levels of tiles, and the same tiles however the entries came.
  @Test func manyEntries() async throws {
    let (one, many) = (try await TestLog(), try await TestLog())
    let entries = TestLog.entries(0..<66_000)
    let writer = try one.writer()
    try await writer.append(entries)
    let others = try many.writer()
    for start in stride(from: 0, to: entries.count, by: 7001) {
      try await others.append(Array(entries[start..<min(entries.count, start + 7001)]))
    }
    let reader = try one.reader()
    #expect(reader.verified.checkpoint.root == (try many.reader()).verified.checkpoint.root)
    #expect(reader.verified.checkpoint.root == MerkleVectorTests.root(entries[...]))
    for index in [0, 255, 256, 65_535, 65_536, 65_999] {
      try reader.proveInclusion(UInt64(index)).verify(entries[index], by: one.key, named: "proof")
    }
    try reader.audit()
    let same = try FixtureProcess.shell(
      "cd \"$1\" && find tile -type f | sort | while read -r f; do cmp \"$f\" \"$2/$f\" || exit 1; done; ls tile; ls tile/2/000.p",
      [one.path.string, many.path.string])
    #expect(same.status == 0 && same.output == "0\n1\n2\nentries\n1\n", "\(same.output) \(same.errors)")
  }

  /// What a writer who was killed left beyond the checkpoint.
  @Test func goesOnOverLeftovers() async throws {
    let log = try await TestLog()
    do {
      let first = try log.writer()
      try await first.append(TestLog.entries(0..<3))
    }
    try #require(
      try shell(
        """
        mkdir -p tile/1/000.p .aside
        for f in tile/0/000 tile/0/000.p/5 tile/entries/000.p/5 tile/entries/000 tile/1/000.p/1 .aside/0 .aside/99
        do echo junk >$f; done
        """, log
      ).status == 0)
    #expect(try log.reader().size == 3)
    try log.reader().audit()
    let second = try log.writer()
    for size in 3..<6 { try await second.append(TestLog.entries(size..<size + 1)) }
    try await second.append(TestLog.entries(6..<300))
    try log.reader().audit()
    #expect(try log.reader().verified.checkpoint.root == MerkleVectorTests.root(TestLog.entries(0..<300)[...]))
    #expect(try shell("ls .aside", log).output.isEmpty)
  }

  @Test(arguments: ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"])
  func damageIsSeen(path: String) async throws {
    let log = try await TestLog()
    do {
      let writer = try log.writer()
      try await writer.append(TestLog.entries(0..<300))
    }
    let bytes = try TemporaryFolder.read(log.path.appending(FilePath(path).components))
    for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      var wrong = bytes
      wrong[place] ^= 4
      try log.folder.write("log/" + path, wrong)
      #expect(throws: LogError.self, "byte \(place)") { _ = try log.writer() }
    }
    try log.folder.write("log/" + path, bytes)
    _ = try log.writer()
    try #require(try shell("rm \(path)", log).status == 0)
    #expect(throws: LogError.self) { _ = try log.writer() }
  }

  @Test func oneWriterAtATime() async throws {
    let log = try await TestLog()
    do {
      let writer = try log.writer()
      do {
        _ = try log.writer()
        Issue.record("two writers")
      } catch let error as LogError { #expect(error.code == .busy) }
      _ = try log.reader()
      try await writer.append([[1]])
    }
    _ = try log.writer()
  }

  @Test func refusals() async throws {
    let log = try await TestLog()
    let writer = try log.writer()
    await #expect(throws: LogError.self) { _ = try await writer.append([[1], [UInt8](repeating: 0, count: 65_536)]) }
    #expect(writer.size == 0)
    try await writer.append([[UInt8](repeating: 0, count: 65_535), []])
    try log.reader().audit()
    // Another key, of another name or of the same.
    let other = try PrivateKey.generate(.ed25519)
    let key = try #require(NoteKey(name: log.key.name, publicKey: other.publicKey))
    #expect(throws: LogError.self) { _ = try LogWriter(log.path, as: key, with: other) }
    let renamed = try #require(NoteKey(name: "other.example", publicKey: log.secret.publicKey))
    #expect(throws: LogError.self) { _ = try LogWriter(log.path, as: renamed, with: log.secret) }
    await #expect(throws: LogError.self) { try await LogWriter.create(log.path, as: log.key, with: log.secret) }
    await #expect(throws: LogError.self) {
      try await LogWriter.create(log.folder.path, as: log.key, with: log.secret)
    }
    #expect(throws: LogError.self) { _ = try LogReader(log.folder.path, by: log.key) }
  }

  /// Two logs of one key that went apart.
  @Test func forksAreSeen() async throws {
    let log = try await TestLog()
    let fork = log.folder.path.appending("fork")
    do {
      let writer = try log.writer()
      try await writer.append(TestLog.entries(0..<5))
    }
    try #require(try shell("cp -r . '\(fork)'", log).status == 0)
    try await log.writer().append([[1]])
    try await LogWriter(fork, as: log.key, with: log.secret).append([[2], [3]])
    let (one, two) = (try log.reader(), try LogReader(fork, by: log.key))
    do {
      _ = try two.proveConsistency(since: one.verified.checkpoint)
      Issue.record("a fork was not seen")
    } catch {
      #expect(error.code == .notProven && error.details.joined().contains("two histories"))
    }
  }

  /// Ten million entries, all alike, so that one tile of each level stands for all.
  @Test func tenMillionEntries() throws {
    final class Tiles: TileReading {
      var levels = [[UInt8](TreeHash.leaf([9]).bytes)]
      var reads = 0
      func tile(level: Int, number: UInt64, width: UInt64) throws(LogError) -> [UInt8] {
        while levels.count <= level {
          let full = Array(repeatElement(levels[levels.count - 1], count: 256).joined())
          levels.append(TreeHash.root(over: full[...]))
        }
        reads += 1
        return Array(repeatElement(levels[level], count: Int(width)).joined())
      }
    }
    let tiles = Tiles()
    let size: UInt64 = 10_000_000
    var whole = TiledTree(size: size, tiles: tiles)
    let root = try whole.root()
    for index in [0, 1, 255, 65_536, 8_388_607, 8_388_608, 9_999_999] as [UInt64] {
      tiles.reads = 0
      var tree = TiledTree(size: size, tiles: tiles)
      let proof = try TreeProof.inclusionRanges(index, of: size).map { try tree.hash($0) }
      #expect(TreeProof.includes(leaf: TreeHash.leaf([9]), index: index, size: size, proof: proof, root: root))
      #expect(
        !TreeProof.includes(leaf: TreeHash.leaf([9]), index: index, size: size, proof: proof, root: TreeHash.empty))
      #expect(tiles.reads <= 6)
    }
    for old in [1, 256, 65_537, 9_999_999] as [UInt64] {
      var before = TiledTree(size: old, tiles: tiles)
      let proof = try TreeProof.consistencyRanges(old, of: size).map { try whole.hash($0) }
      #expect(TreeProof.extends(oldSize: old, oldRoot: try before.root(), newSize: size, newRoot: root, proof: proof))
    }
  }
}
