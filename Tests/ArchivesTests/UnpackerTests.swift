import Archives
import Glibc
import Model
import SystemPackage
import TestFixtures
import Testing

/// Unpacks an archive given as bytes into `target` of a folder.
@discardableResult
func unpack(
  _ bytes: [UInt8], in folder: TemporaryFolder, options: UnpackOptions = UnpackOptions(),
  observer: (any UnpackObserver)? = nil, isCancelled: @escaping () -> Bool = { false }
) throws -> UnpackedTree {
  let archive = try folder.write("archive", bytes)
  return try Unpacker.unpack(
    archive, into: folder.path.appending("target"), options: options, observer: observer, isCancelled: isCancelled)
}

/// What `lstat` says of a file below a folder.
func status(_ folder: TemporaryFolder, _ name: String) throws -> stat {
  var status = stat()
  guard unsafe lstat(folder.path.appending(name).string, &status) == 0 else { throw Errno(rawValue: errno) }
  return status
}

/// The names in a folder but for the archive itself.
func leftovers(_ folder: TemporaryFolder) throws -> [String] {
  let listing = try FixtureProcess.shell("ls -A \"$1\"", [folder.path.string])
  return listing.output.split(separator: "\n").map(String.init).filter { $0 != "archive" }
}

@Suite struct UnpackerTests {
  @Test(arguments: HostileArchive.refused) func refused(hostile: HostileArchive) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: ArchiveError.self) { try unpack(hostile.bytes, in: folder) }
    #expect(error?.code == .refused(hostile.rule), "\(error?.description ?? "")")
    #expect(UnpackRule.rule(hostile.rule).action == .refused)
    #expect(try leftovers(folder).isEmpty)
    #expect(unsafe access("/tmp/verbatim-escaped", F_OK) != 0)
  }

  @Test(arguments: HostileArchive.recorded) func recorded(hostile: HostileArchive) throws {
    let folder = try TemporaryFolder()
    let tree = try unpack(hostile.bytes, in: folder)
    #expect(tree.findings.map(\.rule) == [hostile.rule])
    #expect(UnpackRule.rule(hostile.rule).action == .recorded)
    #expect(try leftovers(folder) == ["target"])
  }

  @Test func everyRuleIsTried() {
    let tried = Set((HostileArchive.refused + HostileArchive.recorded).map(\.rule))
    // Tried by tests of their own: truncation, and warnings of libarchive; owners need a user who is not root.
    let elsewhere: Set<UnpackRule.Name> = [.cutArchive, .missingEnd, .readerWarning, .ownerNotKept]
    #expect(tried.union(elsewhere) == Set(UnpackRule.Name.allCases))
    #expect(Set(UnpackRule.all.map(\.name)) == Set(UnpackRule.Name.allCases))
    #expect(UnpackRule.all.count == UnpackRule.Name.allCases.count)
  }

  @Test func metadataSurvive() throws {
    var tar = TarBuilder(.pax)
    func entry(_ name: String, _ type: Character, _ mode: Int, _ time: String, _ target: String = "") {
      var header = TarBuilder.Header(name)
      header.type = type
      header.mode = mode
      header.target = Array(target.utf8)
      header.ownerName = "builder"
      header.extended = [("mtime", Array(time.utf8))]
      if type == "0" { header.extended.append(("SCHILY.xattr.user.note", Array("kept".utf8))) }
      tar.entry(header, type == "0" ? Array("data".utf8) : [])
    }
    entry("d/", "5", 0o2755, "1111111111.000000001")
    entry("d/f", "0", 0o640, "1222222222.123456789")
    entry("d/l", "2", 0o777, "1333333333.5", "f")
    entry("d/h", "1", 0o640, "1222222222.123456789", "d/f")
    entry("d/closed/", "5", 0o555, "1444444444.999999999")
    entry("d/closed/x", "0", 0o400, "-5")
    let folder = try TemporaryFolder()
    let tree = try unpack(tar.finished(), in: folder)
    let directory = try status(folder, "target/d")
    #expect(directory.st_mode & 0o7777 == 0o755)
    #expect(directory.st_mtim.tv_sec == 1_111_111_111 && directory.st_mtim.tv_nsec == 1)
    let file = try status(folder, "target/d/f")
    #expect(file.st_mode & 0o7777 == 0o640)
    #expect(file.st_mtim.tv_sec == 1_222_222_222 && file.st_mtim.tv_nsec == 123_456_789)
    #expect(file.st_nlink == 2)
    #expect(try status(folder, "target/d/h").st_ino == file.st_ino)
    let link = try status(folder, "target/d/l")
    #expect(link.st_mode & S_IFMT == S_IFLNK)
    #expect(link.st_mtim.tv_sec == 1_333_333_333 && link.st_mtim.tv_nsec == 500_000_000)
    let closed = try status(folder, "target/d/closed")
    #expect(closed.st_mode & 0o7777 == 0o555)
    #expect(closed.st_mtim.tv_sec == 1_444_444_444 && closed.st_mtim.tv_nsec == 999_999_999)
    let old = try status(folder, "target/d/closed/x")
    #expect(old.st_mtim.tv_sec == -5)
    #expect(tree.nodes.compactMap(\.owner?.userName).allSatisfy { $0 == "builder" })
    try expectAttribute(folder, "target/d/f", "user.note", "kept", tree)
  }

  private func expectAttribute(
    _ folder: TemporaryFolder, _ name: String, _ attribute: String, _ value: String, _ tree: UnpackedTree
  ) throws {
    let result = try FixtureProcess.shell(
      "python3 -c 'import os,sys; print(os.getxattr(sys.argv[1], sys.argv[2]).decode())' \"$1\" \"$2\"",
      [folder.path.appending(name).string, attribute])
    guard result.status == 0 else {
      // Not every file system has them; then it must have been recorded.
      print("SKIP: extended attributes cannot be read here: \(result.errors)")
      #expect(result.errors.contains("not found") || tree.findings.map(\.rule).contains(.attributeNotKept))
      return
    }
    #expect(result.output == value + "\n")
  }

  @Test func ownerIsSetWhenAskedFor() throws {
    var tar = TarBuilder()
    var header = TarBuilder.Header("f")
    header.owner = 1234
    header.group = 4321
    tar.entry(header)
    header.type = "2"
    header.name = Array("l".utf8)
    header.target = Array("f".utf8)
    tar.entry(header)
    let folder = try TemporaryFolder()
    let tree = try unpack(tar.finished(), in: folder, options: UnpackOptions(keepsOwner: true))
    if getuid() == 0 {
      for name in ["f", "l"] {
        let status = try status(folder, "target/\(name)")
        #expect(status.st_uid == 1234 && status.st_gid == 4321)
      }
      #expect(tree.findings.isEmpty)
    } else {
      #expect(tree.findings.map(\.rule) == [.ownerNotKept, .ownerNotKept])
    }
  }

  @Test func optionsForRootFileSystems() throws {
    var tar = TarBuilder()
    tar.file("su", "x", mode: 0o4755)
    var device = TarBuilder.Header("null")
    device.type = "3"
    tar.entry(device)
    let folder = try TemporaryFolder()
    let tree = try unpack(
      tar.finished(), in: folder, options: UnpackOptions(keepsSetIDBits: true, skipsSpecialFiles: true))
    #expect(try status(folder, "target/su").st_mode & 0o7777 == 0o4755)
    #expect(Set(tree.findings.map(\.rule)) == [.setIDBits, .specialFile])
    #expect(throws: Errno.self) { try status(folder, "target/null") }
  }

  @Test func singleTopFolderIsStripped() throws {
    var tar = TarBuilder()
    tar.folder("pkg-1.0/", mode: 0o555)
    tar.file("pkg-1.0/a/b", "x")
    let folder = try TemporaryFolder()
    let tree = try unpack(tar.finished(), in: folder, options: UnpackOptions(stripsSingleTopFolder: true))
    #expect(try status(folder, "target/a/b").st_size == 1)
    #expect(try status(folder, "target").st_mode & 0o7777 == 0o555)
    #expect(tree.path(of: tree.nodes.count - 1) == Array("a/b".utf8))
    #expect(try leftovers(folder) == ["target"])
  }

  @Test func targetThatIsThereIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    _ = try FixtureProcess.shell("mkdir \"$1/target\" && echo mine >\"$1/target/mine\"", [folder.path.string])
    var tar = TarBuilder()
    tar.file("a")
    let error = #expect(throws: ArchiveError.self) { try unpack(tar.finished(), in: folder) }
    #expect(error?.code == .unwritable)
    #expect(try folder.read("target/mine") == Array("mine\n".utf8))
    #expect(try leftovers(folder) == ["target"])
  }

  @Test func cancellingLeavesNothing() throws {
    var tar = TarBuilder()
    tar.file("a", "x")
    tar.file("b", "x")
    let folder = try TemporaryFolder()
    var asked = 0
    #expect(throws: CancellationError.self) {
      try unpack(tar.finished(), in: folder) {
        asked += 1
        return asked > 2
      }
    }
    #expect(try leftovers(folder).isEmpty)
  }
}
