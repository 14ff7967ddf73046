import Archives
import Model
import RecipeFormat
import SystemPackage

/// What assembling needs to know of one binary package file.
struct DebianPackageFile: Sendable {
  /// Its control paragraph.
  let control: DebianControl
  /// When its newest changelog entry was written: `dpkg-deb` gives the archive's members that time.
  ///
  /// In seconds since 1970.
  let time: Int64

  private static let controlLimit = 1 << 20
  /// No package is older than Debian or from after the year 2242, the last that ustar can hold.
  private static let times: ClosedRange<Int64> = 0...(1 << 33 - 1)

  /// Reads a package file and checks that it is the package that the lock names.
  init(_ path: FilePath, expecting package: LockedPackage) throws(EnvironmentError) {
    let doing = "reading the package file \(package.file.name)"
    let (bytes, time) = try explaining(doing) { try Self.read(path, doing: doing) }
    guard let paragraphs = DebianControl.paragraphs(bytes), paragraphs.count == 1, let control = paragraphs.first else {
      throw EnvironmentError(.input, "\(doing): its control file is not one paragraph of fields")
    }
    self.control = control
    self.time = time
    for (field, locked) in [
      ("Package", package.name), ("Version", package.version), ("Architecture", package.architecture ?? "all"),
    ] where control[field] != locked {
      throw EnvironmentError(
        .input, "\(doing): it is not the package that the lock names",
        details: ["\(field) in the lock: \(locked)", "\(field) in the file: \(control[field] ?? "none")"],
        advice: "Run `verbatim lock --update` to make the lock anew.")
    }
  }

  private static func read(_ path: FilePath, doing: String) throws -> (control: [UInt8], time: Int64) {
    var reader = try ArchiveReader(path: path)
    guard let first = try reader.nextEntry(), first.path == "debian-binary" else {
      throw EnvironmentError(.input, "\(doing): it does not begin as a Debian package does")
    }
    let time = min(max(first.modified?.seconds ?? 0, times.lowerBound), times.upperBound)
    while let member = try reader.nextEntry() {
      guard member.path.hasPrefix("control.tar") else { continue }
      let control = try reader.withNestedArchive { nested -> [UInt8]? in
        while let entry = try nested.nextEntry() {
          if entry.kind == .file, entry.path == "./control" || entry.path == "control" {
            return try nested.readBytes(limit: controlLimit)
          }
        }
        return nil
      }
      if let control { return (control, time) }
      break
    }
    throw EnvironmentError(.input, "\(doing): it has no control file")
  }
}
