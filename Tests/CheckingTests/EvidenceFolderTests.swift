import Glibc
import Model
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Checking

@Suite struct EvidenceFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func names() throws -> [String] {
    try FixtureProcess.shell("ls -1A \"$1\"", [folder.path.string]).output.split(separator: "\n").map(String.init)
  }

  @Test func appearsWholeOrNotAtAll() throws {
    let evidence = try EvidenceFolder(at: folder.path.appending("deep/evidence"))
    try evidence.write("report.json", Array("{}".utf8))
    try evidence.copy(try folder.write("built", "bytes"), as: "rebuilt/app")
    #expect(!Disk.exists(folder.path.appending("deep/evidence")))
    try evidence.publish()
    #expect(try folder.read("deep/evidence/rebuilt/app") == Array("bytes".utf8))
    #expect(try folder.read("deep/evidence/report.json") == Array("{}".utf8))
  }

  @Test func discardedLeavesNothing() throws {
    let evidence = try EvidenceFolder(at: folder.path.appending("evidence"))
    try evidence.write("rebuilt/app", [1])
    evidence.discard()
    #expect(try names().isEmpty)
  }

  @Test func keepsWhatAnEarlierCheckLeft() throws {
    for text in ["first", "second", "third"] {
      let evidence = try EvidenceFolder(at: folder.path.appending("evidence"))
      try evidence.write("report.json", Array(text.utf8))
      try evidence.publish()
    }
    #expect(try folder.read("evidence/report.json") == Array("third".utf8))
    let found = try names()
    #expect(found.count == 3)
    let reports = try found.map { String(decoding: try folder.read("\($0)/report.json"), as: UTF8.self) }
    #expect(Set(reports) == ["first", "second", "third"])
  }

  @Test func refusesAFolderOfSomethingElse() throws {
    #expect(unsafe mkdir(folder.path.appending("mine").string, 0o755) == 0)
    let error = #expect(throws: CheckError.self) { try EvidenceFolder(at: folder.path.appending("mine")) }
    #expect(error?.inconclusive == nil)
    #expect(try names() == ["mine"])
  }

  @Test(arguments: ["/", "."])
  func refusesWhatIsNoName(path: String) {
    #expect(throws: CheckError.self) { try EvidenceFolder(at: FilePath(path)) }
  }
}
