import Comparing
import Glibc
import Model
import SystemPackage
import TestFixtures
import Testing

@Suite struct FolderComparisonTests {
  private func compare(_ change: (TemporaryFolder, TemporaryFolder) throws -> Void) async throws -> Comparison {
    let (shipped, rebuilt) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [shipped, rebuilt] {
      try folder.makeFolder("sub/deep")
      for index in 0..<100 { try folder.write("sub/\(index)", Array("file \(index)\n".utf8)) }
    }
    try change(shipped, rebuilt)
    let there = try await Comparison.compare(shipped: shipped.path, rebuilt: rebuilt.path)
    let back = try await Comparison.compare(shipped: rebuilt.path, rebuilt: shipped.path)
    #expect(there.equal == back.equal)
    #expect(there.differences.count == back.differences.count)
    #expect(
      there.equal == (there.shipped.sha256 == there.rebuilt.sha256)
        || there.differences.allSatisfy { $0.kind == .value })
    return there
  }

  @Test func equalFolders() async throws {
    let comparison = try await compare { _, _ in }
    #expect(comparison.equal)
    #expect(comparison.accounting.isEmpty)
  }

  @Test func contentsModesAndLinks() async throws {
    let comparison = try await compare { shipped, rebuilt in
      try shipped.write("sub/7", Array("file seven\n".utf8))
      #expect(unsafe chmod(rebuilt.path.appending("sub/8").string, 0o755) == 0)
      #expect(unsafe symlink("one", shipped.path.appending("link").string) == 0)
      #expect(unsafe symlink("two", rebuilt.path.appending("link").string) == 0)
      try shipped.write("only", [1])
      try rebuilt.makeFolder("empty")
    }
    #expect(
      Set(ComparedBytes.lines(comparison.differences)) == [
        "sub/7|line 1|text", "sub/8|mode|value", "link|link target|value", "only||missing", "empty||extra",
      ])
  }

  @Test func renamedFilesAreFound() async throws {
    let text = Array((0..<400).map { "line number \($0)\n" }.joined().utf8)
    let comparison = try await compare { shipped, rebuilt in
      try shipped.write("sub/old", text)
      try rebuilt.write("sub/deep/new", text + Array("more\n".utf8))
    }
    #expect(
      ComparedBytes.lines(comparison.differences) == [
        "sub/old → sub/deep/new|name|moved", "sub/old → sub/deep/new|lines -400,0 +401|extra",
      ])
  }

  @Test func versionsInNamesAreNoOtherNames() async throws {
    let comparison = try await compare { shipped, rebuilt in
      for (folder, version) in [(shipped, "6.1.0-47"), (rebuilt, "6.1.0-50")] {
        try folder.makeFolder("lib/\(version)")
        for name in ["a", "b", "c"] { try folder.write("lib/\(version)/\(name)", Array(name.utf8)) }
      }
    }
    #expect(comparison.differences.allSatisfy { $0.kind == .moved })
    #expect(comparison.differences.count == 4)
  }

  @Test func linksAreNotFollowed() async throws {
    let comparison = try await compare { shipped, rebuilt in
      #expect(unsafe symlink("/etc", shipped.path.appending("etc").string) == 0)
      #expect(unsafe symlink("/etc", rebuilt.path.appending("etc").string) == 0)
    }
    #expect(comparison.equal)
  }

  @Test func aFolderIsNoFile() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", [1])
    await #expect(throws: ComparisonError.self) {
      try await Comparison.compare(shipped: folder.path, rebuilt: file)
    }
  }
}
