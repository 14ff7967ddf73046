import Archives
import SystemPackage

/// What an archive of a root file system may hold at most.
struct LayerLimits: Sendable {
  /// Entries over all layers, hidden ones included.
  var entries = 2_000_000
  /// Bytes of files over all layers, hidden ones included.
  var bytes: Int64 = 64 << 30
}

/// One entry of a layer's archive, as far as a root file system keeps it.
enum LayerItem: Sendable {
  case node(LayerNode, LayerPath)
  case hardLink(LayerPath, to: LayerPath)
}

/// Reads the entries of a layer's archive, which may come from an adversary.
///
/// What has no place in an environment is left out: device nodes and sockets (the sandbox makes `/dev` itself),
/// names of owners, all times but the last change in whole seconds, and extended attributes that belong to a host.
enum LayerReader {
  /// Reads all entries in the archive's order; contents go to the spool.
  static func forEach(
    of archive: FilePath, spool: ContentSpool, _ body: (LayerItem) throws -> Void
  ) throws {
    var reader = try ArchiveReader(path: archive, decompressingOnThread: true)
    while let entry = try reader.nextEntry() {
      try Task.checkCancellation()
      guard let path = LayerPath(archiveName: entry.pathBytes) else {
        throw refused(entry, "its name does not lie in a root file system")
      }
      guard let item = try item(entry, at: path, reader: &reader, spool: spool) else { continue }
      try body(item)
    }
  }

  /// Reads a whole root file system whose every parent must be a listed or implied folder.
  static func tree(of archive: FilePath, spool: ContentSpool, limits: LayerLimits = .init()) throws -> LayerTree {
    var tree = LayerTree(entryLimit: limits.entries)
    try forEach(of: archive, spool: spool) { item in
      switch item {
      case .node(let node, let path):
        try tree.makeParents(of: path)
        try tree.place(node, at: path)
      case .hardLink(let path, let target):
        try tree.makeParents(of: path)
        try tree.link(path, to: target)
      }
    }
    return tree
  }

  private static func item(
    _ entry: ArchiveEntry, at path: LayerPath, reader: inout ArchiveReader, spool: ContentSpool
  ) throws -> LayerItem? {
    let kind: LayerNode.Kind
    switch entry.kind {
    case .folder: kind = .folder
    case .file: kind = .file(try content(of: entry, reader: &reader, spool: spool))
    case .symbolicLink:
      guard let target = entry.linkTarget, !target.isEmpty, target.count <= LayerPath.longest else {
        throw refused(entry, "its target is empty or too long")
      }
      kind = .symbolicLink(target)
    case .hardLink:
      guard let target = LayerPath(archiveName: entry.linkTarget ?? []), !target.isRoot else {
        throw refused(entry, "it is a hard link to a name that does not lie in a root file system")
      }
      return .hardLink(path, to: target)
    case .fifo: kind = .fifo
    case .characterDevice, .blockDevice, .socket: return nil
    case .unknown: throw refused(entry, "its type is unknown")
    }
    var node = LayerNode(kind: kind, mode: entry.mode & 0o7777)
    guard let userID = UInt32(exactly: entry.userID), let groupID = UInt32(exactly: entry.groupID) else {
      throw refused(entry, "its owner is \(entry.userID):\(entry.groupID)")
    }
    node.userID = userID
    node.groupID = groupID
    node.modified = max(0, min(entry.modified?.seconds ?? 0, 1 << 33 - 1))
    node.attributes = entry.extendedAttributes.filter { isKept($0.name) }
      .map { LayerNode.Attribute(name: $0.name, value: $0.value) }.sorted()
    if case .symbolicLink = kind { node.mode = 0o777 }
    return .node(node, path)
  }

  private static func content(
    of entry: ArchiveEntry, reader: inout ArchiveReader, spool: ContentSpool
  ) throws -> SpooledContent {
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    return try spool.store { take in
      var end: Int64 = 0
      func fill(to offset: Int64) throws {
        while end < offset {
          let count = Int(min(offset - end, Int64(zeros.count)))
          unsafe try take(zeros.span.extracting(first: count).bytes)
          end += Int64(count)
        }
      }
      try reader.readData { offset, bytes in
        try fill(to: offset)
        try take(bytes)
        end = offset + Int64(bytes.byteCount)
      }
      if let size = entry.size { try fill(to: size) }
    }
  }

  /// Whether an extended attribute is part of a root file system rather than of the host it was made on.
  private static func isKept(_ name: [UInt8]) -> Bool {
    let name = String(decoding: name, as: UTF8.self)
    return name == "security.capability"
      || (name.hasPrefix("user.") && !name.hasPrefix("user.overlay.") && !name.contains("="))
  }

  private static func refused(_ entry: ArchiveEntry, _ why: String) -> EnvironmentError {
    EnvironmentError(.input, "reading a root file system: refusing the entry \(entry.path): \(why)")
  }
}
