import Model

@testable import RecipeFormat

/// Locks for the tests of this room.
enum LockTexts {
  static let digest = SHA256Digest(bytes: [UInt8](repeating: 7, count: 32))

  static func recipe(_ text: String = RecipeTexts.catdoc) throws -> Recipe {
    try RecipeParser.parse(bytes: Array(text.utf8), file: "recipe.yaml")
  }

  static func file(_ name: String) throws -> LockedFile {
    guard let digest else { throw RecipeError("no digest") }
    return LockedFile(name: name, sha256: digest, size: 10)
  }

  static func package(_ name: String, _ version: String = "1.0-1") throws -> LockedPackage {
    LockedPackage(name: name, version: version, architecture: "amd64", file: try file("\(name)_\(version)_amd64.deb"))
  }

  /// A lock of the design's sketch that has no flaw.
  static func catdoc() throws -> Lock {
    let recipe = try recipe()
    let deb = try file("catdoc_0.95-6~deb12u1_amd64.deb")
    return Lock(
      recipe: recipe,
      sources: [
        .init(input: recipe.source[0].input, files: [try file("catdoc.dsc"), try file("catdoc.orig.tar.gz")])
      ],
      environment: .init(
        architecture: "amd64", base: [try package("bash"), try package("gcc")],
        packages: [try package("debhelper", "13.11.4")]),
      build: BuildDefaults.lockedBuild(recipe, sourceEpoch: 1_700_000_000),
      artifacts: [.init(input: recipe.artifacts[0].shipped, files: [deb])])
  }
}
