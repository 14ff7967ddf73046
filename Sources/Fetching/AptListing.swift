import Model
import RecipeFormat

/// A file that apt would download, from the output of `--print-uris`.
struct AptDownload: Hashable, Sendable {
  /// The file's name in the archive.
  var file: LockedFile
  /// The name under which apt writes it, in which epochs are escaped.
  var written: String

  /// Reads `'URI' name size SHA256:digest`; nil for a line of another form or digest.
  init?(line: some StringProtocol) {
    guard line.first == "'", let end = line.dropFirst().firstIndex(of: "'") else { return nil }
    let uri = line[line.index(after: line.startIndex)..<end]
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count == 3, let size = Int64(fields[1]), size >= 0, fields[2].hasPrefix("SHA256:"),
      let digest = SHA256Digest(hex: fields[2].dropFirst(7)),
      let base = uri.split(separator: "/").last, let name = PercentEncoding.decode(base),
      FileNames.isPlain(name), FileNames.isPlain(String(fields[0]))
    else { return nil }
    file = LockedFile(name: name, sha256: digest, size: size)
    written = String(fields[0])
  }

  /// The package, when the written name is `name_version_architecture.deb`.
  var package: LockedPackage? {
    guard written.hasSuffix(".deb") else { return nil }
    let parts = written.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, let name = PercentEncoding.decode(parts[0]), let version = PercentEncoding.decode(parts[1])
    else { return nil }
    return LockedPackage(name: name, version: version, architecture: String(parts[2]), file: file)
  }
}

/// What the package index says of one binary package.
struct IndexedPackage: Hashable, Sendable {
  var package: LockedPackage

  /// Nil where the stanza lacks a field; packages without a SHA-256 are no use to us.
  init?(_ stanza: ControlStanza) {
    guard let name = stanza["Package"], let version = stanza["Version"], let architecture = stanza["Architecture"],
      let path = stanza["Filename"], let base = path.split(separator: "/").last, FileNames.isPlain(String(base)),
      let size = stanza["Size"].flatMap({ Int64($0) }), size >= 0,
      let digest = stanza["SHA256"].flatMap({ SHA256Digest(hex: $0) })
    else { return nil }
    package = LockedPackage(
      name: name, version: version, architecture: architecture,
      file: LockedFile(name: String(base), sha256: digest, size: size))
  }
}

/// What the source index says of one source package.
struct IndexedSource: Hashable, Sendable {
  var name: String
  var version: String
  /// The `.dsc` first, then the rest in the order of the index.
  var files: [LockedFile]

  /// Nil where the stanza lacks a field or has no SHA-256 of its files.
  init?(_ stanza: ControlStanza) {
    guard let name = stanza["Package"], let version = stanza["Version"],
      let lines = stanza.lines("Checksums-Sha256")
    else { return nil }
    var files: [LockedFile] = []
    for line in lines where !line.isEmpty {
      let fields = line.split(separator: " ")
      guard fields.count == 3, let digest = SHA256Digest(hex: fields[0]), let size = Int64(fields[1]), size >= 0,
        FileNames.isPlain(String(fields[2]))
      else { return nil }
      files.append(LockedFile(name: String(fields[2]), sha256: digest, size: size))
    }
    let descriptions = files.filter { $0.name.hasSuffix(".dsc") }
    guard descriptions.count == 1 else { return nil }
    self.name = name
    self.version = version
    self.files = descriptions + files.filter { !$0.name.hasSuffix(".dsc") }
  }
}

/// Debian's rules for what names a package and a version.
enum DebianNames {
  /// A package's name (Debian Policy 5.6.1). apt reads a `-` at the end as a removal, so that is none.
  static func isPackage(_ name: String) -> Bool {
    guard (2...200).contains(name.utf8.count), let first = name.utf8.first, isLowerOrDigit(first) else { return false }
    return name.utf8.allSatisfy { isLowerOrDigit($0) || "+-.".utf8.contains($0) } && !name.hasSuffix("-")
  }

  /// A version (Debian Policy 5.6.12).
  static func isVersion(_ version: String) -> Bool {
    guard (1...200).contains(version.utf8.count), let first = version.utf8.first else { return false }
    return version.utf8.allSatisfy { isLetterOrDigit($0) || ".+-~:".utf8.contains($0) } && isLetterOrDigit(first)
  }

  /// A suite or architecture.
  static func isWord(_ word: String) -> Bool {
    (1...100).contains(word.utf8.count) && word.utf8.first.map(isLetterOrDigit) == true
      && word.utf8.allSatisfy { isLetterOrDigit($0) || ".+-~_".utf8.contains($0) }
  }

  /// Whether a version is the one that was asked for; people leave the epoch out, as file names do.
  static func matches(_ version: String, asked: String) -> Bool {
    version == asked || (!asked.contains(":") && withoutEpoch(version) == asked)
  }

  static func withoutEpoch(_ version: String) -> String {
    version.firstIndex(of: ":").map { String(version[version.index(after: $0)...]) } ?? version
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLowerOrDigit(byte) || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
  }
}
