import Archives
import Store
public import SystemPackage

/// What became of one artifact that the recipe names.
public enum RebuiltArtifact: Sendable, Equatable {
  /// A regular file inside the build's tree, copied out.
  case file(FilePath)
  /// There is no such file, or it is not one that may be taken; the text says what was found.
  case refused(String)
}

/// Takes artifacts out of the archive that the sandbox's collector wrote.
///
/// The archive lists each folder on the way to an artifact as an entry of its own, so a link in the way shows, and a
/// named pipe or device is an entry and not something that anybody opens.
struct CollectedArtifacts {
  private var kinds: [[String]: ArchiveEntry.Kind] = [:]
  private var files: [[String]: FilePath] = [:]
  private var links: [[String]: [String]] = [:]

  /// Reads the collector's archive and writes the wanted files into a folder, each under its number.
  init(archive: FilePath, wanted: [[String]], into folder: FilePath) throws {
    var reader = try ArchiveReader(path: archive)
    let wantedSet = Set(wanted)
    while let entry = try reader.nextEntry() {
      try Task.checkCancellation()
      let place = Self.components(entry.path)
      guard kinds[place] == nil else { continue }
      kinds[place] = entry.kind
      if entry.kind == .hardLink, let target = entry.linkTargetText { links[place] = Self.components(target) }
      guard entry.kind == .file, wantedSet.contains(place) else { continue }
      let path = folder.appending("\(files.count)")
      try Self.write(&reader, to: path)
      files[place] = path
    }
  }

  /// What became of the artifact at a place.
  func artifact(at place: [String]) -> RebuiltArtifact {
    for length in 1..<place.count {
      let parent = Array(place.prefix(length))
      guard let kind = kinds[parent] else { return .refused("there is no folder \(Self.text(parent))") }
      guard kind == .folder else { return .refused("\(Self.text(parent)) on the way to it is a \(kind.rawValue)") }
    }
    guard let kind = kinds[place] else { return .refused("there is no such file") }
    if let path = files[place] ?? links[place].flatMap({ files[$0] }) { return .file(path) }
    return .refused("it is a \(kind.rawValue), and only a regular file can be an artifact")
  }

  private static func components(_ path: String) -> [String] {
    path.split(separator: "/").map(String.init).filter { $0 != "." }
  }

  private static func text(_ place: [String]) -> String { place.joined(separator: "/") }

  private static func write(_ reader: inout ArchiveReader, to path: FilePath) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      // Compared by a process that runs as another user.
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try file.closeAfter {
      try reader.readData { offset, bytes in
        try unsafe bytes.withUnsafeBytes {
          _ = try unsafe file.writeAll(toAbsoluteOffset: offset, $0)
        }
      }
    }
  }
}
