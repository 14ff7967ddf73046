import Model
import RecipeFormat
import Testing

@testable import Inference

/// One test for each rule of the list, and that all of them together explain themselves.
@Suite struct SdistRuleTests {
  @Test func everyRuleHasItsOwnNameAndWords() {
    #expect(Set(SdistRule.all.map(\.name)).count == SdistRule.all.count)
    for rule in SdistRule.all { #expect(!rule.evidence.isEmpty && !rule.conclusion.isEmpty) }
  }

  @Test func everyInferenceSaysWhy() throws {
    for fixture in [SdistFixture(), SdistFixture.setuptools] {
      let inferences = try fixture.inferred().inferences
      #expect(!inferences.isEmpty)
      for inference in inferences {
        #expect(!inference.evidence.isEmpty && !inference.value.isEmpty && (0.1...1).contains(inference.confidence))
      }
    }
  }

  @Test func theBackEndComesFromPyproject() throws {
    let plan = try SdistFixture().inferred().plan
    #expect(plan.build.backend == "hatchling.build" && plan.build.requires.map(\.name) == ["hatchling"])
    let other = try SdistFixture.setuptools.inferred().plan
    #expect(other.build.backend == "setuptools.build_meta:__legacy__")
    #expect(other.build.requires.map(\.name) == ["setuptools"])
  }

  @Test func nothingIsNewerThanTheUpload() throws {
    var fixture = SdistFixture.setuptools
    #expect(try fixture.inferred().plan.build.newest == SdistFixture.built + 2)
    fixture.uploaded = nil
    #expect(try fixture.inferred().plan.build.newest == SdistFixture.built + 86_400)
    // The time that hatchling makes up tells nothing.
    fixture = SdistFixture()
    fixture.uploaded = nil
    #expect(try fixture.inferred().plan.build.newest == .max)
  }

  @Test func theSourcesOwnBackEndHasNoVersion() throws {
    var fixture = SdistFixture()
    fixture.sources["pyproject.toml"] =
      "[build-system]\nrequires = []\nbuild-backend = 'hatchling.ouroboros'\nbackend-path = ['src']\n"
      + "[project]\ndependencies = ['pathspec>=0.10']\n"
    fixture.members.append(.init(path: "src/hatchling/ouroboros.py", time: 0, mode: 0o644, size: 1, crc32: 7))
    let plan = try fixture.inferred().plan
    #expect(plan.build.backendPath == ["src"] && plan.build.bounds.isEmpty)
    #expect(plan.build.requires.map(\.name) == ["pathspec"])
  }

  @Test(arguments: [
    ("hatchling.build", "2.3", "hatchling", "1.26.3", "1.27.0"),
    ("hatchling.build", "2.4", "hatchling", "1.27.0", "1.26.3"),
    ("flit_core.buildapi", "2.1", "flit-core", "3.9.0", "3.10.1"),
    ("flit_core.buildapi", "2.4", "flit-core", "3.12.0", "3.10.1"),
    ("poetry.core.masonry.api", "2.1", "poetry-core", "1.9.1", "2.0.0"),
    ("poetry.core.masonry.api", "2.3", "poetry-core", "2.1.3", "2.2.1"),
    ("setuptools.build_meta", "2.2", "setuptools", "75.8.2", "77.0.3"),
  ])
  func metadataVersionsBoundTheBackEnd(
    backend: String, version: String, project: String, fits: String, fitsNot: String
  ) throws {
    var fixture = SdistFixture()
    fixture.backend = backend
    fixture.metadata = "Metadata-Version: \(version)\nName: thing\nVersion: 1.0\n"
    fixture.gzip?.time = WheelTime.fixed2016
    let bound = try #require(try fixture.inferred().plan.build.bounds[project])
    let versions = [fits, fitsNot].compactMap { ReleaseVersion($0) }
    #expect(versions.map(bound.contains) == [true, false])
    // A project that asks for a Metadata-Version itself tells nothing of the back end.
    fixture.sources["pyproject.toml"] =
      "[build-system]\nrequires = []\nbuild-backend = '\(backend)'\n[tool.x]\ncore-metadata-version = '\(version)'\n"
    var plan = SdistPlan()
    #expect(SdistRule.metadataVersion.apply(try fixture.facts, &plan).isEmpty)
  }

  @Test func theGzipTimeTellsOldFlitFromNew() throws {
    var fixture = SdistFixture()
    fixture.backend = "flit_core.buildapi"
    fixture.metadata = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"
    fixture.gzip = GzipHeader(time: WheelTime.fixed2016)
    var plan = SdistPlan()
    #expect(SdistRule.gzipTime.apply(try fixture.facts, &plan).map(\.value) == ["flit-core>=3.9"])
    fixture.gzip = GzipHeader(time: SdistFixture.built)
    plan = SdistPlan()
    #expect(SdistRule.gzipTime.apply(try fixture.facts, &plan).map(\.value) == ["flit-core<3.9"])
    // With SOURCE_DATE_EPOCH both are of that time.
    fixture.changeAll { $0.time = SdistFixture.built }
    #expect(SdistRule.gzipTime.apply(try fixture.facts, &plan).isEmpty)
  }

  @Test func fieldsOfMetadataTellSetuptoolsAge() throws {
    var fixture = SdistFixture.setuptools
    var bounds = try fixture.inferred().plan.build.bounds
    #expect(bounds["setuptools"]?.description == "<75.8")
    fixture.metadata = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"
    bounds = try fixture.inferred().plan.build.bounds
    #expect(bounds["setuptools"]?.description == "<75.8,<57")
    fixture.metadata =
      "Metadata-Version: 2.4\nName: thing\nVersion: 1.0\nLicense-File: LICENSE\nDynamic: license-file\n"
    bounds = try fixture.inferred().plan.build.bounds
    #expect(bounds["setuptools"]?.description == ">=77,>=77")
  }

  @Test func requirementsInMetadataTellSetuptoolsAge() throws {
    var fixture = SdistFixture.setuptools
    fixture.made("thing.egg-info/requires.txt", time: SdistFixture.built)
    var plan = SdistPlan()
    #expect(SdistRule.requiresDist.apply(try fixture.facts, &plan).map(\.value) == ["setuptools<68.2"])
    fixture.metadata += "Requires-Dist: other\n"
    #expect(SdistRule.requiresDist.apply(try fixture.facts, &plan).map(\.value) == ["setuptools>=68.2"])
  }

  @Test func whatABuildWroteIsTakenOutOfTheSource() throws {
    var fixture = SdistFixture()
    #expect(try !fixture.inferred().plan.dropsMetadata)
    fixture.sources["PKG-INFO"] = "Name: thing\n"
    #expect(try fixture.inferred().plan.dropsMetadata)
  }

  @Test func pluginsAreToldTheVersion() throws {
    var fixture = SdistFixture()
    #expect(try fixture.inferred().plan.variables.isEmpty)
    fixture.requires = "hatch-vcs"
    #expect(try fixture.inferred().plan.variables == ["SETUPTOOLS_SCM_PRETEND_VERSION": "1.0"])
    fixture.sources[".git_archival.txt"] = "node: $Format:%H$\ndescribe-name: $Format:%(describe)$\n"
    #expect(try fixture.inferred().plan.variables.count == 1)
    fixture.sources[".git_archival.txt"] = "node: 0123\ndescribe-name: v1.0\n"
    #expect(try fixture.inferred().plan.variables.isEmpty)
    fixture.requires = "pbr>=2"
    #expect(try fixture.inferred().plan.variables == ["PBR_VERSION": "1.0"])
    // What stands in PKG-INFO becomes a variable only where it is a version.
    fixture.metadata = "Name: thing\nVersion: $(id)\n"
    #expect(try fixture.inferred().plan.variables.isEmpty)
  }

  @Test func oneTimeIsTheEpochUnlessItIsTheBackEnds() throws {
    var fixture = SdistFixture()
    #expect(try fixture.inferred().plan.build.epoch == .unset)
    fixture.changeAll { $0.time = SdistFixture.built }
    fixture.gzip?.time = SdistFixture.built
    let plan = try fixture.inferred().plan
    #expect(plan.build.epoch == .seconds(SdistFixture.built) && plan.clock == nil && plan.build.treeTime == nil)
    // One entry of another time among many was changed later; where half are, there was no epoch.
    var tampered = fixture
    tampered.copied("more.py", time: SdistFixture.built)
    tampered.copied("changed.py", time: SdistFixture.built + 1)
    #expect(try tampered.inferred().plan.build.epoch == .seconds(SdistFixture.built))
    fixture.copied("spy.py", time: SdistFixture.built + 1)
    let other = try fixture.inferred().plan
    #expect(other.build.epoch == .unset && other.build.treeTime == nil && other.questions.count == 1)
  }

  @Test func theGzipTimeIsTheBuildsClock() throws {
    #expect(try SdistFixture().inferred().plan.clock == nil)
    let plan = try SdistFixture.setuptools.inferred().plan
    #expect(plan.clock == BuildClock(seconds: SdistFixture.built, nanoseconds: 250_000_000, rate: 0))
    #expect(plan.build.epoch == .unset)
    var fixture = SdistFixture.setuptools
    fixture.made("SOURCES.txt", time: SdistFixture.built, nanoseconds: 254_000_000)
    #expect(try fixture.inferred().plan.questions.contains { $0.contains("2 ticks") })
  }

  @Test func aCheckoutHasOneTimeOrAsks() throws {
    var fixture = SdistFixture.setuptools
    #expect(try fixture.inferred().plan.build.treeTime == SdistFixture.built - 10)
    fixture.changeAll { if $0.path == "thing.py" { $0.nanoseconds = 5 } }
    let plan = try fixture.inferred().plan
    #expect(plan.build.treeTime == nil && plan.questions.contains { $0.contains("fractions of a second") })
    fixture.changeAll {
      $0.time = SdistFixture.sourced
      $0.nanoseconds = 0
    }
    #expect(try fixture.inferred().plan.build.treeTime == nil)
  }

  @Test func foldersShowTheUmask() throws {
    var fixture = SdistFixture.setuptools
    #expect(try fixture.inferred().plan.build.umask == nil)
    fixture.changeAll { if $0.isFolder { $0.mode = 0o775 } }
    #expect(try fixture.inferred().plan.build.umask == 0o002)
  }

  @Test func modesOfACheckoutAreThoseOfItsUmask() throws {
    var fixture = SdistFixture.setuptools
    #expect(try fixture.inferred().plan.build.modes == nil)
    for index in fixture.members.indices { fixture.members[index].mode = 0o664 }
    #expect(try fixture.inferred().plan.build.modes == "go-w")
    // A single file of another mode is nothing that a umask does.
    fixture.changeAll { if $0.path == "thing.py" { $0.mode = 0o600 } }
    #expect(try fixture.inferred().plan.build.modes == nil)
  }

  @Test func theBuilderIsWhomEntriesBelongTo() throws {
    #expect(try SdistFixture().inferred().plan.owner == nil)
    var fixture = SdistFixture.setuptools
    let plan = try fixture.inferred().plan
    #expect(plan.owner?.user == "maker" && plan.build.packages.contains("libnss-wrapper"))
    // Names go into a command, so they must be names.
    fixture.changeAll { $0.owner.user = "x';id" }
    let hostile = try fixture.inferred().plan
    #expect(hostile.owner == nil && hostile.questions.contains { $0.contains("whom did the builder run as") })
    fixture = .setuptools
    fixture.changeAll { if $0.path == "thing.py" { $0.owner.userID = 0 } }
    #expect(try fixture.inferred().plan.owner == nil)
  }

  @Test func numbersOfDevicesTellAnOldPython() throws {
    var fixture = SdistFixture()
    #expect(try !fixture.inferred().plan.isOldPython)
    fixture.numbersDevices = true
    #expect(try fixture.inferred().plan.isOldPython)
    #expect(OldPythonImitation.command(isGNU: true).contains("GNU_FORMAT"))
    #expect(!OldPythonImitation.command(isGNU: false).contains("GNU_FORMAT"))
  }

  @Test func otherPackersAreAskedFor() throws {
    var fixture = SdistFixture()
    #expect(try fixture.inferred().plan.questions.isEmpty)
    fixture.gzip = GzipHeader(time: WheelTime.hatchling, level: 0, system: 3, name: "dist/thing-1.0.tar")
    #expect(try fixture.inferred().plan.questions.count == 2)
    fixture.gzip = nil
    #expect(try fixture.inferred().plan.questions.contains { $0.contains("not compressed by gzip") })
  }

  @Test func filesAreCopiedMadeOrChanged() throws {
    var fixture = SdistFixture()
    fixture.copied("other.py", time: WheelTime.hatchling)
    fixture.members[1].size = 11
    let facts = try fixture.facts
    #expect(facts.copied.map(\.entry.path) == ["thing.py"])
    #expect(facts.made.map(\.path) == ["PKG-INFO"] && facts.changed.map(\.path) == ["other.py"])
  }
}
