import Model
import RecipeFormat

@testable import Inference

/// A source distribution and its tree as values, for rules; the defaults are hatchling's.
struct SdistFixture {
  static let built: Int64 = 1_733_333_724
  static let sourced: Int64 = 1_733_329_206

  var backend: String? = "hatchling.build"
  var requires = "hatchling"
  var metadata = "Metadata-Version: 2.4\nName: thing\nVersion: 1.0\n"
  var entries: [SdistFile.Entry] = []
  var members: [SourceListing.Member] = []
  var sources: [String: String] = [:]
  var dialect = SdistFile.Dialect.ustar
  var gzip: GzipHeader? = GzipHeader(time: WheelTime.hatchling)
  var numbersDevices = false
  var uploaded: Int64? = built + 2

  /// A module that has the tree's bytes, and the PKG-INFO that the build made.
  init() {
    copied("thing.py", time: WheelTime.hatchling)
    made("PKG-INFO", time: WheelTime.hatchling)
  }

  /// One that setuptools made as the user `maker`, of a tree that was checked out at once.
  static var setuptools: SdistFixture {
    var fixture = SdistFixture()
    fixture.backend = nil
    fixture.metadata = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\nLicense-File: LICENSE\n"
    fixture.entries = []
    fixture.members = []
    fixture.dialect = .pax
    fixture.gzip = GzipHeader(time: built)
    let owner = SdistOwner(user: "maker", userID: 1001, group: "makers", groupID: 127)
    fixture.made("", time: built, nanoseconds: 250_000_000, mode: 0o755, owner: owner, isFolder: true)
    fixture.copied("LICENSE", time: built - 10, owner: owner)
    fixture.copied("thing.py", time: built - 10, owner: owner)
    fixture.made("PKG-INFO", time: built, nanoseconds: 250_000_000, owner: owner)
    return fixture
  }

  mutating func copied(
    _ path: String, time: Int64, nanoseconds: Int64 = 0, mode: UInt16 = 0o644, sourceMode: UInt32 = 0o644,
    owner: SdistOwner = .nobody
  ) {
    let crc = UInt32(path.utf8.count)
    members.append(.init(path: path, time: Self.sourced, mode: sourceMode, size: 10, crc32: crc))
    entries.append(
      .init(
        path: path, isFolder: false, time: time, nanoseconds: nanoseconds, mode: mode, owner: owner, size: 10,
        crc32: crc))
  }

  mutating func made(
    _ path: String, time: Int64, nanoseconds: Int64 = 0, mode: UInt16 = 0o644, owner: SdistOwner = .nobody,
    isFolder: Bool = false
  ) {
    entries.append(
      .init(
        path: path, isFolder: isFolder, time: time, nanoseconds: nanoseconds, mode: mode, owner: owner,
        size: isFolder ? 0 : 20, crc32: 99))
  }

  mutating func changeAll(_ body: (inout SdistFile.Entry) -> Void) {
    for index in entries.indices { body(&entries[index]) }
  }

  var facts: SdistFacts {
    get throws {
      guard let python = TargetPython.of(suite: "bookworm") else { throw InferenceError("no Python") }
      var sdist = SdistFile(
        fileName: "thing-1.0.tar.gz", folder: "thing-1.0", entries: entries, dialect: dialect, gzip: gzip,
        metadata: metadata)
      sdist.numbersDevices = numbersDevices
      var texts = sources
      if let backend, texts["pyproject.toml"] == nil {
        texts["pyproject.toml"] = "[build-system]\nrequires = ['\(requires)']\nbuild-backend = '\(backend)'\n"
      }
      return SdistFacts(
        sdist: sdist, source: SourceListing(members: members, texts: texts), uploaded: uploaded, python: python)
    }
  }

  /// The plan and inferences of all rules.
  func inferred() throws -> (plan: SdistPlan, inferences: [Inference]) {
    let facts = try facts
    var plan = SdistPlan()
    var inferences: [Inference] = []
    for rule in SdistRule.all { inferences += rule.apply(facts, &plan) }
    return (plan, inferences)
  }
}
