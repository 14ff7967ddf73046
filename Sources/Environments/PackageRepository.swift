import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage

/// A folder with package files and the index by which apt finds them: Debian's flat repository format.
struct PackageRepository {
  /// The folder.
  let folder: FilePath
  /// The newest time of its packages, in seconds since 1970.
  let newest: Int64

  /// Where the folder is seen inside the sandbox.
  static let inside = "/run/verbatim/packages"
  /// What apt's configuration says of it; the packages' digests were checked against the lock already.
  static func sourceLine(_ method: String) -> String { "deb [trusted=yes] \(method):\(inside) ./" }

  /// Lays out the locked packages in a new folder, taking their files from the store.
  init(_ packages: [LockedPackage], store: Store, at folder: FilePath) throws(EnvironmentError) {
    self.folder = folder
    guard unsafe folder.withPlatformString({ unsafe mkdir($0, 0o755) }) == 0 else {
      throw EnvironmentError(.machine, "making the folder \(folder): \(Errno(rawValue: errno))")
    }
    var newest: Int64 = 0
    var index = ""
    for package in packages {
      try Self.checkNames(of: package)
      let path = try StoredInput.path(of: package.file, in: store, for: "the package \(package.name)")
      let file = try DebianPackageFile(path, expecting: package)
      let name = "\(package.file.sha256.hex).deb"
      try StoredInput.place(path, at: folder.appending(name))
      newest = max(newest, file.time)
      var control = file.control
      control.replace(
        [("Filename", "./\(name)"), ("Size", String(package.file.size)), ("SHA256", package.file.sha256.hex)],
        dropping: ["filename", "size", "sha256", "sha512", "sha1", "md5sum"])
      index += control.text + "\n"
    }
    self.newest = newest
    try explaining("writing the package index in \(folder)") {
      let file = try FileDescriptor.open(
        folder.appending("Packages"), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(index.utf8) }
    }
  }

  /// Names go onto command lines of apt, where some characters have a meaning; a lock may be written by anybody.
  private static func checkNames(of package: LockedPackage) throws(EnvironmentError) {
    let name = package.name.utf8
    let version = package.version.utf8
    let sound =
      name.count >= 2 && name.allSatisfy { isLowerOrDigit($0) || "+-.".utf8.contains($0) }
      && isLowerOrDigit(name.first ?? 0) && !version.isEmpty
      && version.allSatisfy {
        isLowerOrDigit($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || "+-.:~".utf8.contains($0)
      }
    guard sound else {
      throw EnvironmentError(
        .input, "reading the lock: \(package.name)=\(package.version) is no name and version of a Debian package")
    }
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
