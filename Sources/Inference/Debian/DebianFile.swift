import Archives
import Fetching
import Model
import SystemPackage

/// What a binary package of Debian tells of its build.
struct DebianFile: Sendable {
  let name: String
  let version: String
  let architecture: String
  /// The source package and its version, which a rebuild of the archive alone (`+b1`) does not change.
  let source: String
  let sourceVersion: String
  /// The relations of `Depends` and `Pre-Depends`, as they are written.
  let dependencies: [String]
  /// The relations of `Built-Using` and `Static-Built-Using`.
  let builtUsing: [String]
  /// Versions of debhelper that its own scripts name.
  let debhelper: [String]
  /// What made its manual pages: `4.14 (Pod::Simple 3.43)`.
  let podMan: [String]
  /// The newest entry of its changelog of this architecture alone, which a rebuild by the archive adds.
  let rebuildEntry: [String]
  /// The distribution that its newest changelog entry names.
  let distribution: String?
  /// Whether it holds programs or libraries.
  let hasPrograms: Bool

  private static let textLimit = 16 << 20

  /// Reads a package file; `label` is what messages call it.
  init(_ path: FilePath, label: String) throws {
    var reading = Reading()
    do {
      try reading.read(path)
    } catch let error as CancellationError {
      throw error
    } catch {
      throw InferenceError(
        "reading \(label): it is no whole Debian package",
        details: [(error as? any ExplainedError)?.message ?? "\(error)"], inconclusive: .missingInput)
    }
    guard let control = reading.control, let name = control["Package"], let version = control["Version"],
      let architecture = control["Architecture"], [name, version, architecture].allSatisfy(Self.isWord)
    else {
      throw InferenceError(
        "reading \(label): its control file names no package, version and architecture", inconclusive: .missingInput)
    }
    let source = (control["Source"] ?? name).split(separator: " ", maxSplits: 1)
    let inBrackets = source.count == 2 ? source[1].filter { $0 != "(" && $0 != ")" } : ""
    let written = inBrackets.isEmpty ? Self.withoutRebuild(version) : inBrackets
    guard let sourceName = source.first.map(String.init), Self.isWord(sourceName), Self.isWord(written) else {
      throw InferenceError("reading \(label): its field Source names no source package", inconclusive: .missingInput)
    }
    self.name = name
    self.version = version
    self.architecture = architecture
    self.source = sourceName
    sourceVersion = written
    dependencies = Self.relations(control, ["Pre-Depends", "Depends"])
    builtUsing = Self.relations(control, ["Built-Using", "Static-Built-Using"])
    debhelper = reading.debhelper.sorted()
    podMan = reading.podMan.sorted()
    rebuildEntry = reading.rebuildEntry
    distribution = reading.distribution
    hasPrograms = reading.hasPrograms
  }

  /// Makes one of its parts.
  init(
    name: String, version: String, architecture: String, source: String, sourceVersion: String,
    dependencies: [String], builtUsing: [String], debhelper: [String], podMan: [String], rebuildEntry: [String],
    distribution: String?, hasPrograms: Bool
  ) {
    self.name = name
    self.version = version
    self.architecture = architecture
    self.source = source
    self.sourceVersion = sourceVersion
    self.dependencies = dependencies
    self.builtUsing = builtUsing
    self.debhelper = debhelper
    self.podMan = podMan
    self.rebuildEntry = rebuildEntry
    self.distribution = distribution
    self.hasPrograms = hasPrograms
  }

  /// Whether a text is a name, version or architecture, so that nothing else reaches a path or a command.
  static func isWord(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "-+.~:_".utf8.contains(byte)
      }
  }

  /// A version without the `+b1` of a rebuild by the archive.
  static func withoutRebuild(_ version: String) -> String {
    guard let place = version.ranges(of: "+b").last, place.upperBound < version.endIndex,
      version[place.upperBound...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return version }
    return String(version[..<place.lowerBound])
  }

  private static func relations(_ control: ControlStanza, _ fields: [String]) -> [String] {
    fields.flatMap { (control.lines($0) ?? []).joined(separator: " ").split(separator: ",") }
      .map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
  }

  /// The members, as they come.
  private struct Reading {
    var control: ControlStanza?
    var debhelper: Set<String> = []
    var podMan: Set<String> = []
    var rebuildEntry: [String] = []
    var distribution: String?
    var hasPrograms = false

    mutating func read(_ path: FilePath) throws {
      var reader = try ArchiveReader(path: path)
      guard let first = try reader.nextEntry(), first.path == "debian-binary" else {
        throw InferenceError("looking at its first member: it is not debian-binary")
      }
      var members: Set<String> = []
      while let member = try reader.nextEntry() {
        let kind = member.path.prefix { $0 != "." }
        guard member.path.contains(".tar"), kind == "control" || kind == "data" else { continue }
        members.insert(String(kind))
        var found = self
        try reader.withNestedArchive { nested in
          while let entry = try nested.nextEntry() {
            try Task.checkCancellation()
            try found.take(entry, &nested, isControl: kind == "control")
          }
        }
        self = found
      }
      guard members.count == 2 else { throw InferenceError("looking at its members: control or data is missing") }
    }

    private mutating func take(_ entry: ArchiveEntry, _ reader: inout ArchiveReader, isControl: Bool) throws {
      guard entry.kind == .file, (entry.size ?? 0) <= DebianFile.textLimit else { return }
      let path = entry.path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
      if isControl {
        let text = String(decoding: try reader.readBytes(limit: DebianFile.textLimit), as: UTF8.self)
        if path == "control" { control = ControlStanza.parse(text).first }
        if ["preinst", "postinst", "prerm", "postrm"].contains(path) { marks(text) }
        return
      }
      if path.hasPrefix("usr/share/doc/"), path.hasSuffix(".gz"), path.contains("/changelog") {
        try changelog(path, try reader.readBytes(limit: DebianFile.textLimit))
      } else if path.hasPrefix("usr/share/man/"), path.hasSuffix(".gz"), podMan.isEmpty {
        let text = try DebianFile.unzipped(try reader.readBytes(limit: DebianFile.textLimit), limit: 1 << 20)
        if let line = text.split(separator: "\n").prefix(20).first(where: { $0.contains("generated by Pod::Man ") }),
          let place = line.firstRange(of: "Pod::Man ")
        {
          podMan.insert(String(line[place.upperBound...].prefix(60)))
        }
      } else if !hasPrograms, entry.mode & 0o111 != 0 || path.contains("/lib") {
        let bytes = try reader.readBytes(limit: DebianFile.textLimit)
        hasPrograms = bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46])
      }
    }

    /// `# Automatically added by dh_installman/13.11.4`
    private mutating func marks(_ text: String) {
      for line in text.split(separator: "\n") where line.hasPrefix("# Automatically added by dh_") {
        guard let slash = line.firstIndex(of: "/") else { continue }
        let version = String(line[line.index(after: slash)...])
        if DebianFile.isWord(version) { debhelper.insert(version) }
      }
    }

    private mutating func changelog(_ path: String, _ bytes: [UInt8]) throws {
      let name = path.split(separator: "/").last ?? ""
      let parts = name.split(separator: ".")
      let lines = try DebianFile.unzipped(bytes, limit: DebianFile.textLimit).split(
        separator: "\n", omittingEmptySubsequences: false)
      guard let first = lines.first, let close = first.firstIndex(of: ")"), first.contains(";") else { return }
      // changelog.Debian.amd64.gz
      if parts.count == 4, parts[1] == "Debian" {
        let end = lines.firstIndex { $0.hasPrefix(" -- ") } ?? 0
        rebuildEntry = lines[...end].prefix(200).map(String.init)
      } else {
        distribution = first[first.index(after: close)...].split { $0 == " " || $0 == ";" }.first.map(String.init)
      }
    }
  }

  private static func unzipped(_ bytes: [UInt8], limit: Int) throws -> String {
    var reader = try ArchiveReader(compressedFile: bytes, name: "text")
    guard try reader.nextEntry() != nil else { return "" }
    return String(decoding: try reader.readBytes(limit: limit), as: UTF8.self)
  }
}
