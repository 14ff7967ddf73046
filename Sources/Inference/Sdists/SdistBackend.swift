/// What back ends write into source distributions by themselves.
struct SdistBackend: Hashable, Sendable {
  /// The project that has it.
  var project: String
  /// Parts that its modules begin with.
  var modules: [String]
  /// The time of entries where SOURCE_DATE_EPOCH is not set, in seconds since 1970; nil when it is that of the tree.
  var ownTime: Int64?
  /// The time in the gzip header where SOURCE_DATE_EPOCH is not set; nil when it is that of the build.
  var ownGzipTime: Int64?
  /// Whether it takes SOURCE_DATE_EPOCH for entries.
  var takesEpoch = true
  /// Whether entries are of nobody, with fixed modes.
  var hidesBuilder = true
  /// Which of its versions write which Metadata-Version unless told otherwise.
  var metadataVersions: [String: String] = [:]

  /// All that are known; a new one is one entry.
  static let all: [SdistBackend] = [
    .init(
      project: "hatchling", modules: ["hatchling"], ownTime: WheelTime.hatchling, ownGzipTime: WheelTime.hatchling,
      metadataVersions: ["2.1": "<1.22", "2.2": "==1.22.0", "2.3": ">=1.22.1,<1.27", "2.4": ">=1.27"]),
    // The time in the gzip header was the clock's before 3.9; the rule on it says so.
    .init(
      project: "flit-core", modules: ["flit_core"], ownGzipTime: WheelTime.fixed2016,
      metadataVersions: ["2.1": "<3.10", "2.3": ">=3.10,<3.11", "2.4": ">=3.11"]),
    .init(
      project: "poetry-core", modules: ["poetry"], ownTime: 0, ownGzipTime: 0,
      metadataVersions: ["2.1": "<2.0", "2.3": ">=2.0,<2.2", "2.4": ">=2.2"]),
    .init(project: "pdm-backend", modules: ["pdm.backend"]),
    .init(project: "pdm-pep517", modules: ["pdm.pep517"], takesEpoch: false),
    .init(
      project: "setuptools", modules: ["setuptools"], takesEpoch: false, hidesBuilder: false,
      metadataVersions: ["2.1": "<75.8", "2.2": ">=75.8,<77", "2.4": ">=77"]),
  ]

  /// The one whose object pyproject.toml names, in-tree forms such as `hatchling.ouroboros` too.
  static func of(object: String) -> SdistBackend? {
    let module = object.prefix { $0 != ":" }
    return all.first { backend in backend.modules.contains { module == $0 || module.hasPrefix($0 + ".") } }
  }

  var isSetuptools: Bool { project == "setuptools" }
}
