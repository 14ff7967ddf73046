import Evidence
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Policies

/// Which files are read, and what is done about those that cannot be.
@Suite struct EvidenceSetTests {
  @Test func foldersAndFiles() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("lab/inner")
    try folder.write("lab/app.intoto.jsonl", "{\"a\":1}\n{\"b\":2}\n")
    try folder.write("lab/inner/app.sigstore.json", "{\n}\n")
    try folder.write("lab/report.json", "{}")
    try folder.write("lab/build.log", "log")
    try folder.write("lab/1.tlog-proof", "c2sp.org/tlog-proof@v1\n")
    try folder.write("lab/empty.intoto.json", "")
    try folder.write("other", "{\"c\":3}")
    let set = try EvidenceSet(reading: [folder.path.appending("lab"), folder.path.appending("other")])
    let start = folder.path.string.utf8.count + 1
    #expect(
      set.parts.map { String($0.name.utf8.dropFirst(start)) ?? "" } == [
        "lab/app.intoto.jsonl:1", "lab/app.intoto.jsonl:2", "lab/inner/app.sigstore.json", "other",
      ])
    #expect(
      set.parts.map { String(decoding: $0.bytes, as: UTF8.self) } == ["{\"a\":1}", "{\"b\":2}", "{\n}", "{\"c\":3}"])
    #expect(set.proofs.count == 1 && set.refusals.map(\.message) == ["it is empty"])
  }

  @Test func whatIsNotThere() throws {
    let folder = try TemporaryFolder()
    #expect(throws: PolicyError.self) { try EvidenceSet(reading: [folder.path.appending("none")]) }
    let fifo = folder.path.appending("pipe.intoto.jsonl")
    _ = try FixtureProcess.shell("mkfifo \"$1\"", [fifo.string])
    #expect(throws: PolicyError("reading the evidence \(fifo): it is no regular file")) {
      try EvidenceSet(reading: [folder.path])
    }
  }

  @Test func artifacts() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("app.deb", "app.deb")
    #expect(try ArtifactFile.digest(path) == PolicyFixture.artifact)
    #expect(throws: PolicyError.self) { try ArtifactFile.digest(folder.path) }
    #expect(throws: PolicyError.self) { try ArtifactFile.digest("/nonexistent") }
  }
}
