import Fetching

/// The Python that a build runs with, for markers, `Requires-Python` and tags.
struct TargetPython: Hashable, Sendable {
  var platform: PythonPlatform
  var version: ReleaseVersion
  /// The variables of PEP 508.
  var markers: [String: String]

  /// The Pythons of Debian's suites on this kind of machine.
  static func of(suite: String) -> TargetPython? {
    guard let platform = PythonPlatform.of(suite: suite, architecture: "amd64"),
      let version = ReleaseVersion(platform.version)
    else { return nil }
    let text = platform.version
    return TargetPython(
      platform: platform, version: version,
      markers: [
        "python_version": platform.series, "python_full_version": text,
        "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64",
        "platform_release": "", "platform_version": "", "implementation_name": "cpython",
        "implementation_version": text, "platform_python_implementation": "CPython",
      ])
  }

  /// The first two numbers, as in `3.11`.
  var series: String { platform.series }

  /// Whether a wheel with this tag can be installed.
  func takes(tag: String) -> Bool { platform.rank(of: tag) != nil }
}

extension PythonRequirement {
  /// Whether the requirement holds for a Python, with these extras of the project that has it.
  func applies(to python: TargetPython, extras: [String]) -> Bool {
    guard let marker else { return true }
    var parser = MarkerParser(marker)
    return (extras.isEmpty ? [""] : extras).contains { extra in
      parser.evaluate(python.markers.merging(["extra": extra]) { $1 }) ?? true
    }
  }
}
