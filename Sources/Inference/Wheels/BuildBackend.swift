/// A tool that writes wheels: how it names itself in them, and how it stamps times where it is told none.
struct BuildBackend: Hashable, Sendable {
  /// What it writes as `Generator:`.
  var generator: String
  /// The project that has it.
  var project: String
  /// The module that pyproject.toml names for it.
  var module: String
  /// The time of entries that it makes up, in seconds since 1970; nil when it is that of the build.
  var ownTime: Int64?
  /// Whether it gives copied files fixed modes, so that the builder's umask leaves no trace.
  var fixesModes: Bool
  /// Whether Python's zlib compresses what it writes.
  var usesPythonsZlib = true

  /// All that are known; a new one is one entry.
  static let all: [BuildBackend] = [
    .init(
      generator: "flit", project: "flit-core", module: "flit_core.buildapi", ownTime: WheelTime.fixed2016,
      fixesModes: true),
    .init(
      generator: "hatchling", project: "hatchling", module: "hatchling.build", ownTime: WheelTime.hatchling,
      fixesModes: true),
    .init(
      generator: "poetry-core", project: "poetry-core", module: "poetry.core.masonry.api",
      ownTime: WheelTime.fixed2016, fixesModes: true),
    .init(
      generator: "poetry", project: "poetry-core", module: "poetry.core.masonry.api", ownTime: WheelTime.fixed2016,
      fixesModes: true),
    .init(
      generator: "pdm-backend", project: "pdm-backend", module: "pdm.backend", ownTime: WheelTime.fixed2016,
      fixesModes: false),
    .init(
      generator: "pdm-pep517", project: "pdm-pep517", module: "pdm.pep517.api", ownTime: nil, fixesModes: false),
    .init(
      generator: "uv", project: "uv-build", module: "uv_build", ownTime: WheelTime.zipEpoch, fixesModes: true,
      usesPythonsZlib: false),
    .init(
      generator: "scikit-build-core", project: "scikit-build-core", module: "scikit_build_core.build", ownTime: nil,
      fixesModes: false),
    .init(
      generator: "maturin", project: "maturin", module: "maturin", ownTime: nil, fixesModes: true,
      usesPythonsZlib: false),
    .init(generator: "meson", project: "meson-python", module: "mesonpy", ownTime: nil, fixesModes: false),
    .init(
      generator: "setuptools", project: "setuptools", module: "setuptools.build_meta", ownTime: nil, fixesModes: false),
    // The project wheel named itself so while it had the command, to 0.45.
    .init(
      generator: "bdist_wheel", project: "wheel", module: "setuptools.build_meta", ownTime: nil, fixesModes: false),
  ]

  /// The one that a wheel names.
  static func named(_ generator: String) -> BuildBackend? { all.first { $0.generator == generator } }

  /// Whether it is setuptools, with the command of its own or of the project wheel.
  var isSetuptools: Bool { module == "setuptools.build_meta" }
}
