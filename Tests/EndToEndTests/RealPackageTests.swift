import Model
import SystemPackage
import TestFixtures
import Testing

/// A recipe of this repository and what it is known to give.
struct RealPackage: Sendable, CustomTestStringConvertible {
  var recipe: String
  var verdict: Verdict
  var testDescription: String { recipe }
}

extension EndToEnd {
  /// Real packages, resolved on the day of the test: archives move on, and a version that has left is no failure.
  @Suite(.enabled(if: Requirements.debian)) struct RealPackageTests {
    static let packages = [
      RealPackage(recipe: "debian/catdoc/0.95-6~deb12u1", verdict: .reproduced),
      RealPackage(recipe: "debian/bioawk/1.0-4+deb12u1", verdict: .different),
      RealPackage(recipe: "pypi/flask/3.1.3", verdict: .reproduced),
      RealPackage(recipe: "pypi/six/1.17.0", verdict: .reproduced),
    ]

    @Test(arguments: packages) func verdict(_ package: RealPackage) throws {
      let folder = try TemporaryFolder()
      try folder.write(
        "recipe.yaml", try TemporaryFolder.read(Checkout.root.appending("Recipes/\(package.recipe)/recipe.yaml")))
      let locking = try Verbatim.run(["lock", "recipe.yaml"], in: folder.path)
      guard locking.status == 0 else {
        return Requirements.skip(package.recipe, "it cannot be locked today: \(locking.errors)")
      }
      let (result, report) = try Verbatim.check(in: folder.path, flags: ["--locked"])
      if report.reason?.kind == .missingInput {
        return Requirements.skip(package.recipe, "its inputs are not to be had today: \(report.reason?.message ?? "")")
      }
      #expect(result.status == package.verdict.exitCode, "\(report.reason?.message ?? "")")
      #expect(report.verdict == package.verdict)
      #expect(!report.artifacts.isEmpty && !report.source.isEmpty)
      for artifact in report.artifacts {
        let equal = artifact.shipped?.sha256 == artifact.rebuilt?.sha256
        #expect(equal == (artifact.verdict == .reproduced))
        #expect(equal == artifact.differences.isEmpty)
      }
      // The members that differ are named, from the artifact down.
      if package.verdict == .different {
        #expect(report.artifacts.flatMap(\.differences).contains { !$0.path.isEmpty })
        #expect(report.deterministic != nil)
      }
    }
  }
}
