import Archives
import Digests
import Model
import SystemPackage

/// Writes a root file system as the one tar archive that stands for it on every machine.
///
/// Entries sorted by the bytes of their paths; ustar headers with numeric owners, and a pax header where ustar has
/// no room; hard links name the first path of their file; two zero blocks at the end and nothing after.
/// `Documentation/Environments.md` is the specification.
struct CanonicalTar: ~Copyable {
  private let file: FileDescriptor
  private var digest = StreamingDigest()
  private var buffer: [UInt8] = []
  private var size: Int64 = 0
  private static let bufferSize = 1 << 20

  private init(_ file: FileDescriptor) {
    self.file = file
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  /// Writes the tree to a new file and returns its digest and size.
  static func write(_ tree: LayerTree, spool: ContentSpool, to path: FilePath) throws -> FileIdentity {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
    defer { try? file.close() }
    var tar = CanonicalTar(file)
    var first: [Int: LayerPath] = [:]
    for path in tree.sortedPaths {
      guard let index = tree.places[path] else { continue }
      let node = tree.nodes[index]
      if let target = first[index] {
        try tar.add(node, at: path, linkTo: target)
      } else {
        try tar.add(node, at: path)
        if case .file(let content) = node.kind { try tar.add(content, from: spool) }
        if !node.isFolder { first[index] = path }
      }
    }
    return try tar.finish()
  }

  private mutating func add(_ node: LayerNode, at path: LayerPath, linkTo target: LayerPath? = nil) throws {
    try Task.checkCancellation()
    var header = TarHeader()
    var records = PaxRecords()
    let name = path.isRoot ? Array("./".utf8) : node.isFolder ? path.bytes + Array("/".utf8) : path.bytes
    if !header.set(name, .name) { records.add("path", name) }
    header.set(UInt64(node.mode), .mode)
    if !header.set(UInt64(node.userID), .userID) { records.add("uid", Array(String(node.userID).utf8)) }
    if !header.set(UInt64(node.groupID), .groupID) { records.add("gid", Array(String(node.groupID).utf8)) }
    header.set(UInt64(max(0, node.modified)), .modified)
    var link: [UInt8]?
    if let target {
      header.type = UInt8(ascii: "1")
      link = target.bytes
    } else {
      switch node.kind {
      case .folder: header.type = UInt8(ascii: "5")
      case .fifo: header.type = UInt8(ascii: "6")
      case .whiteout: header.type = UInt8(ascii: "3")
      case .symbolicLink(let target):
        header.type = UInt8(ascii: "2")
        link = target
      case .file(let content):
        header.type = UInt8(ascii: "0")
        if !header.set(UInt64(content.size), .size) { records.add("size", Array(String(content.size).utf8)) }
      }
      for attribute in node.attributes { records.add(Array("SCHILY.xattr.".utf8) + attribute.name, attribute.value) }
    }
    if let link, !header.set(link, .link) { records.add("linkpath", link) }
    if ![name, link ?? []].allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) {
      records.add("hdrcharset", Array("BINARY".utf8))
    }
    if !records.isEmpty { try write(records.header) }
    try write(header.bytes)
  }

  private mutating func add(_ content: SpooledContent, from spool: ContentSpool) throws {
    try flush()
    try spool.read(content) { bytes in
      digest.update(bytes)
      _ = try unsafe bytes.withUnsafeBytes { try unsafe file.writeAll($0) }
      size += Int64(bytes.byteCount)
    }
    try pad(content.size)
  }

  private mutating func pad(_ count: Int64) throws {
    try write([UInt8](repeating: 0, count: TarHeader.padding(Int(count))))
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= Self.bufferSize { try flush() }
  }

  private mutating func flush() throws {
    digest.update(buffer)
    try file.writeAll(buffer)
    size += Int64(buffer.count)
    buffer.removeAll(keepingCapacity: true)
  }

  private consuming func finish() throws -> FileIdentity {
    try write([UInt8](repeating: 0, count: 1024))
    try flush()
    return FileIdentity(sha256: digest.finishSHA256(), size: size)
  }
}
