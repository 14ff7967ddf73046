import Model

/// Names of packages that others know, <https://github.com/package-url/purl-spec>.
enum PackageURL {
  /// Of a Debian package.
  static func debian(_ package: PackageIdentity) -> String {
    let architecture = package.architecture.map { "?arch=\(escaped($0))" } ?? ""
    return "pkg:deb/debian/\(escaped(package.name))@\(escaped(package.version))\(architecture)"
  }

  /// What must not stand in one is escaped.
  private static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2D, 0x5F, 0x7E: result += String(UnicodeScalar(byte))
      default: result += "%" + Hexadecimal.string([byte]).uppercased()
      }
    }
  }
}
