import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Rebuilding

/// What a hostile build may leave in place of an artifact, as the collector's archive shows it.
@Suite struct CollectedArtifactsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func collect(_ wanted: [[String]], _ build: (inout TarBuilder) -> Void) throws -> CollectedArtifacts {
    var tar = TarBuilder()
    build(&tar)
    let archive = try folder.write("artifacts.tar", tar.finished())
    return try CollectedArtifacts(archive: archive, wanted: wanted, into: folder.path)
  }

  @Test func takesARegularFile() throws {
    let wanted = [["src", "out", "app"], ["app.deb"]]
    let artifacts = try collect(wanted) { tar in
      tar.folder("src/")
      tar.folder("src/out/")
      tar.file("src/out/app", "program")
      tar.file("app.deb", "package")
    }
    for (place, text) in zip(wanted, ["program", "package"]) {
      guard case .file(let path) = artifacts.artifact(at: place) else {
        Issue.record("\(place) was refused")
        continue
      }
      #expect(try TemporaryFolder.read(path) == Array(text.utf8))
    }
  }

  @Test(arguments: ["2", "3", "4", "6", "5"] as [Character])
  func refusesWhatIsNoFile(type: Character) throws {
    let artifacts = try collect([["app"]]) { tar in
      var header = TarBuilder.Header("app")
      header.type = type
      header.target = type == "2" ? Array("/etc/passwd".utf8) : []
      tar.entry(header)
    }
    guard case .refused = artifacts.artifact(at: ["app"]) else {
      Issue.record("an entry of type \(type) was taken")
      return
    }
  }

  @Test func refusesAFileBehindALinkedFolder() throws {
    let artifacts = try collect([["out", "app"]]) { tar in
      tar.link("out", to: "/usr/bin")
      tar.file("out/app", "somebody else's")
    }
    guard case .refused(let why) = artifacts.artifact(at: ["out", "app"]) else {
      Issue.record("the artifact was taken through a link")
      return
    }
    #expect(why.contains("out") && why.contains("symbolic link"))
  }

  @Test func refusesWhatIsNotThere() throws {
    let artifacts = try collect([["app"], ["gone", "app"]]) { $0.file("other", "") }
    #expect(artifacts.artifact(at: ["app"]) == .refused("there is no such file"))
    #expect(artifacts.artifact(at: ["gone", "app"]) == .refused("there is no folder gone"))
  }

  @Test func takesTheFirstOfTwoEntriesOfOneName() throws {
    let artifacts = try collect([["app"]]) { tar in
      tar.file("app", "first")
      tar.file("app", "second")
    }
    guard case .file(let path) = artifacts.artifact(at: ["app"]) else {
      Issue.record("the artifact was refused")
      return
    }
    #expect(try TemporaryFolder.read(path) == Array("first".utf8))
  }

  @Test func aCutArchiveIsAnError() throws {
    var tar = TarBuilder()
    tar.file("app", String(repeating: "x", count: 5000))
    let archive = try folder.write("cut.tar", Array(tar.finished().prefix(2000)))
    #expect(throws: (any Error).self) {
      _ = try CollectedArtifacts(archive: archive, wanted: [["app"]], into: folder.path)
    }
  }
}
