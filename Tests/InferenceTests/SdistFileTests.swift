import SystemPackage
import TestFixtures
import Testing

@testable import Inference

@Suite struct SdistFileTests {
  private static let metadata = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"

  /// Compresses a tar and writes it under a name.
  private func write(_ tar: TarBuilder, _ name: String, in folder: TemporaryFolder) throws -> FilePath {
    let plain = try folder.write("plain.tar", tar.finished())
    let run = try FixtureProcess.shell("gzip -9nc \"$1\" > \"$2\"", [plain.string, folder.path.appending(name).string])
    try #require(run.status == 0, "\(run.errors)")
    return folder.path.appending(name)
  }

  @Test(arguments: [
    ("thing-1.0.tar.gz", "thing-1.0"), ("a-thing-1.0rc1.zip", "a-thing-1.0rc1"), ("thing.tar.gz", nil),
    ("thing-source.tar.gz", nil), ("-1.0.tar.gz", nil), ("thing-1.0.deb", nil), ("thing-1.0.whl", nil),
  ])
  func namesTell(name: String, stem: String?) { #expect(SdistFile.stem(name) == stem) }

  @Test func entriesAreAsTarHasThem() throws {
    let folder = try TemporaryFolder()
    var tar = TarBuilder(.ustar)
    var header = TarBuilder.Header("thing-1.0/thing.py")
    header.modified = 1_600_000_000
    header.mode = 0o755
    header.owner = 1001
    header.ownerName = "maker"
    header.groupName = "makers"
    tar.entry(header, Array("1\n".utf8))
    tar.file("thing-1.0/PKG-INFO", Self.metadata)
    let path = try write(tar, "thing-1.0.tar.gz", in: folder)
    #expect(SdistFile.isOne(path))
    let sdist = try SdistFile(path, fileName: "thing-1.0.tar.gz")
    #expect(sdist.name == "thing" && sdist.version == "1.0" && sdist.folder == "thing-1.0")
    #expect(sdist.gzip == GzipHeader(time: 0, level: 2, system: 3) && sdist.dialect == .ustar)
    let entry = try #require(sdist.entries.first)
    #expect(entry.path == "thing.py" && entry.time == 1_600_000_000 && !entry.hasFraction && entry.mode == 0o755)
    #expect(entry.owner.user == "maker" && entry.owner.userID == 1001 && entry.owner.group == "makers")
  }

  @Test(arguments: TarBuilder.Dialect.allCases) func everyDialectIsRead(dialect: TarBuilder.Dialect) throws {
    let folder = try TemporaryFolder()
    var tar = TarBuilder(dialect)
    tar.file("thing-1.0/PKG-INFO", Self.metadata)
    let path = try write(tar, "thing-1.0.tar.gz", in: folder)
    #expect(try SdistFile(path, fileName: "thing-1.0.tar.gz").name == "thing")
  }

  @Test func whatIsNoSourceDistributionIsNotTaken() throws {
    let folder = try TemporaryFolder()
    var tar = TarBuilder()
    tar.file("thing-1.0/README", "no metadata")
    #expect(!SdistFile.isOne(try write(tar, "thing-1.0.tar.gz", in: folder)))
    tar.file("thing-1.0/deep/PKG-INFO", Self.metadata)
    #expect(!SdistFile.isOne(try write(tar, "thing-1.0.tar.gz", in: folder)))
    tar.file("thing-1.0/PKG-INFO", Self.metadata)
    #expect(!SdistFile.isOne(try write(tar, "thing.tar.gz", in: folder)))
    #expect(SdistFile.isOne(try write(tar, "thing-1.0.tar.gz", in: folder)))
    tar.file("other/x", "a second top")
    #expect(!SdistFile.isOne(try write(tar, "thing-1.0.tar.gz", in: folder)))
    #expect(!SdistFile.isOne(folder.path.appending("nowhere-1.0.tar.gz")))
    #expect(!SdistFile.isOne(try folder.write("text-1.0.tar.gz", "text")))
  }

  @Test func gzipHeadersAreReadWithinBounds() {
    let whole: [UInt8] = [0x1F, 0x8B, 8, 8, 1, 2, 0, 0, 2, 255, 0x61, 0x62, 0, 9]
    #expect(GzipHeader(whole) == GzipHeader(time: 513, level: 2, system: 255, name: "ab"))
    for count in 0..<10 { #expect(GzipHeader(Array(whole[..<count])) == nil) }
    #expect(GzipHeader(Array(whole[..<12]))?.name == nil)
  }

  @Test(arguments: [
    ("1.27.3", ["1.27.3", "1.27", "1.26"]), ("3.0", ["3.0"]), ("7", ["7"]), ("75.8.0", ["75.8.0", "75.8", "75.7"]),
  ])
  func olderVersionsAreTriedInSteps(version: String, bounds: [String]) {
    #expect(SdistMoves.olderBounds(version) == bounds)
  }

  /// Packs one file with a time that has a fraction, and prints its header's device number, time, magic and pax time.
  private static let packer = """
    import io, tarfile
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        item = tarfile.TarInfo("x")
        item.mtime = 1600000000.5
        archive.addfile(item)
    packed.seek(0)
    entry = tarfile.open(fileobj=packed).getmembers()[0]
    header = packed.getvalue()[entry.offset_data - 512:entry.offset_data]
    print(header[329:337], int(header[136:147], 8), header[257:265], entry.pax_headers.get("mtime"))
    """

  @Test(arguments: [
    (false, "b'0000000\\x00' 0 b'ustar\\x0000' 1600000000.5\n"),
    (true, "b'0000000\\x00' 1600000000 b'ustar  \\x00' None\n"),
  ])
  func pythonWritesAsItsOldVersionsDid(isGNU: Bool, expected: String) throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("pack.py", Self.packer)
    let run = try FixtureProcess.shell(
      """
      mkdir "$1/tree" && cd "$1/tree"
      \(OldPythonImitation.command(isGNU: isGNU))
      PYTHONPATH=\(OldPythonImitation.folder) python3 "$2"
      """, [folder.path.string, script.string])
    guard run.status != 127 else {
      print("SKIP: this machine has no python3 to pack with")
      return
    }
    #expect(run.output == expected, "\(run.errors)")
  }
}
