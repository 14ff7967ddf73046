import Glibc
import Model
import RecipeFormat
import Sandbox
import Store
import SystemPackage

/// Makes the layer that wheels are installed in: a virtual environment at `/opt/python`.
///
/// The locked pip installs the locked wheels, offline and without their dependencies, and then says whether each
/// finds what it needs. Bytecode is not written: who runs first would decide its bytes.
struct PythonLayer {
  let store: Store
  let engine: SandboxEngine
  let progress: any ProgressSink

  /// Where the environment is.
  static let prefix = "/opt/python"
  /// The folder that a build's PATH begins with.
  static let programs = "/opt/python/bin"

  private static let wheelFolder = "/run/verbatim/wheels"

  private static let install = """
    if ! command -v python3 >/dev/null; then
      echo 'there is no python3: add it to the packages of the environment'
      exit 1
    fi
    pip=$1
    shift
    python3 -m venv --without-pip /opt/python
    run() {
      /opt/python/bin/python3 "/run/verbatim/wheels/$pip/pip" --no-input --disable-pip-version-check \
        --no-cache-dir --no-color "$@"
    }
    run install --no-index --find-links /run/verbatim/wheels --no-deps --no-compile --no-warn-script-location \
      --progress-bar off "$@"
    run check
    cp -a /opt/python /assembly/python
    """

  /// Installs the wheels over the folders of the layers below.
  func layer(
    _ wheels: [LockedPackage], over folders: [FilePath], epoch: Int64, in scratch: FilePath, spool: ContentSpool
  ) async throws -> LayerTree {
    guard let pip = wheels.first(where: { $0.name == "pip" }) else {
      throw EnvironmentError(
        .input, "installing the recipe's wheels: there is no pip among them",
        advice: "Add a version of it to the recipe's wheels, for example `pip==26.0`.")
    }
    let folder = scratch.appending("wheels")
    guard unsafe folder.withPlatformString({ unsafe mkdir($0, 0o755) }) == 0 else {
      throw EnvironmentError(.machine, "making the folder \(folder): \(Errno(rawValue: errno))")
    }
    for wheel in wheels {
      try Self.checkNames(of: wheel)
      let path = try StoredInput.path(of: wheel.file, in: store, for: "the wheel \(wheel.name)")
      try StoredInput.place(path, at: folder.appending(wheel.file.name))
    }
    let run = AssemblyRun(
      doing: "installing the recipe's wheels", root: .layers(folders),
      mounts: [.init(host: folder, inside: Self.wheelFolder)], script: Self.install,
      arguments: [pip.file.name] + wheels.map { "\($0.name)==\($0.version)" }, epoch: epoch,
      collect: .tree("python"), treeAt: "/assembly", steps: ("Processing ", wheels.count))
    let archive = scratch.appending("collected.tar")
    do {
      try await run.run(engine, to: archive, progress: progress)
    } catch {
      throw Self.explained(error)
    }
    return try Self.placed(LayerReader.tree(of: archive, spool: spool), epoch: epoch)
  }

  /// Puts the tree at the prefix.
  static func placed(_ tree: LayerTree, epoch: Int64) throws -> LayerTree {
    var layer = LayerTree()
    var made: [Int: LayerPath] = [:]
    let prefix = LayerPath(archiveName: Array(prefix.utf8.dropFirst())) ?? .root
    try layer.makeParents(of: prefix)
    for path in tree.sortedPaths {
      guard let index = tree.places[path] else { continue }
      let place = path.isRoot ? prefix : prefix.appending(path.bytes)
      if let first = made[index] {
        try layer.link(place, to: first)
      } else {
        try layer.place(tree.nodes[index], at: place)
        if !tree.nodes[index].isFolder { made[index] = place }
      }
    }
    // `/opt` is in every Debian root, made by base-files; it keeps the owner and mode that it has there.
    layer.changeAll { $0.modified = min($0.modified, epoch) }
    return layer
  }

  /// Says what to add where pip found that a wheel lacks another.
  static func explained(_ error: EnvironmentError) -> EnvironmentError {
    let missing = error.details.compactMap { line -> String? in
      guard let place = line.firstRange(of: " requires "), let end = line.firstRange(of: ", which is not installed")
      else { return nil }
      let name = line[place.upperBound..<end.lowerBound]
      return "\(line[..<place.lowerBound]) needs \(name): add it to the recipe's wheels"
    }
    guard !missing.isEmpty else { return error }
    return EnvironmentError(
      .input, "installing the recipe's wheels: one that another needs is not among them", details: missing)
  }

  /// Names go onto pip's command line and into a folder; a lock may be written by anybody.
  private static func checkNames(of wheel: LockedPackage) throws(EnvironmentError) {
    func isPlain(_ text: String, _ extra: String) -> Bool {
      guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else { return false }
      return text.utf8.allSatisfy { byte in
        byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A || byte >= 0x30 && byte <= 0x39
          || extra.utf8.contains(byte)
      }
    }
    guard isPlain(wheel.name, "-_."), isPlain(wheel.version, "-_.+!"), isPlain(wheel.file.name, "-_.+!"),
      wheel.file.name.hasSuffix(".whl"), wheel.file.name.utf8.count < 256
    else {
      throw EnvironmentError(
        .input, "reading the lock: \(wheel.file.name) is no wheel of \(wheel.name)==\(wheel.version)")
    }
  }
}
