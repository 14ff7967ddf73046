import Digests
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Environments

/// A binary package that a test makes.
struct PackageFixture {
  var name = "tool"
  var version = "1:2.0-1"
  var extra = ""
  var time = 1_600_000_000
  var control: String { "Package: \(name)\nVersion: \(version)\nArchitecture: all\n\(extra)Description: a tool\n" }

  /// The file's bytes; the control archive is not compressed.
  var bytes: [UInt8] {
    var builder = ArBuilder()
    builder.member("debian-binary", Array("2.0\n".utf8))
    builder.member(
      "control.tar",
      TarBuilder.archive {
        $0.file("./md5sums", "x"); $0.file("./control", control)
      })
    builder.member("data.tar", TarBuilder.archive { $0.file("./usr/bin/tool", "x") })
    var bytes = builder.bytes
    let digits = Array("\(time)".utf8)
    bytes.replaceSubrange(8 + 16..<8 + 16 + digits.count, with: digits)
    return bytes
  }

  func locked() -> LockedPackage {
    LockedPackage(
      name: name, version: version, architecture: "all",
      file: LockedFile(name: "tool.deb", sha256: .of(bytes), size: Int64(bytes.count)))
  }
}

@Suite struct DebianControlTests {
  @Test func readsFieldsWithContinuations() throws {
    let text = "Package: a\nDescription: one\n two\n .\n three\n\n\nPackage:b\n# a comment\nEmpty:\n"
    let paragraphs = try #require(DebianControl.paragraphs(Array(text.utf8)))
    #expect(paragraphs.count == 2)
    #expect(paragraphs[0]["description"] == "one\n two\n .\n three")
    #expect(paragraphs[1]["PACKAGE"] == "b" && paragraphs[1]["Empty"] == "" && paragraphs[1]["None"] == nil)
    #expect(paragraphs[0].text == "Package: a\nDescription: one\n two\n .\n three\n")
  }

  @Test(arguments: [" continuation first\n", "no colon\n", ": no name\n"])
  func whatIsNoControlIsRefused(text: String) {
    #expect(DebianControl.paragraphs(Array(text.utf8)) == nil)
  }

  @Test func readsAPackageFile() throws {
    let folder = try TemporaryFolder()
    let package = PackageFixture()
    let file = try DebianPackageFile(try folder.write("tool.deb", package.bytes), expecting: package.locked())
    #expect(file.time == 1_600_000_000)
    #expect(file.control["Description"] == "a tool")
  }

  @Test func anotherPackageThanTheLockedOneIsRefused() throws {
    let folder = try TemporaryFolder()
    let package = PackageFixture()
    var locked = package.locked()
    locked.version = "1:2.0-2"
    let path = try folder.write("tool.deb", package.bytes)
    let error = environmentError { _ = try DebianPackageFile(path, expecting: locked) }
    #expect(error?.code == .input)
    #expect(error?.details == ["Version in the lock: 1:2.0-2", "Version in the file: 1:2.0-1"])
  }

  @Test(arguments: ["", "!<arch>\n", "hello", "two paragraphs"])
  func brokenPackageFilesAreRefused(kind: String) throws {
    let folder = try TemporaryFolder()
    var package = PackageFixture()
    if kind == "two paragraphs" { package.extra = "X: y\n\n" }
    let bytes = kind == "two paragraphs" ? package.bytes : Array(kind.utf8)
    let path = try folder.write("tool.deb", bytes)
    #expect(environmentError { _ = try DebianPackageFile(path, expecting: package.locked()) }?.code == .input)
  }

  @Test func theIndexSaysOnlyWhatTheLockSays() throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    var package = PackageFixture()
    package.extra = "Filename: ../../etc/passwd\nSHA256: 00\nsize: 1\n"
    try store.insert(bytes: package.bytes)
    let repository = try PackageRepository([package.locked()], store: store, at: folder.path.appending("repository"))
    let index = String(decoding: try folder.read("repository/Packages"), as: UTF8.self)
    let digest = package.locked().file.sha256
    #expect(
      index == """
        Package: tool
        Version: 1:2.0-1
        Architecture: all
        Description: a tool
        Filename: ./\(digest).deb
        Size: \(package.bytes.count)
        SHA256: \(digest)


        """)
    #expect(repository.newest == 1_600_000_000)
    #expect(try folder.read("repository/\(digest).deb") == package.bytes)
  }

  @Test(arguments: ["-o", "a b", "?essential", "~i", "A", "a", "", "tool,x"])
  func namesThatMeanSomethingToAptAreRefused(name: String) throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    var locked = PackageFixture().locked()
    locked.name = name
    let error = environmentError { _ = try PackageRepository([locked], store: store, at: folder.path.appending("r")) }
    #expect(error?.message.contains("is no name and version") == true)
  }

  @Test func aMissingPackageIsNamed() throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    let locked = PackageFixture().locked()
    let error = environmentError { _ = try PackageRepository([locked], store: store, at: folder.path.appending("r")) }
    #expect(error?.inconclusive == .missingInput)
    #expect(error?.description.contains("the package tool is not in the store") == true)
    #expect(error?.details.contains("SHA-256 \(locked.file.sha256)") == true)
  }

  @Test func whatIsInstalledMustBeWhatIsLocked() throws {
    let fixture = try LayerFixture()
    func problems(_ status: String) -> [String]? {
      environmentError {
        let tree = try fixture.tree(TarBuilder.archive { $0.file("var/lib/dpkg/status", status) })
        try InstalledPackages.check(tree, spool: fixture.spool, against: [PackageFixture().locked()])
      }?.details
    }
    let sound = "Package: tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1:2.0-1\n"
    #expect(problems(sound) == nil)
    #expect(problems(sound + "\n" + sound.replacing("tool", with: "other"))?.count == 1)
    #expect(problems(sound.replacing("2.0-1", with: "2.0-2"))?.count == 2)
    #expect(problems(sound.replacing("ok installed", with: "ok half-configured"))?.count == 2)
    #expect(problems("")?.count == 1)
  }
}
