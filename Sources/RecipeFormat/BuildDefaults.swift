/// Every value that a build has when its recipe does not say otherwise.
///
/// They are those of Debian's own builders where those have one, because a value that usual builders do not set is a
/// value that a shipped file was not built with. So nothing is set that only might help: PYTHONHASHSEED, for example,
/// stays unset unless a recipe sets it.
public enum BuildDefaults {
  /// The host name that the build sees.
  public static let host = "verbatim"
  /// The user's name.
  public static let user = "builder"
  /// The user's number, which is the group's number too.
  public static let userID: UInt32 = 1000
  /// How many processors the build sees.
  public static let processors = 2
  /// The umask of the steps.
  public static let umask: UInt16 = 0o022
  /// The user's home: empty when the build begins, writable, and gone with the build.
  public static let home = "/build-home"
  /// Where the commands of a Python environment are.
  public static let pythonCommands = "/opt/python/bin"
  /// Where commands are looked for.
  public static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// The variables that every build has, but for those that follow from its recipe.
  public static let variables = [
    "HOME": home, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LOGNAME": user, "PATH": path, "TERM": "dumb", "TZ": "UTC",
    "USER": user,
  ]

  /// What a build may use at most.
  public static let limits = BuildLimits(
    time: 30 * 60, memory: 4 << 30, processes: 4096, output: 8 << 30, openFiles: 4096)

  /// Whether SOURCE_DATE_EPOCH is to be found in the source: the recipe does not say.
  ///
  /// It then is the date of the first entry of `debian/changelog` for a Debian source package, else the newest
  /// modification time among the source's files.
  public static func takesEpochFromSource(_ recipe: Recipe) -> Bool { recipe.build.epoch == nil }

  /// What the lock records: the recipe's values, and the defaults for those that it left out.
  ///
  /// `sourceEpoch`, in seconds since 1970, is what was found in the source; it is used only when
  /// `takesEpochFromSource(_:)`.
  public static func lockedBuild(_ recipe: Recipe, sourceEpoch: Int64?) -> LockedBuild {
    let build = recipe.build
    let processors = build.processors ?? Self.processors
    var variables = Self.variables
    if case .python = recipe.environment { variables["PATH"] = "\(pythonCommands):\(path)" }
    if recipe.buildsDebianSource { variables["DEB_BUILD_OPTIONS"] = "parallel=\(processors)" }
    switch build.epoch {
    case .seconds(let seconds): variables["SOURCE_DATE_EPOCH"] = String(seconds)
    case .unset: break
    case nil: variables["SOURCE_DATE_EPOCH"] = sourceEpoch.map { String($0) }
    }
    variables.merge(build.variables) { _, given in given }
    return LockedBuild(
      path: build.path, variables: variables, umask: build.umask ?? umask, host: build.host ?? host, user: user,
      userID: userID, processors: processors, clock: build.clock)
  }

  /// The recipe's limits, and the defaults for those that it left out.
  public static func limits(_ recipe: Recipe) -> BuildLimits {
    let given = recipe.build.limits
    return BuildLimits(
      time: given.time ?? limits.time, memory: given.memory ?? limits.memory,
      processes: given.processes ?? limits.processes, output: given.output ?? limits.output,
      openFiles: given.openFiles ?? limits.openFiles)
  }

  /// Why a recipe may not set a variable; nil when it may.
  ///
  /// The defaults may be set otherwise. What may not are variables that would change what runs a step before the step
  /// itself runs, and what has a key of its own.
  static func refusal(ofVariable name: String) -> String? {
    let why: String? =
      switch name {
      case "SOURCE_DATE_EPOCH": "it is given by build.epoch"
      case "USER", "LOGNAME": "the build's user always is \(user)"
      case "PWD", "OLDPWD", "SHLVL", "_": "the shell sets it itself"
      case "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "IFS", "PS4", "CDPATH", "GLIBC_TUNABLES":
        "it changes the shell that runs the steps"
      case _ where name.hasPrefix("LD_"): "it changes the programs that run the steps"
      case _ where name.hasPrefix("VERBATIM_"): "such names are kept for the program"
      default: nil
      }
    return why.map { "found the variable \(name), which a recipe cannot set: \($0)" }
  }
}

/// What a build may use at most.
public struct BuildLimits: Hashable, Sendable {
  /// Seconds of wall-clock time.
  public var time: Int
  /// Bytes of memory.
  public var memory: Int64
  /// Processes and threads.
  public var processes: Int
  /// Bytes written.
  public var output: Int64
  /// Open files of one process.
  public var openFiles: Int

  /// Makes limits of their parts.
  public init(time: Int, memory: Int64, processes: Int, output: Int64, openFiles: Int) {
    self.time = time
    self.memory = memory
    self.processes = processes
    self.output = output
    self.openFiles = openFiles
  }
}

extension Recipe {
  /// Whether the source holds a Debian source package.
  public var buildsDebianSource: Bool {
    source.contains { if case .debian = $0.input { true } else { false } }
  }
}
