import Model
import RecipeFormat

/// A locked file that is to be brought into the store, and where it comes from.
struct WantedFile: Hashable, Sendable {
  /// How a file is got when no folder and not the store has it.
  enum Origin: Hashable, Sendable {
    case debianSource(name: String, version: String)
    case debianPackage(name: String, version: String, architecture: String?)
    case pypi(name: String, version: String, PythonKind)
    case url(String)
    case path(String)
  }

  /// Which kind of file of a release it is, told by its name.
  enum PythonKind: Hashable, Sendable {
    case sdist
    case wheel
  }

  var file: LockedFile
  var origin: Origin
  /// What the recipe or lock calls it.
  var label: String

  /// The files of a locked input.
  static func of(_ input: LockedInput, isSource: Bool) -> [WantedFile] {
    input.files.map { file in
      let origin: Origin =
        switch input.input {
        case .debian(let name, let version):
          isSource
            ? .debianSource(name: name, version: version)
            : .debianPackage(name: name, version: version, architecture: nil)
        case .pypi(let name, let version, _):
          .pypi(name: name, version: version, isSource ? .sdist : .wheel)
        case .url(let address, _): .url(address)
        case .path(let path, _): .path(path)
        }
      return WantedFile(file: file, origin: origin, label: input.input.description)
    }
  }

  /// A package of an environment.
  static func of(debian package: LockedPackage) -> WantedFile {
    WantedFile(
      file: package.file,
      origin: .debianPackage(name: package.name, version: package.version, architecture: package.architecture),
      label: "package \(package.name)=\(package.version)")
  }

  /// A wheel of an environment.
  static func of(wheel package: LockedPackage) -> WantedFile {
    WantedFile(
      file: package.file, origin: .pypi(name: package.name, version: package.version, .wheel),
      label: "wheel \(package.name)==\(package.version)")
  }
}

/// Where a file was looked for in vain, in order.
struct Trail: Sendable {
  private(set) var lines: [String] = []
  /// Whether a file of the right name or size with other bytes was among what was found.
  private(set) var foundOther = false

  mutating func add(_ line: String) { lines.append(line) }

  mutating func addOther(_ place: String, _ found: SHA256Digest) {
    foundOther = true
    lines.append("found \(place) with SHA-256 \(found)")
  }

  /// The error that says it all.
  func error(for wanted: WantedFile, code: FetchError.Code = .missing, advice: String? = nil) -> FetchError {
    FetchError(
      code == .missing && foundOther ? .mismatch : code,
      "fetching \(wanted.file.name) for \(wanted.label): "
        + (foundOther ? "no file with the expected bytes is to be had" : "it is not to be had"),
      details: ["expected SHA-256 \(wanted.file.sha256) (\(wanted.file.size) bytes)"] + lines, advice: advice)
  }
}
