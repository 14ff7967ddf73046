import FoundationEssentials
import SystemPackage
import TestFixtures
import Testing

/// The house of `Documentation/Architecture.md`, asserted from what SwiftPM itself says of the package.
@Suite struct FloorTests {
  /// Each target's floor; an import must lead to a lower one.
  static let floors: [String: Int] = [
    "CLibArchive": 0, "COpenSSL": 0, "CSeccomp": 0, "CZlib": 0, "Model": 0,
    "Digests": 1, "Processes": 1, "Formats": 1, "Causes": 1, "Signatures": 1, "Keys": 1,
    "Archives": 2, "Store": 2, "Sandbox": 2, "TransparencyLog": 2,
    "RecipeFormat": 3, "SourceTrees": 3, "Comparing": 3, "Evidence": 3, "Fetching": 4, "Drops": 4,
    "Policies": 4,
    "Environments": 5,
    "Rebuilding": 6, "Reports": 6,
    "Checking": 7, "Inference": 7,
    "Commands": 8,
    "verbatim": 9,
  ]

  static let strictFeatures = [
    "ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault", "NonisolatedNonsendingByDefault",
  ]

  let package: Package

  init() throws {
    let scratch = try TemporaryFolder()
    let dump = try FixtureProcess.shell(
      "swift package --package-path \"$1\" --scratch-path \"$2\" dump-package",
      [Checkout.root.string, scratch.path.string])
    try #require(dump.status == 0, "\(dump.errors)")
    package = try JSONDecoder().decode(Package.self, from: Data(dump.output.utf8))
  }

  @Test func everyImportLeadsDown() throws {
    for target in package.targets where target.type != "test" && target.name != "TestFixtures" {
      let floor = try #require(Self.floors[target.name], "\(target.name) has no floor")
      for imported in target.dependencies.compactMap(\.targetName) {
        let lower = try #require(Self.floors[imported], "\(imported) has no floor")
        #expect(lower < floor, "\(target.name) on floor \(floor) imports \(imported) on floor \(lower)")
      }
    }
  }

  @Test func everyFolderIsATargetWithItsTests() throws {
    let names = Set(package.targets.map(\.name))
    let folders = try Checkout.names(in: "Sources")
    #expect(Set(folders) == Set(Self.floors.keys))
    for target in package.targets where target.type == "regular" && target.name != "TestFixtures" {
      #expect(names.contains(target.name + "Tests"), "\(target.name) has no tests")
    }
  }

  @Test func everyTargetIsStrict() {
    for target in package.targets where target.type != "system-target" && target.type != "system" {
      let settings = (target.settings ?? []).map(\.kind)
      for feature in Self.strictFeatures {
        #expect(settings.contains { $0["enableUpcomingFeature"] == feature }, "\(target.name) lacks \(feature)")
      }
      #expect(settings.contains { $0.keys.contains("strictMemorySafety") }, "\(target.name) is not memory safe")
      #expect(settings.contains { $0["treatAllWarnings"] == "error" }, "\(target.name) lets warnings pass")
      #expect(settings.contains { $0["swiftLanguageMode"] == "6" }, "\(target.name) is not in Swift 6 mode")
    }
  }

  @Test(arguments: [("Comparing", "Sandbox"), ("Comparing", "Processes"), ("Reports", "Store")])
  func neverImports(room: String, forbidden: String) throws {
    let target = try #require(package.targets.first { $0.name == room })
    #expect(!target.dependencies.compactMap(\.targetName).contains(forbidden))
  }

  @Test func noRoomIsAJunkDrawer() throws {
    let files = try Checkout.swiftFiles()
    for file in files {
      for name in ["Utils", "Util", "Common", "Helpers", "Helper", "Manager"] {
        #expect(!(file.stem ?? "").hasSuffix(name), "\(file)")
      }
    }
    #expect(files.count > 20)
  }

  @Test func everyFileIsOneJob() throws {
    for file in try Checkout.swiftFiles() {
      let lines = try TemporaryFolder.read(file).count { $0 == UInt8(ascii: "\n") }
      #expect(lines <= 400, "\(file) has \(lines) lines")
    }
  }
}

/// The parts of `swift package dump-package` that the tests read.
struct Package: Decodable {
  struct Target: Decodable {
    let name: String
    let type: String
    let dependencies: [Dependency]
    let settings: [Setting]?
  }

  /// `{"byName": ["Model", null]}` or `{"target": […]}`; products of other packages have no target name.
  struct Dependency: Decodable {
    let byName: [String?]?
    let target: [String?]?
    var targetName: String? { (byName ?? target)?.first ?? nil }

    enum CodingKeys: CodingKey { case byName, target }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      byName = try? fields.decodeIfPresent([String?].self, forKey: .byName)
      target = try? fields.decodeIfPresent([String?].self, forKey: .target)
    }
  }

  struct Setting: Decodable {
    let kind: [String: String]

    enum CodingKeys: CodingKey { case kind }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      kind = try fields.decode([String: SettingValue].self, forKey: .kind).mapValues(\.text)
    }
  }

  /// `{"_0": "error"}`, or an empty object for a switch.
  struct SettingValue: Decodable {
    let text: String

    enum CodingKeys: String, CodingKey { case value = "_0" }

    init(from decoder: any Decoder) throws {
      text = (try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .value)) ?? ""
    }
  }

  let targets: [Target]
}
