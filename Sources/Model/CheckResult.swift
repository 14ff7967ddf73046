/// The whole result of a check, as `report.json` holds it; `Documentation/Formats/Report.md` describes it.
public struct CheckResult: Codable, Hashable, Sendable {
  /// The version of this format.
  public var format = 1
  /// The program that made it.
  public var program: ProgramIdentity
  /// The verdict over all artifacts.
  public var verdict: Verdict
  /// Why the check is inconclusive; nil for the other verdicts.
  public var reason: InconclusiveReason?
  /// Whether a second rebuild gave the bytes of the first; nil where there was no second one.
  public var deterministic: Bool?
  /// What was asked for.
  public var recipe: RecipeIdentity
  /// What was reviewed, in the order of the recipe.
  public var source: [SourceIdentity]
  /// What it was built in; nil when the check ended before.
  public var environment: EnvironmentIdentity?
  /// How the build was confined; nil when the check ended before.
  public var confinement: [String]?
  /// One for each artifact of the recipe, in its order.
  public var artifacts: [ArtifactResult]
  /// What was done, in order.
  public var stages: [StageResult]

  /// Makes a result of its parts.
  public init(
    program: ProgramIdentity, verdict: Verdict, reason: InconclusiveReason? = nil, deterministic: Bool? = nil,
    recipe: RecipeIdentity, source: [SourceIdentity] = [], environment: EnvironmentIdentity? = nil,
    confinement: [String]? = nil, artifacts: [ArtifactResult] = [], stages: [StageResult] = []
  ) {
    self.program = program
    self.verdict = verdict
    self.reason = reason
    self.deterministic = deterministic
    self.recipe = recipe
    self.source = source
    self.environment = environment
    self.confinement = confinement
    self.artifacts = artifacts
    self.stages = stages
  }
}

/// The program that made a result.
public struct ProgramIdentity: Codable, Hashable, Sendable {
  /// Its name.
  public var name: String
  /// Its version, as `--version` prints it.
  public var version: String

  /// Makes an identity of its parts.
  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}

/// Which recipe a check followed.
public struct RecipeIdentity: Codable, Hashable, Sendable {
  /// The product's name, from the recipe.
  public var name: String
  /// The product's version, from the recipe.
  public var version: String
  /// The SHA-256 of the recipe file's bytes.
  public var digest: SHA256Digest
  /// The SHA-256 of the lock file's bytes; nil when the check ended before it had one.
  public var lock: SHA256Digest?

  /// Makes an identity of its parts.
  public init(name: String, version: String, digest: SHA256Digest, lock: SHA256Digest? = nil) {
    self.name = name
    self.version = version
    self.digest = digest
    self.lock = lock
  }
}

/// What a source tree is: its identity however it was packed, and the archives it came from.
public struct SourceIdentity: Codable, Hashable, Sendable {
  /// What the recipe calls it.
  public var name: String
  /// The identity of the unpacked tree.
  public var swhid: SWHID
  /// The SHA-256 of the tree's manifest.
  public var sha256: SHA256Digest
  /// How many files, links and folders it has.
  public var entries: Int
  /// The archives that it was unpacked from.
  public var archives: [FileIdentity]

  /// Makes an identity of its parts.
  public init(name: String, swhid: SWHID, sha256: SHA256Digest, entries: Int, archives: [FileIdentity]) {
    self.name = name
    self.swhid = swhid
    self.sha256 = sha256
    self.entries = entries
    self.archives = archives
  }
}

/// A file by its bytes.
public struct FileIdentity: Codable, Hashable, Sendable {
  /// Its name, without folders; nil where the bytes alone matter.
  public var name: String?
  /// Of its bytes.
  public var sha256: SHA256Digest
  /// In bytes.
  public var size: Int64

  /// Makes an identity of its parts.
  public init(name: String? = nil, sha256: SHA256Digest, size: Int64) {
    self.name = name
    self.sha256 = sha256
    self.size = size
  }
}

/// The root file system that a build ran in.
public struct EnvironmentIdentity: Codable, Hashable, Sendable {
  /// Of the list of layers: one line `sha256:<hex>` and a line feed for each, bottom first.
  public var sha256: SHA256Digest
  /// The layers' canonical tar archives, bottom first.
  public var layers: [SHA256Digest]
  /// What is installed in it, as far as it is known from the lock.
  public var packages: [PackageIdentity]

  /// Makes an identity of its parts.
  public init(sha256: SHA256Digest, layers: [SHA256Digest], packages: [PackageIdentity]) {
    self.sha256 = sha256
    self.layers = layers
    self.packages = packages
  }
}

/// A package that is installed in an environment.
public struct PackageIdentity: Codable, Hashable, Sendable {
  /// The package's name.
  public var name: String
  /// The exact version.
  public var version: String
  /// Debian's architecture, or nil where the ecosystem has none.
  public var architecture: String?
  /// Of the package file.
  public var sha256: SHA256Digest

  /// Makes an identity of its parts.
  public init(name: String, version: String, architecture: String? = nil, sha256: SHA256Digest) {
    self.name = name
    self.version = version
    self.architecture = architecture
    self.sha256 = sha256
  }
}

/// What was found for one shipped artifact.
public struct ArtifactResult: Codable, Hashable, Sendable {
  /// The shipped file's name.
  public var name: String
  /// The verdict on this artifact alone.
  public var verdict: Verdict
  /// What was delivered; nil when it was not to be had.
  public var shipped: FileIdentity?
  /// What was rebuilt; nil when there is none.
  public var rebuilt: FileIdentity?
  /// Every difference; empty exactly when the bytes are equal or could not be compared.
  public var differences: [Difference]
  /// One for the artifact and for each part of it whose bytes differ, from the artifact down; empty when the bytes are
  /// equal or could not be compared.
  public var accounting: [Accounting]
  /// How the shipped bytes come from the rebuilt ones; nil where no exceptions are declared or no bytes differ.
  public var reconstruction: Reconstruction?

  /// Makes a result of its parts.
  public init(
    name: String, verdict: Verdict, shipped: FileIdentity?, rebuilt: FileIdentity?,
    differences: [Difference] = [], accounting: [Accounting] = [], reconstruction: Reconstruction? = nil
  ) {
    self.name = name
    self.verdict = verdict
    self.shipped = shipped
    self.rebuilt = rebuilt
    self.differences = differences
    self.accounting = accounting
    self.reconstruction = reconstruction
  }
}

/// One stage of a check and how long it took.
public struct StageResult: Codable, Hashable, Sendable {
  /// The stage's name: lock, fetch, source, environment, build, compare, second build.
  public var name: String
  /// Wall-clock time.
  public var seconds: Double
  /// What came out of it, in a few words.
  public var note: String?

  /// Makes a result of its parts.
  public init(name: String, seconds: Double, note: String? = nil) {
    self.name = name
    self.seconds = seconds
    self.note = note
  }
}
