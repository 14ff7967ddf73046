import Keys
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import TransparencyLog

/// The log of transparency-dev/tessera, and damage to it.
@Suite struct TileLogTests {
  static let folder = MerkleVectorTests.folder.appending("log")
  static let keyText = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

  private func reader(_ folder: FilePath = folder, size: Int? = nil) throws -> LogReader {
    let key = try #require(NoteKey(text: Self.keyText))
    let kept = try size.map { try TemporaryFolder.read(Self.folder.appending("checkpoint.\($0)")) }
    return try LogReader(folder, by: key, checkpoint: kept)
  }

  @Test func everyProofOfEverySize() throws {
    let key = try #require(NoteKey(text: Self.keyText))
    for size in 0...15 {
      let log = try reader(size: size)
      #expect(log.size == UInt64(size))
      try log.audit()
      var entries: [[UInt8]] = []
      try log.forEach { entries += $1.map { Array($0) } }
      #expect(entries.count == size)
      #expect(MerkleVectorTests.root(entries[...]) == log.verified.checkpoint.root)
      for (index, entry) in entries.enumerated() {
        let bytes = try log.proveInclusion(UInt64(index)).bytes
        let proof = try InclusionProof(bytes: bytes, named: "proof")
        #expect(proof.bytes == bytes)
        #expect(try proof.verify(entry, by: key, named: "proof").checkpoint.size == UInt64(size))
        #expect(throws: LogError.self) { try proof.verify(entry + [0], by: key, named: "proof") }
      }
      for old in 0...size {
        let before = try reader(size: old).verified.checkpoint
        let hashes = try log.proveConsistency(since: before)
        #expect(hashes.isEmpty == (old == 0 || old == size))
      }
      #expect(throws: LogError.self) { try log.proveInclusion(UInt64(size)) }
      if size < 15 {
        let later = try reader(size: size + 1).verified.checkpoint
        #expect(throws: LogError.self) { try log.proveConsistency(since: later) }
      }
    }
  }

  @Test func whoSigned() throws {
    let other = try #require(
      NoteKey(name: "example.com/log/testdata", publicKey: PrivateKey.generate(.ed25519).publicKey))
    #expect(throws: LogError.self) { try LogReader(Self.folder, by: other) }
    let bytes = try TemporaryFolder.read(Self.folder.appending("checkpoint"))
    let key = try #require(NoteKey(text: Self.keyText))
    _ = try VerifiedCheckpoint(bytes: bytes, by: key, named: "it")
    for place in bytes.indices {
      var wrong = bytes
      wrong[place] ^= 1
      #expect(throws: LogError.self, "byte \(place)") {
        try VerifiedCheckpoint(bytes: wrong, by: key, named: "it")
      }
      #expect(throws: LogError.self) { try VerifiedCheckpoint(bytes: Array(bytes[..<place]), by: key, named: "it") }
    }
  }

  @Test(arguments: ["tile/0/000.p/15", "tile/entries/000.p/15"]) func damage(path: String) throws {
    let scratch = try TemporaryFolder()
    let copied = try FixtureProcess.shell("cp -r \"$1\" \"$2/log\"", [Self.folder.string, scratch.path.string])
    try #require(copied.status == 0)
    let bytes = try scratch.read("log/" + path)
    let log = try reader(scratch.path.appending("log"))
    try log.audit()
    for place in bytes.indices {
      var wrong = bytes
      wrong[place] ^= 1
      try scratch.write("log/" + path, wrong)
      #expect(throws: LogError.self, "byte \(place)") { try log.audit() }
      if path.contains("tile/0") { #expect(throws: LogError.self) { _ = try log.proveInclusion(3) } }
    }
    for wrong in [[], Array(bytes.dropLast()), Array(bytes.dropFirst())] {
      try scratch.write("log/" + path, wrong)
      #expect(throws: LogError.self) { try log.audit() }
    }
  }
}
