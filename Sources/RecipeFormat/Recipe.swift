public import Model

/// The hand-written statement of how shipped artifacts come from source.
///
/// `Documentation/recipe.schema.json` describes the YAML; `RecipeParser` makes this value from it. Everything that
/// the recipe left out is left out here as well; the lock records what was used in its place.
public struct Recipe: Codable, Hashable, Sendable {
  /// The product's name.
  public var name: String
  /// The product's version.
  public var version: String
  /// The archives that were reviewed, in the order in which they are unpacked.
  public var source: [SourceInput]
  /// The root file system to build in.
  public var environment: EnvironmentRecipe
  /// How to build.
  public var build: BuildRecipe
  /// What was shipped, and which built file should equal it.
  public var artifacts: [ArtifactRecipe]

  /// Makes a recipe of its parts.
  public init(
    name: String, version: String, source: [SourceInput], environment: EnvironmentRecipe, build: BuildRecipe,
    artifacts: [ArtifactRecipe]
  ) {
    self.name = name
    self.version = version
    self.source = source
    self.environment = environment
    self.build = build
    self.artifacts = artifacts
  }
}

/// One archive or source package of the source.
public struct SourceInput: Codable, Hashable, Sendable {
  /// Where it comes from.
  public var input: InputReference
  /// The tree that was reviewed; a mismatch ends the check.
  public var reviewed: SWHID?
  /// The folder of the source tree that it is unpacked into, relative; nil is the tree itself.
  public var into: String?
  /// Whether a single top folder of the archive is left out; true unless the recipe says otherwise.
  public var strip: Bool

  /// Makes an input of its parts.
  public init(input: InputReference, reviewed: SWHID? = nil, into: String? = nil, strip: Bool = true) {
    self.input = input
    self.reviewed = reviewed
    self.into = into
    self.strip = strip
  }
}

/// What root file system a build runs in.
public enum EnvironmentRecipe: Codable, Hashable, Sendable {
  /// Packages of a Debian archive.
  case debian(DebianEnvironment)
  /// Packages of a Debian archive, and wheels installed over them.
  case python(DebianEnvironment, wheels: [String])
  /// A tar archive of a root file system.
  case rootfs(InputReference)
  /// An OCI layout or docker-save archive; `manifest` is the hexadecimal SHA-256 of the image manifest.
  case oci(InputReference, manifest: SHA256Digest)
}

/// Which Debian packages an environment holds.
public struct DebianEnvironment: Codable, Hashable, Sendable {
  /// The suite's code name, for example `bookworm`.
  public var suite: String
  /// Package names, or `name=version`, beside the base of essential packages, apt and build-essential.
  public var packages: [String]
  /// Archives to use in place of the machine's own.
  public var mirrors: [DebianMirror]

  /// Makes an environment of its parts.
  public init(suite: String, packages: [String], mirrors: [DebianMirror] = []) {
    self.suite = suite
    self.packages = packages
    self.mirrors = mirrors
  }
}

/// A Debian archive or snapshot that a recipe names itself.
public struct DebianMirror: Codable, Hashable, Sendable {
  /// Its base address.
  public var uri: String
  /// The suites to use of it.
  public var suites: [String]
  /// The components to use of it.
  public var components: [String]

  /// Makes a mirror of its parts.
  public init(uri: String, suites: [String], components: [String] = ["main"]) {
    self.uri = uri
    self.suites = suites
    self.components = components
  }
}

/// How a recipe says to build.
public struct BuildRecipe: Codable, Hashable, Sendable {
  /// The absolute path of the source tree inside the environment; its parent folder is the build's tree.
  public var path: String
  /// Shell commands, run one after the other in `path`; the first that fails ends the build.
  public var run: [String]
  /// Environment variables beside the defaults.
  public var variables: [String: String]
  /// What the build may use.
  public var limits: LimitsRecipe
  /// The value of SOURCE_DATE_EPOCH; nil takes it from the source.
  public var epoch: Epoch?
  /// How many processors the build sees; nil is the default of two.
  public var processors: Int?
  /// The umask of the steps; nil is 0o022.
  public var umask: UInt16?
  /// The host name that the build sees; nil is `verbatim`.
  public var host: String?
  /// Where the build's clock starts; nil leaves it to the machine's.
  public var clock: BuildClock?

  /// Makes build instructions of their parts.
  public init(
    path: String, run: [String], variables: [String: String] = [:], limits: LimitsRecipe = .init(),
    epoch: Epoch? = nil, processors: Int? = nil, umask: UInt16? = nil, host: String? = nil,
    clock: BuildClock? = nil
  ) {
    self.path = path
    self.run = run
    self.variables = variables
    self.limits = limits
    self.epoch = epoch
    self.processors = processors
    self.umask = umask
    self.host = host
    self.clock = clock
  }
}

/// What SOURCE_DATE_EPOCH is for a build.
public enum Epoch: Codable, Hashable, Sendable {
  /// Seconds since 1970.
  case seconds(Int64)
  /// The variable is not set.
  case unset
}

/// What a build may use at most; nil means the default.
public struct LimitsRecipe: Codable, Hashable, Sendable {
  /// Seconds of wall-clock time.
  public var time: Int?
  /// Bytes of memory.
  public var memory: Int64?
  /// Processes and threads.
  public var processes: Int?
  /// Bytes written.
  public var output: Int64?
  /// Open files of one process.
  public var openFiles: Int?

  /// Makes limits of their parts.
  public init(
    time: Int? = nil, memory: Int64? = nil, processes: Int? = nil, output: Int64? = nil, openFiles: Int? = nil
  ) {
    self.time = time
    self.memory = memory
    self.processes = processes
    self.output = output
    self.openFiles = openFiles
  }
}

/// One shipped file and the built file that should equal it.
public struct ArtifactRecipe: Codable, Hashable, Sendable {
  /// The built file's path, relative to `build.path`, inside the build's tree.
  public var built: String
  /// Where the shipped file comes from.
  public var shipped: InputReference
  /// What may differ.
  public var exceptions: [DeclaredException]

  /// Makes an artifact of its parts.
  public init(built: String, shipped: InputReference, exceptions: [DeclaredException] = []) {
    self.built = built
    self.shipped = shipped
    self.exceptions = exceptions
  }
}
