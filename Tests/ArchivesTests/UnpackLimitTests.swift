import Archives
import Model
import SystemPackage
import TestFixtures
import Testing

@Suite struct UnpackLimitTests {
  @Test(arguments: [
    ("bytes", UnpackLimits(bytes: 99)), ("entries", UnpackLimits(entries: 2)), ("depth", UnpackLimits(depth: 2)),
    ("names", UnpackLimits(nameBytes: 5)),
  ])
  func limit(name: String, limits: UnpackLimits) throws {
    var tar = TarBuilder()
    tar.file("a", String(repeating: "x", count: 60))
    tar.file("b/c/d", String(repeating: "x", count: 40))
    let folder = try TemporaryFolder()
    let error = #expect(throws: ArchiveError.self) {
      try unpack(tar.finished(), in: folder, options: UnpackOptions(limits: limits))
    }
    #expect(error?.code == .limit(name))
    #expect(error?.inconclusive == .limitHit)
    #expect(error?.advice != nil)
    #expect(try leftovers(folder).isEmpty)
    try unpack(
      tar.finished(), in: folder,
      options: UnpackOptions(limits: UnpackLimits(bytes: 100, entries: 4, depth: 3, nameBytes: 8)))
  }

  @Test func sizeThatIsOnlyDeclaredIsRefusedBeforeAnythingIsWritten() throws {
    var header = TarBuilder.Header("huge")
    header.size = 0o77777777777
    var tar = TarBuilder()
    tar.entry(header)
    let folder = try TemporaryFolder()
    let error = #expect(throws: ArchiveError.self) {
      try unpack(tar.finished(), in: folder, options: UnpackOptions(limits: UnpackLimits(bytes: 1 << 30)))
    }
    #expect(error?.code == .limit("bytes"))
  }

  /// 96 MiB of zeros in a few kilobytes.
  @Test func bomb() throws {
    let folder = try TemporaryFolder()
    let made = try FixtureProcess.shell(
      "head -c 100663296 /dev/zero >\"$1/zeros\" && tar -C \"$1\" -c zeros | xz -1 >\"$1/archive\" && rm \"$1/zeros\"",
      [folder.path.string])
    #expect(made.status == 0, "\(made.errors)")
    let error = #expect(throws: ArchiveError.self) {
      try Unpacker.unpack(folder.path.appending("archive"), into: folder.path.appending("target"))
    }
    #expect(error?.code == .limit("ratio"))
    #expect(try leftovers(folder).isEmpty)
  }
}
