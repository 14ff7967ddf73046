import Digests
import Model
import RecipeFormat
import Testing

@testable import Checking

@Suite struct LockChangesTests {
  private func package(_ name: String, _ version: String, _ bytes: String = "") -> LockedPackage {
    LockedPackage(
      name: name, version: version, architecture: "amd64",
      file: LockedFile(name: "\(name).deb", sha256: .of(name + version + bytes), size: 1))
  }

  private func lock(_ packages: [LockedPackage], epoch: String? = nil) -> Lock {
    let recipe = Recipe(
      name: "p", version: "1", source: [], environment: .debian(DebianEnvironment(suite: "s", packages: [])),
      build: BuildRecipe(path: "/build/p", run: ["true"]), artifacts: [])
    var build = BuildDefaults.lockedBuild(recipe, sourceEpoch: nil)
    build.variables["SOURCE_DATE_EPOCH"] = epoch
    return Lock(
      recipe: recipe, sources: [], environment: LockedEnvironment(architecture: "amd64", packages: packages),
      build: build, artifacts: [])
  }

  @Test func sameLocksHaveNoChanges() {
    let one = lock([package("gcc", "1")])
    #expect(LockChanges.between(one, one).isEmpty)
  }

  @Test func tellsEveryKindOfChange() {
    let old = lock([package("gcc", "1"), package("gone", "1"), package("same", "1")], epoch: "1")
    let new = lock([package("gcc", "2"), package("same", "1", "other"), package("new", "3")], epoch: "2")
    let lines = LockChanges.between(old, new)
    #expect(lines.contains("package gcc: 1 → 2"))
    #expect(lines.contains("package gone: 1 is gone"))
    #expect(lines.contains("package new: 3 is new"))
    #expect(lines.contains { $0.hasPrefix("package same: same version, other bytes") })
    #expect(lines.contains("variable SOURCE_DATE_EPOCH: 1 → 2"))
    #expect(lines.count == 5)
  }
}
