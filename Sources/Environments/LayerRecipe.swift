import Digests
import Model
import RecipeFormat

/// What a layer is made from; the same inputs give the same layer.
enum LayerRecipe {
  /// The root of a Debian system.
  case base([LockedPackage])
  /// Packages installed over a base.
  case packages([LockedPackage], base: [LockedPackage])
  /// Wheels installed over both.
  case wheels([LockedPackage], over: [LockedPackage])
  /// A tar archive of a root.
  case rootFileSystem(LockedFile)
  /// An image of an archive.
  case image(LockedFile, manifest: SHA256Digest)

  /// Raised when a layer is made otherwise from the same inputs.
  private static let version = 1

  /// A digest over all that the layer follows from.
  var key: SHA256Digest {
    var lines = ["verbatim environment layer \(Self.version)"]
    switch self {
    case .base(let packages): lines += ["base"] + Self.lines(packages)
    case .packages(let packages, let base): lines += ["packages"] + Self.lines(packages) + ["over"] + Self.lines(base)
    case .wheels(let wheels, let packages):
      // A wheel's file name says what it is, so it counts too.
      lines += ["wheels"] + wheels.map { "\($0.file.sha256) \($0.file.name) \($0.name) \($0.version)" }
      lines += ["over"] + Self.lines(packages)
    case .rootFileSystem(let file): lines += ["root", file.sha256.hex]
    case .image(let file, let manifest): lines += ["image", file.sha256.hex, manifest.hex]
    }
    return .of(lines.map { $0 + "\n" }.joined())
  }

  /// What it is called in messages.
  var title: String {
    switch self {
    case .base(let packages): "the base layer of \(packages.count) packages"
    case .packages(let packages, _): "the layer of \(packages.count) packages"
    case .wheels(let wheels, _): "the layer of \(wheels.count) wheels"
    case .rootFileSystem(let file), .image(let file, _): "the layer of \(file.name)"
    }
  }

  /// The order of packages in a lock does not matter; that of wheels is the recipe's.
  private static func lines(_ packages: [LockedPackage]) -> [String] {
    packages.map { "\($0.file.sha256) \($0.name)" }.sorted()
  }
}
