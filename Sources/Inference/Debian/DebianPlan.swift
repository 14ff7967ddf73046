import RecipeFormat

/// What a Debian package's recipe will say.
struct DebianPlan: Sendable {
  var suite: String
  var mirrors: [DebianMirror]
  /// Names, or `name=version`.
  var packages: [String] = []
  var path: String
  var run = ["dpkg-buildpackage -us -uc -b"]
  var variables: [String: String] = [:]
  var epoch: Epoch?
  var questions: [String] = []

  /// Wants a package at a version, in place of the same without one.
  mutating func pin(_ name: String, _ version: String) {
    packages.removeAll { $0 == name || $0.hasPrefix("\(name)=") }
    packages.append("\(name)=\(version)")
  }

  var environment: EnvironmentRecipe {
    .debian(DebianEnvironment(suite: suite, packages: packages, mirrors: mirrors))
  }
}

/// What the rules may look at.
struct DebianFacts: Sendable {
  let file: DebianFile
  let buildInfo: BuildInfo?
  /// The packages that the environment comes to without any version of the recipe's, by name.
  let installed: [String: String]
  /// What the index lists of the packages that anything names, and of those that are installed.
  let listed: [String: [String]]

  /// What the environment has, or could have, of a package.
  func versions(_ name: String) -> [String] { listed[name] ?? installed[name].map { [$0] } ?? [] }
}
