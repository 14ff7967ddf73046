import RecipeFormat

/// Checks what dpkg's own database says is installed against the lock.
enum InstalledPackages {
  private static let status: LayerPath = "var/lib/dpkg/status"
  private static let statusLimit = 64 << 20

  /// Throws unless exactly the locked packages are installed, at exactly their versions.
  static func check(_ tree: LayerTree, spool: ContentSpool, against locked: [LockedPackage]) throws {
    guard case .file(let content)? = tree[status]?.kind, let bytes = try spool.bytes(content, limit: statusLimit),
      let paragraphs = DebianControl.paragraphs(bytes)
    else { throw EnvironmentError(.machine, "checking the assembled root: it has no package database") }
    var installed: Set<String> = []
    var problems: [String] = []
    for paragraph in paragraphs {
      let label = label(paragraph["Package"] ?? "", paragraph["Version"] ?? "", paragraph["Architecture"] ?? "")
      if paragraph["Status"] == "install ok installed" {
        installed.insert(label)
      } else {
        problems.append("\(label) has the status \(paragraph["Status"] ?? "none")")
      }
    }
    let wanted = Set(locked.map { Self.label($0.name, $0.version, $0.architecture ?? "all") })
    problems += wanted.subtracting(installed).sorted().map { "\($0) is locked but not installed" }
    problems += installed.subtracting(wanted).sorted().map { "\($0) is installed but not locked" }
    guard problems.isEmpty else {
      throw EnvironmentError(
        .input, "checking the assembled root: it does not hold exactly the locked packages",
        details: Array(problems.prefix(20)), advice: "Run `verbatim lock --update` to make the lock anew.")
    }
  }

  private static func label(_ name: String, _ version: String, _ architecture: String) -> String {
    "\(name)=\(version) (\(architecture))"
  }
}
