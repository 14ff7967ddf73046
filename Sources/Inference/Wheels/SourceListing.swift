import Archives
import SystemPackage

/// The members of a source archive, and the texts that say how it is built; nothing of it is run.
struct SourceListing: Sendable {
  struct Member: Hashable, Sendable {
    /// Below the archive's single top folder.
    var path: String
    /// In seconds since 1970.
    var time: Int64
    var mode: UInt32
    var size: Int64
    var crc32: UInt32
  }

  /// What it is called.
  var name: String
  /// Its files, in the order of the archive.
  var members: [Member]
  /// Texts at the top, by their names.
  var texts: [String: String]

  static let wantedTexts = ["pyproject.toml", "setup.py", "setup.cfg", "PKG-INFO", "Makefile", ".git_archival.txt"]
  private static let entryLimit = 200_000
  private static let byteLimit: Int64 = 4 << 30
  private static let textLimit = 1 << 20

  init(members: [Member], texts: [String: String], name: String = "source") {
    self.members = members
    self.texts = texts
    self.name = name
  }

  /// Reads an archive to its end, within bounds.
  init(_ path: FilePath, name: String) throws {
    self.name = name
    members = []
    texts = [:]
    var bytesRead: Int64 = 0
    var reader = try ArchiveReader(path: path, decompressingOnThread: true)
    while let entry = try reader.nextEntry() {
      try Task.checkCancellation()
      guard entry.kind == .file else { continue }
      guard members.count < Self.entryLimit, bytesRead < Self.byteLimit else {
        throw InferenceError("reading \(name): it has more files than a source archive may have")
      }
      let parts = entry.path.split(separator: "/").filter { $0 != "." }
      let below = parts.count > 1 ? parts.dropFirst().joined(separator: "/") : parts.joined()
      var crc = CyclicRedundancyCheck()
      var size: Int64 = 0
      let isWanted = parts.count == 2 && Self.wantedTexts.contains(below)
      var text: [UInt8] = []
      try reader.readData { _, bytes in
        crc.update(bytes)
        size += Int64(bytes.byteCount)
        if isWanted, text.count < Self.textLimit {
          unsafe bytes.withUnsafeBytes { unsafe text.append(contentsOf: $0) }
        }
      }
      bytesRead += size
      if isWanted { texts[below] = String(decoding: text, as: UTF8.self) }
      members.append(
        Member(
          path: below, time: entry.modified?.seconds ?? 0, mode: entry.mode & 0o7777, size: size, crc32: crc.value))
    }
    guard !members.isEmpty else { throw InferenceError("reading \(name): it has no files") }
  }

  /// What pyproject.toml says of the build; nil when there is none or it cannot be read.
  var buildSystem: BuildSystemTable? { texts["pyproject.toml"].flatMap { BuildSystemTable($0) } }

  /// Whether a folder of Python modules is in the source, as an in-tree back end is.
  func has(package: String, below folders: [String]) -> Bool {
    let path = package.split(separator: ".").joined(separator: "/")
    let roots = folders.map { folder in
      let clean = folder.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
      return clean.isEmpty ? path : clean + "/" + path
    }
    return members.contains { member in
      roots.contains { member.path == $0 + ".py" || member.path.hasPrefix($0 + "/") }
    }
  }
}
