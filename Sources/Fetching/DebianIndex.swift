public import Model
import Processes
public import RecipeFormat
import Store

/// What the index lists of a Debian source package.
public struct DebianSourceRelease: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its version.
  public var version: String
  /// The relations of `Build-Depends`, `Build-Depends-Arch` and `Build-Depends-Indep`, as they are written.
  public var buildDependencies: [String]
}

extension Fetcher {
  /// The binary package of a release, as the index of an environment's archives lists it.
  public func debianPackage(
    _ name: String, _ version: String, of environment: EnvironmentRecipe
  ) async throws(FetchError) -> LockedPackage {
    try await indexed(environment).package(name, version)
  }

  /// Brings a package file that the index lists into the store.
  public func bring(
    _ package: LockedPackage, of environment: EnvironmentRecipe
  ) async throws(FetchError) -> FileIdentity {
    try await bring([WantedFile.of(debian: package)], suite: DebianSuite(environment))
    return FileIdentity(name: package.file.name, sha256: package.file.sha256, size: package.file.size)
  }

  /// All versions that the index lists of some packages, the newest first where apt says so.
  public func debianVersions(
    of names: [String], in environment: EnvironmentRecipe
  ) async throws(FetchError) -> [String: [String]] {
    let plain = names.filter(DebianNames.isPackage)
    return try await indexed(environment).packages(named: plain).mapValues { $0.map(\.version) }
  }

  /// What the index lists of a source package at an exact version.
  public func debianSource(
    _ name: String, _ version: String, in environment: EnvironmentRecipe
  ) async throws(FetchError) -> DebianSourceRelease {
    let archive = try await indexed(environment)
    // Says which versions there are when this one is not.
    let source = try await archive.source(name, version)
    let text = try await archive.query("apt-cache", ["showsrc", "--only-source", name]).text
    let stanza = ControlStanza.parse(text).first { $0["Package"] == name && $0["Version"] == source.version }
    let fields = ["Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep"]
    let relations = fields.flatMap { (stanza?.lines($0) ?? []).joined(separator: " ").split(separator: ",") }
    return DebianSourceRelease(
      name: name, version: source.version,
      buildDependencies: relations.map { $0.trimmed }.filter { !$0.isEmpty })
  }

  /// The packages that provide names which no package has, the first that the index lists of each.
  public func debianProviders(
    of names: [String], in environment: EnvironmentRecipe
  ) async throws(FetchError) -> [String: String] {
    let archive = try await indexed(environment)
    var found: [String: String] = [:]
    for name in names.filter(DebianNames.isPackage).prefix(200) {
      let text = try await archive.query("apt-cache", ["showpkg", name]).text
      let lines = text.split(separator: "\n").drop { !$0.hasPrefix("Reverse Provides:") }.dropFirst()
      if let first = lines.first?.split(separator: " ").first.map(String.init), DebianNames.isPackage(first) {
        found[name] = first
      }
    }
    return found
  }

  /// The packages that an environment comes to, by name.
  public func debianPlan(_ environment: EnvironmentRecipe) async throws(FetchError) -> [String: String] {
    let locked = try await resolve(environment)
    return Dictionary(
      (locked.base + locked.packages).map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
  }

  private func indexed(_ environment: EnvironmentRecipe) async throws(FetchError) -> AptArchive {
    let archive = try await archives.archive(DebianSuite(environment))
    if !offline {
      try await archive.update(olderThan: 3600)
    } else if archive.age == nil {
      throw FetchError(
        .offline, "reading the index of \(archive.suite): it is not at hand, and the use of the network is forbidden")
    }
    return archive
  }
}

extension Substring {
  /// Without white space at its ends.
  fileprivate var trimmed: String {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
