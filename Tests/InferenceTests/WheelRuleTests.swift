import Model
import RecipeFormat
import Testing

@testable import Inference

/// One test for each rule of the list, and that all of them together explain themselves.
@Suite struct WheelRuleTests {
  @Test func everyRuleHasItsOwnNameAndWords() {
    #expect(Set(WheelRule.all.map(\.name)).count == WheelRule.all.count)
    for rule in WheelRule.all {
      #expect(!rule.evidence.isEmpty && !rule.conclusion.isEmpty)
    }
  }

  @Test func requirementsComeFromPyprojectAndSetupFiles() throws {
    var fixture = WheelFixture()
    fixture.sources["pyproject.toml"] =
      "[build-system]\nrequires = [\n  'setuptools>=61', # why\n  \"setuptools-scm[toml]\"]\n"
    fixture.sources["setup.cfg"] = "[options]\nsetup_requires =\n  pbr>=2\nzip_safe = false\n"
    fixture.sources["setup.py"] = "setup(setup_requires=['cffi>=1'], x=1)"
    let plan = try fixture.inferred().plan
    #expect(plan.requires.map(\.name) == ["setuptools", "setuptools-scm", "pbr", "cffi"])
    #expect(plan.backend == "setuptools.build_meta:__legacy__")
  }

  @Test func withoutPyprojectItIsSetuptools() throws {
    let plan = try WheelFixture().inferred().plan
    #expect(plan.requires.map(\.name) == ["setuptools"])
  }

  @Test func nothingIsNewerThanTheUpload() throws {
    var fixture = WheelFixture()
    #expect(try fixture.inferred().plan.newest == WheelFixture.built + 2)
    fixture.uploaded = nil
    #expect(try fixture.inferred().plan.newest == WheelFixture.built + 86_400)
  }

  @Test(arguments: [
    ("flit 3.12.0", "flit-core", "3.12.0"), ("hatchling 1.25.0", "hatchling", "1.25.0"),
    ("poetry-core 2.3.1", "poetry-core", "2.3.1"), ("poetry 1.0.8", "poetry-core", "1.0.8"),
    ("pdm-backend (2.5.0)", "pdm-backend", "2.5.0"), ("bdist_wheel (0.41.2)", "wheel", "0.41.2"),
    ("setuptools (75.6.0)", "setuptools", "75.6.0"),
  ])
  func generatorPinsTheBackEnd(generator: String, project: String, version: String) throws {
    var fixture = WheelFixture()
    fixture.generator = generator
    let plan = try fixture.inferred().plan
    #expect(plan.pins == [project: version])
    #expect(plan.requires.contains { $0.name == project })
  }

  /// A module of the source's own around setuptools is called, with the setuptools that Generator names.
  @Test func aBackEndAroundAnotherIsCalled() throws {
    var fixture = WheelFixture()
    fixture.sources["pyproject.toml"] =
      "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"_build_meta\"\nbackend-path = [\".\"]\n"
    fixture.members.append(.init(path: "_build_meta.py", time: 0, mode: 0o644, size: 5, crc32: 7))
    let plan = try fixture.inferred().plan
    #expect(plan.backendPath == ["."] && plan.backend == "_build_meta" && plan.pins["setuptools"] == "75.6.0")
  }

  @Test func inTreeBackEndIsNotPinned() throws {
    var fixture = WheelFixture()
    fixture.sources["pyproject.toml"] =
      "[build-system]\nrequires = []\nbuild-backend = \"flit_core.buildapi\"\nbackend-path = [\".\"]\n"
    fixture.members.append(.init(path: "flit_core/buildapi.py", time: 0, mode: 0o644, size: 1, crc32: 7))
    fixture.generator = "flit 1.0"
    var plan = try fixture.inferred().plan
    #expect(plan.pins.isEmpty && plan.backendPath == ["."] && plan.requires.isEmpty)
    fixture.generator = "flit 3.9.0"
    plan = try fixture.inferred().plan
    #expect(plan.pins == ["flit-core": "3.9.0"] && plan.backendPath.isEmpty)
  }

  @Test func anOutdatedBackEndMakesTheEnvironmentOld() throws {
    var fixture = WheelFixture()
    let next = WheelFixture.built - 1_000_000
    fixture.releases["setuptools"] = [
      WheelFixture.release("75.6.0", next - 5), WheelFixture.release("75.7.0", next),
    ].compactMap { $0 }
    #expect(try fixture.inferred().plan.newest == next)
  }

  @Test func recordWithoutFileTypeMeansAnOldWheel() throws {
    var fixture = WheelFixture()
    #expect(try fixture.inferred().plan.bounds["wheel"] == nil)
    fixture.change("RECORD") { $0.mode = 0o664 }
    let plan = try fixture.inferred().plan
    #expect(plan.bounds["wheel"]?.description == "<=0.38.4")
    #expect(plan.requires.contains { $0.name == "wheel" })
  }

  @Test func platformUnknownBoundsSetuptools() throws {
    var fixture = WheelFixture()
    fixture.generator = "bdist_wheel (0.37.0)"
    fixture.metadata += "Platform: UNKNOWN\n"
    #expect(try fixture.inferred().plan.bounds["setuptools"]?.description == "<62.1")
  }

  @Test func noPlatformMeansNewerSetuptoolsWhateverTheAge() throws {
    var fixture = WheelFixture()
    fixture.generator = "bdist_wheel (0.37.0)"
    let next = WheelFixture.built - 1_000_000
    fixture.releases["wheel"] = [WheelFixture.release("0.37.0", next - 9), WheelFixture.release("0.37.1", next)]
      .compactMap { $0 }
    fixture.releases["setuptools"] = [WheelFixture.release("60.0", next - 5), WheelFixture.release("65.0", next + 5)]
      .compactMap { $0 }
    let plan = try fixture.inferred().plan
    #expect(plan.bounds["setuptools"]?.description == ">=62.1")
    #expect(plan.newest == WheelFixture.built + 2)
  }

  @Test func aLicenceWithoutItsFieldBoundsSetuptools() throws {
    var fixture = WheelFixture()
    fixture.generator = "bdist_wheel (0.36.2)"
    fixture.made("thing-1.0.dist-info/LICENSE")
    #expect(try fixture.inferred().plan.bounds["setuptools"]?.description == "<57")
    fixture.metadata += "License-File: LICENSE\nPlatform: any\n"
    #expect(try fixture.inferred().plan.bounds["setuptools"] == nil)
  }

  @Test func oldSetuptoolsNeedsWheel() throws {
    var fixture = WheelFixture()
    fixture.generator = "setuptools (70.0.0)"
    #expect(try fixture.inferred().plan.requires.contains { $0.name == "wheel" })
  }

  @Test func oneTimeIsTheEpoch() throws {
    var fixture = WheelFixture()
    fixture.setAll(time: WheelFixture.built)
    #expect(try fixture.inferred().plan.epoch == .seconds(WheelFixture.built))
    fixture.generator = "hatchling 1.25.0"
    fixture.setAll(time: WheelTime.hatchling)
    #expect(try fixture.inferred().plan.epoch == .unset)
  }

  @Test func anOffsetIsTheTimeZone() throws {
    var fixture = WheelFixture()
    fixture.generator = "flit 3.10.1"
    fixture.change("thing.py") { $0.time += 19_800 }
    let plan = try fixture.inferred().plan
    #expect(plan.epoch == .unset && plan.clock == nil)
    #expect(plan.zone == "<+0530>-05:30")
  }

  @Test(arguments: [(3600, "Europe/Berlin"), (0, "Europe/London"), (-18_000, "America/New_York")])
  func twoOffsetsAreAZoneWithDaylightSaving(standard: Int64, zone: String) throws {
    var fixture = WheelFixture()
    fixture.generator = "flit 3.7.1"
    fixture.change("thing.py") { $0.time += standard }
    fixture.copied("summer.py", from: "src/summer.py", crc32: 2, offset: standard + 3600, time: 1_690_000_000)
    #expect(try fixture.inferred().plan.zone == zone)
  }

  @Test func entriesOfTheBuildTellItsClock() throws {
    let (plan, inferences) = try WheelFixture().inferred()
    #expect(plan.epoch == .unset)
    #expect(plan.clock == .held(at: WheelFixture.built))
    #expect(inferences.contains { $0.setting == "build.clock" && $0.evidence.hasPrefix("3 entries") })
  }

  /// Three files of one time that the source archive does not have; one file of another time is none of a checkout.
  @Test func oneTimeOfWhatWasCopiedIsACheckouts() throws {
    var fixture = WheelFixture()
    let checkout = WheelFixture.built - 600
    for index in 2...4 { fixture.copied("m\(index).py", from: "src/m\(index).py", crc32: UInt32(index)) }
    for index in fixture.entries.indices where fixture.entries[index].time != WheelFixture.built {
      fixture.entries[index].time = checkout
    }
    let plan = try fixture.inferred().plan
    #expect(plan.treeTime == checkout && plan.clock == .held(at: WheelFixture.built) && plan.zone == nil)
    #expect(plan.treeCommands == ["find . -exec touch --no-dereference --date=@\(checkout) {} +"])
    var tampered = fixture
    tampered.change("m3.py") { $0.time += 2 }
    #expect(try tampered.inferred().plan.treeTime == nil)
    var few = fixture
    few.entries.removeAll { ["m3.py", "m4.py"].contains($0.name) }
    #expect(try few.inferred().plan.treeTime == nil)
    // Quarters of an hour are a zone's.
    fixture.change(".py") { $0.time = WheelTime.tick(WheelFixture.sourced) + 3600 }
    #expect(try fixture.inferred().plan.treeTime == nil)
  }

  @Test func whatZlibGivesAtNoLevelIsZlibNGs() throws {
    var fixture = WheelFixture()
    #expect(try !fixture.inferred().plan.isZlibNG)
    fixture.compressor = .other
    #expect(try fixture.inferred().plan.isZlibNG)
    fixture.hasZlibReplacement = false
    #expect(try !fixture.inferred().plan.isZlibNG)
    fixture.hasZlibReplacement = true
    // uv compresses by itself.
    fixture.generator = "uv 0.9.0"
    #expect(try !fixture.inferred().plan.isZlibNG)
    fixture.generator = "setuptools (75.6.0)"
    fixture.compressor = .zlib(level: 9)
    #expect(try !fixture.inferred().plan.isZlibNG)
  }

  @Test(arguments: [(0o100664, 0o002), (0o100600, 0o077), (0o100644, nil)] as [(UInt16, UInt16?)])
  func metadataTellsTheUmask(mode: UInt16, umask: UInt16?) throws {
    var fixture = WheelFixture()
    fixture.change("METADATA") { $0.mode = mode }
    #expect(try fixture.inferred().plan.umask == umask)
  }

  @Test func modesOfDataTellHowTheSourceWasUnpacked() throws {
    var fixture = WheelFixture()
    fixture.copied("thing/data.txt", from: "src/thing/data.txt", crc32: 3, mode: 0o644, sourceMode: 0o664)
    #expect(try fixture.inferred().plan.modes == "go-w")
    fixture.change("data.txt") { $0.mode = 0o100664 }
    #expect(try fixture.inferred().plan.modes == nil)
  }

  @Test func universalThatTheSourceDoesNotAskFor() throws {
    var fixture = WheelFixture()
    fixture.fileName = "thing-1.0-py2.py3-none-any.whl"
    #expect(try fixture.inferred().plan.isUniversal)
    fixture.sources["setup.cfg"] = "[bdist_wheel]\nuniversal = 1\n"
    #expect(try !fixture.inferred().plan.isUniversal)
  }

  @Test func windowsShowsInTheEntries() throws {
    var fixture = WheelFixture()
    for index in fixture.entries.indices { fixture.entries[index].system = 0 }
    let plan = try fixture.inferred().plan
    #expect(plan.isWindows)
  }

  @Test func entryPointsTellThePython() throws {
    var fixture = WheelFixture()
    fixture.texts["entry_points.txt"] = "[console_scripts]\npip3.8 = pip:main\n"
    let inferences = try fixture.inferred().inferences
    #expect(inferences.contains { $0.setting == "environment.python.suite" && $0.value.hasPrefix("Python 3.8") })
  }

  @Test func compiledPartsNeedHeaders() throws {
    var fixture = WheelFixture()
    fixture.fileName = "thing-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    #expect(try fixture.inferred().plan.packages.contains("python3-dev"))
  }
}
