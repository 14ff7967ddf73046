import Digests
import Model
import RecipeFormat
import Testing

@testable import Inference

/// What a check of a wheel's recipe suggests to try next.
@Suite struct WheelMovesTests {
  /// The moves after a build left the fixture's wheel with a change, or failed with a message.
  private func moves(
    _ fixture: WheelFixture, plan: WheelPlan? = nil, failure: String? = nil,
    rebuilt change: (inout WheelFixture) -> Void = { _ in }
  ) throws -> [WheelMove] {
    var result = CheckResult(
      program: ProgramIdentity(name: "v", version: "1"), verdict: failure == nil ? .different : .inconclusive,
      recipe: RecipeIdentity(name: "x", version: "1", digest: .of("")))
    if let failure { result.reason = InconclusiveReason(kind: .buildFailed, message: failure) }
    var built = fixture
    change(&built)
    let facts = try fixture.facts
    let symptoms = WheelSymptoms(result, shipped: facts.wheel, rebuilt: failure == nil ? try built.facts.wheel : nil)
    return WheelMoves(facts: facts, plan: try plan ?? fixture.inferred().plan, chosen: [], symptoms: symptoms)
      .suggestions
  }

  private func plan(_ move: WheelMove?) throws -> WheelPlan {
    var plan = WheelPlan()
    try #require(move).change(&plan)
    return plan
  }

  @Test func nothingIsSuggestedWhereNothingPointsAnywhere() throws {
    #expect(try moves(WheelFixture()).isEmpty)
  }

  @Test func aMissingModuleIsSupplied() throws {
    let found = try moves(WheelFixture(), failure: "ModuleNotFoundError: No module named 'setuptools_scm'")
    #expect(try plan(found.first).requires.map(\.name) == ["setuptools-scm"])
  }

  @Test func aWheelWithoutModulesWasBuiltWithWhatLeavesThemOut() throws {
    var fixture = WheelFixture()
    let failure = "taking the artifact ../dist/thing-1.0-py3-none-any.whl: there is no such file"
    #expect(try moves(fixture, failure: failure).isEmpty)
    fixture.sources["setup.py"] = "import os\nif os.environ.get('DISABLE_THING_CEXT'): modules = []\n"
    let found = try moves(fixture, failure: failure)
    #expect(try plan(found.first).variables == ["DISABLE_THING_CEXT": "1"])
    fixture.fileName = "thing-1.0-cp311-cp311-linux_x86_64.whl"
    #expect(try moves(fixture, failure: failure).isEmpty)
  }

  @Test(
    arguments: [
      ("os.getenv(\"PURE_PYTHON\")", ["PURE_PYTHON"]), ("x['NO_C_EXT'], y['NO_C_EXT']", ["NO_C_EXT"]),
      ("'DISABLE'", []),
      ("'no_c_ext'", []), ("'NO_; rm'", []), ("'NOTHING_HERE'", []), ("'A_B' 'SKIP_A' 'SKIP_B' 'SKIP_C' 'SKIP_D'", nil),
    ] as [(String, [String]?)])
  func namesOfSwitchesAreReadInTheSource(setup: String, names: [String]?) {
    let found = WheelMoves.switches("x = \(setup)\n")
    #expect(names.map { found == $0 } ?? (found.count == 3))
  }

  @Test func aModeOfMetadataPointsAtTheUmask() throws {
    let found = try moves(WheelFixture()) { $0.change("METADATA") { $0.mode = 0o100664 } }
    #expect(found.isEmpty)
    var fixture = WheelFixture()
    fixture.change("METADATA") { $0.mode = 0o100664 }
    let moved = try moves(fixture, plan: WheelPlan()) { $0.change("METADATA") { $0.mode = 0o100644 } }
    #expect(try plan(moved.first { $0.inference.setting == "build.umask" }).umask == 0o002)
  }

  @Test func oneTimeOfAllEntriesIsTheEpoch() throws {
    var fixture = WheelFixture()
    fixture.setAll(time: WheelFixture.built)
    let found = try moves(fixture, plan: WheelPlan()) { $0.setAll(time: WheelFixture.sourced) }
    #expect(try plan(found.first).epoch == .seconds(WheelFixture.built))
  }

  /// Back ends that stamp only what a plugin makes have no clock until a rebuild shows it.
  @Test func whatTheRebuildStampedSetsTheClock() throws {
    var fixture = WheelFixture()
    fixture.made("thing/_version.py", time: 1_700_000_000)
    let found = try moves(fixture, plan: WheelPlan()) { $0.change("_version.py") { $0.time = 1_800_000_000 } }
    #expect(try plan(found.first).clock == .held(at: 1_700_000_000))
  }

  @Test func severalTicksAreMeasuredFirst() throws {
    var fixture = WheelFixture()
    fixture.change("RECORD") { $0.time += 2 }
    let found = try moves(fixture) { $0.change("RECORD") { $0.time -= 2 } }
    #expect(try plan(found.first { $0.inference.setting == "build.clock" }).clock?.rate == ClockFitting.measuringRate)
  }
}
