public import Model

/// The generated file beside a recipe that pins every input by digest.
public struct Lock: Codable, Hashable, Sendable {
  /// The version of this format.
  public var format = 1
  /// The recipe that it was made for, as it was understood.
  public var recipe: Recipe
  /// The files of each source input, in the recipe's order.
  public var sources: [LockedInput]
  /// What the environment is assembled from.
  public var environment: LockedEnvironment
  /// Every value that could change the bytes, defaults included.
  public var build: LockedBuild
  /// The shipped file of each artifact, in the recipe's order.
  public var artifacts: [LockedInput]

  /// Makes a lock of its parts.
  public init(
    recipe: Recipe, sources: [LockedInput], environment: LockedEnvironment, build: LockedBuild,
    artifacts: [LockedInput]
  ) {
    self.recipe = recipe
    self.sources = sources
    self.environment = environment
    self.build = build
    self.artifacts = artifacts
  }
}

/// The files that an input reference stands for.
public struct LockedInput: Codable, Hashable, Sendable {
  /// As the recipe writes it.
  public var input: InputReference
  /// The files; for a Debian source package the `.dsc` comes first.
  public var files: [LockedFile]

  /// Makes a locked input of its parts.
  public init(input: InputReference, files: [LockedFile]) {
    self.input = input
    self.files = files
  }
}

/// A file pinned by its digest.
public struct LockedFile: Codable, Hashable, Sendable {
  /// The file's name, without folders.
  public var name: String
  /// Of its bytes.
  public var sha256: SHA256Digest
  /// In bytes.
  public var size: Int64

  /// Makes a locked file of its parts.
  public init(name: String, sha256: SHA256Digest, size: Int64) {
    self.name = name
    self.sha256 = sha256
    self.size = size
  }
}

/// What an environment is assembled from.
public struct LockedEnvironment: Codable, Hashable, Sendable {
  /// Debian's architecture that the packages are for, for example `amd64`; nil for an image.
  public var architecture: String?
  /// The packages of the base layer that all recipes of one suite share, sorted by name.
  public var base: [LockedPackage]
  /// The packages of the recipe's own layer, sorted by name.
  public var packages: [LockedPackage]
  /// The wheels of the Python layer, in the recipe's order.
  public var wheels: [LockedPackage]
  /// The root file system or image archive, where the environment is one.
  public var image: LockedInput?

  /// Makes a locked environment of its parts.
  public init(
    architecture: String? = nil, base: [LockedPackage] = [], packages: [LockedPackage] = [],
    wheels: [LockedPackage] = [], image: LockedInput? = nil
  ) {
    self.architecture = architecture
    self.base = base
    self.packages = packages
    self.wheels = wheels
    self.image = image
  }
}

/// A package pinned by version and digest.
public struct LockedPackage: Codable, Hashable, Sendable {
  /// The package's name.
  public var name: String
  /// The exact version.
  public var version: String
  /// Debian's architecture (`amd64`, `all`); nil for a wheel.
  public var architecture: String?
  /// The package file.
  public var file: LockedFile

  /// Makes a locked package of its parts.
  public init(name: String, version: String, architecture: String? = nil, file: LockedFile) {
    self.name = name
    self.version = version
    self.architecture = architecture
    self.file = file
  }
}

/// Every value of a build that could change the bytes.
public struct LockedBuild: Codable, Hashable, Sendable {
  /// The absolute path of the source tree.
  public var path: String
  /// The complete environment of the steps.
  public var variables: [String: String]
  /// The umask.
  public var umask: UInt16
  /// The host name.
  public var host: String
  /// The user's name.
  public var user: String
  /// The user's number, which is the group's number too.
  public var userID: UInt32
  /// How many processors the build sees.
  public var processors: Int
  /// Where the build's clock starts; nil, which is not written, leaves it to the machine's.
  public var clock: BuildClock?

  /// Makes the values of a build.
  public init(
    path: String, variables: [String: String], umask: UInt16, host: String, user: String, userID: UInt32,
    processors: Int, clock: BuildClock? = nil
  ) {
    self.path = path
    self.variables = variables
    self.umask = umask
    self.host = host
    self.user = user
    self.userID = userID
    self.processors = processors
    self.clock = clock
  }
}
