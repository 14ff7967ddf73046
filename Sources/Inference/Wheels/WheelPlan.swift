import RecipeFormat

/// All settings of a build of a wheel, as the rules fill them in and the search varies them.
struct WheelPlan: Hashable, Sendable {
  /// The Debian suite whose Python builds.
  var suite = "bookworm"
  /// Debian packages beside the base.
  var packages = ["python3"]
  /// What the build needs, as the source says it.
  var requires: [PythonRequirement] = []
  /// Exact versions, by project, which overrule what the source says.
  var pins: [String: String] = [:]
  /// Further bounds, by project.
  var bounds: [String: VersionSpecifiers] = [:]
  /// Nothing newer than this is taken, in seconds since 1970.
  var newest: Int64 = .max
  /// The same for single projects.
  var newestOf: [String: Int64] = [:]
  /// The object whose `build_wheel` is called, as pyproject.toml writes it: `flit_core.buildapi`.
  var backend = "setuptools.build_meta:__legacy__"
  /// Folders of the source that the back end is in; empty where it is one of the environment's.
  var backendPath: [String] = []
  /// SOURCE_DATE_EPOCH.
  var epoch: Epoch = .unset
  /// The time that all files of the tree get before the build, as a checkout gave them; nil keeps the archive's.
  var treeTime: Int64?
  /// What the build's clock shows.
  var clock: ClockSetting?
  /// TZ; nil is UTC.
  var zone: String?
  /// Nil is 022.
  var umask: UInt16?
  /// What is done to the modes of the source before the build, in chmod's words.
  var modes: String?
  /// Further variables.
  var variables: [String: String] = [:]
  /// Whether bdist_wheel is told that the wheel is for Python 2 as well.
  var isUniversal = false
  /// Whether entries are written as on Windows.
  var isWindows = false
  /// Whether zlib-ng compresses, as on Fedora.
  var isZlibNG = false

  /// Makes the tree's modes and times those that the builder's had.
  var treeCommands: [String] {
    var commands: [String] = []
    if let modes { commands.append("chmod -R \(modes) .") }
    if let treeTime { commands.append("find . -exec touch --no-dereference --date=@\(treeTime) {} +") }
    return commands
  }

  mutating func require(_ text: String) {
    guard let requirement = PythonRequirement(text), !requires.contains(where: { $0.name == requirement.name }) else {
      return
    }
    requires.append(requirement)
  }
}

/// A wheel that the environment gets.
struct ChosenWheel: Hashable, Sendable {
  var name: String
  var version: String
  var uploaded: Int64?
  /// Which projects' wheels need it; empty for what the source names.
  var neededBy: String?
}
