import Digests
import Model
import RecipeFormat
import Testing

@testable import Inference

/// What a check of a source distribution's recipe suggests to try next.
@Suite struct SdistMovesTests {
  private static let chosen = [
    ChosenWheel(name: "hatchling", version: "1.27.0"), ChosenWheel(name: "plugin", version: "2.1"),
    ChosenWheel(name: "pluggy", version: "1.5.0", neededBy: "hatchling"),
  ]

  /// The moves after a build left `rebuilt` in place of the fixture's source distribution, or failed with a message.
  private func moves(
    _ fixture: SdistFixture, failure: String? = nil, rebuilt change: (inout SdistFile) -> Void = { _ in }
  ) throws -> [SdistMove] {
    var result = CheckResult(
      program: ProgramIdentity(name: "v", version: "1"), verdict: failure == nil ? .different : .inconclusive,
      recipe: RecipeIdentity(name: "x", version: "1", digest: .of("")))
    if let failure { result.reason = InconclusiveReason(kind: .buildFailed, message: failure) }
    let facts = try fixture.facts
    var rebuilt = facts.sdist
    change(&rebuilt)
    let symptoms = SdistSymptoms(result, shipped: facts.sdist, rebuilt: failure == nil ? rebuilt : nil)
    return SdistMoves(facts: facts, plan: try fixture.inferred().plan, chosen: Self.chosen, symptoms: symptoms)
      .suggestions
  }

  private func plan(_ move: SdistMove?) throws -> SdistPlan {
    var plan = SdistPlan()
    try #require(move).change(&plan)
    return plan
  }

  @Test func nothingIsSuggestedWhereNothingPointsAnywhere() throws {
    #expect(try moves(SdistFixture()).isEmpty)
  }

  @Test func aMissingModuleIsSupplied() throws {
    let found = try moves(SdistFixture(), failure: "ModuleNotFoundError: No module named 'hatch_vcs'")
    #expect(try plan(found.first).build.requires.map(\.name) == ["hatch-vcs"])
  }

  @Test func anotherVersionIsPretended() throws {
    let found = try moves(SdistFixture()) { $0.metadata = HeaderText("Name: thing\nVersion: 0.1.dev0\n\n") }
    #expect(try plan(found.first).variables == ["SETUPTOOLS_SCM_PRETEND_VERSION": "1.0"])
  }

  @Test func aTimeInTheGzipHeaderSetsTheClock() throws {
    var fixture = SdistFixture()
    fixture.changeAll { $0.time = SdistFixture.built }
    fixture.gzip = GzipHeader(time: SdistFixture.built)
    let found = try moves(fixture) { $0.gzip?.time += 60 }
    #expect(try plan(found.first).clock?.start.hasPrefix("2024-12-04T17:35:24") == true)
  }

  @Test func modesPointAtTheUmaskOrTheCheckout() throws {
    let made = try moves(.setuptools) { $0.entries[0].mode = 0o775 }
    #expect(made.first?.inference.setting != "build.umask", "the shipped one shows the usual umask")
    var fixture = SdistFixture.setuptools
    fixture.changeAll { if $0.path == "PKG-INFO" { $0.mode = 0o664 } }
    let written = try moves(fixture) { sdist in
      for index in sdist.entries.indices { sdist.entries[index].mode &= ~0o020 }
    }
    #expect(try plan(written.first).build.umask == 0o002)
    let copied = try moves(SdistFixture()) { $0.entries[0].mode = 0o664 }
    #expect(try plan(copied.first).build.modes == "go-w")
  }

  @Test func otherMetadataSuggestsOlderBackEnds() throws {
    let found = try moves(SdistFixture()) { $0.entries[1].crc32 = 7 }
    #expect(
      found.map(\.inference.value) == ["hatchling<1.27.0", "hatchling<1.27", "hatchling<1.26", "plugin<2.1"])
    #expect(try plan(found.first).build.bounds["hatchling"]?.description == "<1.27.0")
    // What the source has is not of the back end's making.
    #expect(try moves(SdistFixture()) { $0.entries[0].crc32 = 7 }.isEmpty)
  }
}
