import Comparing
import Glibc
import Model
import SystemPackage
import TestFixtures
import Testing

@Suite struct BriefComparisonTests {
  private func places(_ change: (TemporaryFolder, TemporaryFolder) throws -> Void) async throws -> [String] {
    let (shipped, rebuilt) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [shipped, rebuilt] {
      try folder.makeFolder("sub/deep")
      for index in 0..<600 { try folder.write("sub/\(index)", Array("file \(index)\n".utf8)) }
    }
    try change(shipped, rebuilt)
    let whole = try await Comparison.compare(shipped: shipped.path, rebuilt: rebuilt.path)
    let brief = try await BriefComparison.compare(shipped: shipped.path, rebuilt: rebuilt.path)
    #expect(brief.verdict == whole.verdict)
    let back = try await BriefComparison.compare(shipped: rebuilt.path, rebuilt: shipped.path)
    #expect(back.places.map(\.path) == brief.places.map(\.path))
    return brief.places.map { "\($0.path ?? "") \($0.kind)" }
  }

  @Test func equalFolders() async throws {
    #expect(try await places { _, _ in }.isEmpty)
  }

  @Test func eachKind() async throws {
    let found = try await places { shipped, rebuilt in
      try shipped.write("sub/7", Array("file 8\n".utf8))
      try shipped.write("sub/77", Array("file 77\nmore".utf8))
      #expect(unsafe chmod(rebuilt.path.appending("sub/8").string, 0o755) == 0)
      #expect(unsafe symlink("one", shipped.path.appending("link").string) == 0)
      #expect(unsafe symlink("two", rebuilt.path.appending("link").string) == 0)
      try shipped.write("only", [1])
      try rebuilt.makeFolder("empty")
      try shipped.makeFolder("what")
      try rebuilt.write("what", [])
    }
    #expect(
      found == [
        "empty extra", "link target", "only missing", "sub/7 bytes(offset: 5)", "sub/77 bytes(offset: 8)", "sub/8 mode",
        "what type",
      ])
  }

  /// Files of several stretches, where a later difference may be found before an earlier one.
  @Test(arguments: [0, 1, 255 << 10, 16 << 20, (33 << 20) - 1])
  func firstOfManyDifferences(first: Int) async throws {
    let folder = try TemporaryFolder()
    var bytes = [UInt8](repeating: 7, count: 33 << 20)
    let shipped = try folder.write("shipped", bytes)
    for place in [first, first + 5 << 20, 32 << 20] where place >= first && place < bytes.count { bytes[place] = 8 }
    let rebuilt = try folder.write("rebuilt", bytes + [9])
    let brief = try await BriefComparison.compare(shipped: shipped, rebuilt: rebuilt)
    #expect(brief.places.map(\.kind) == [.bytes(offset: Int64(first))])
    try folder.write("rebuilt", bytes.map { _ in 7 } + [9])
    let longer = try await BriefComparison.compare(shipped: shipped, rebuilt: rebuilt)
    #expect(longer.places.map(\.kind) == [.bytes(offset: Int64(bytes.count))])
  }

  @Test func whatIsNoFileIsRefused() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", [1])
    await #expect(throws: ComparisonError.self) {
      try await BriefComparison.compare(shipped: file, rebuilt: folder.path)
    }
    await #expect(throws: ComparisonError.self) {
      try await BriefComparison.compare(shipped: file, rebuilt: folder.path.appending("none"))
    }
  }
}
