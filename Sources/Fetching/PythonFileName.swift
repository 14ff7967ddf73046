/// What the name of a project's file tells.
enum PythonFileName: Hashable, Sendable {
  /// A source archive (PEP 625 and what came before).
  case sdist(version: PythonVersion, suffix: String)
  /// A built archive, with its compatibility tag (PEP 427).
  case wheel(version: PythonVersion, tag: String)

  /// In the order in which one is taken when a release has several.
  static let sdistSuffixes = [".tar.gz", ".zip", ".tar.bz2", ".tar.xz"]

  /// Reads the name of a file of the project; nil for files of other kinds or projects.
  init?(_ name: String, project: String) {
    let project = PythonNames.normalised(project)
    if name.hasSuffix(".whl") {
      let parts = name.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 5 || parts.count == 6, PythonNames.normalised(parts[0]) == project else { return nil }
      self = .wheel(version: PythonVersion(String(parts[1])), tag: parts.suffix(3).joined(separator: "-"))
      return
    }
    guard let suffix = Self.sdistSuffixes.first(where: name.hasSuffix) else { return nil }
    let stem = name.dropLast(suffix.count)
    // Old names hold the project's own hyphens, so each place may be where the version begins.
    for place in stem.indices.reversed() where stem[place] == "-" {
      let version = stem[stem.index(after: place)...]
      if version.first?.isNumber == true || version.first == "v", PythonNames.normalised(stem[..<place]) == project {
        self = .sdist(version: PythonVersion(String(version)), suffix: suffix)
        return
      }
    }
    return nil
  }

  /// The release that it belongs to.
  var version: PythonVersion {
    switch self {
    case .sdist(let version, _), .wheel(let version, _): version
    }
  }
}
