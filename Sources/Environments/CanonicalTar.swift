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
    if !records.isEmpty { try add(records) }
    try write(header.bytes)
  }

  private mutating func add(_ records: PaxRecords) throws {
    let body = records.bytes
    var header = TarHeader()
    header.set(Array("././@PaxHeader".utf8), .name)
    header.set(0o644, .mode)
    header.set(0, .userID)
    header.set(0, .groupID)
    header.set(0, .modified)
    header.set(UInt64(body.count), .size)
    header.type = UInt8(ascii: "x")
    try write(header.bytes)
    try write(body)
    try pad(Int64(body.count))
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
    let rest = Int(count % 512)
    if rest > 0 { try write([UInt8](repeating: 0, count: 512 - rest)) }
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

/// A POSIX ustar header block.
struct TarHeader {
  /// A field by its place in the block.
  enum Field {
    case name, mode, userID, groupID, size, modified, link

    var range: Range<Int> {
      switch self {
      case .name: 0..<100
      case .mode: 100..<108
      case .userID: 108..<116
      case .groupID: 116..<124
      case .size: 124..<136
      case .modified: 136..<148
      case .link: 157..<257
      }
    }
  }

  private var block: [UInt8]

  init() {
    block = [UInt8](repeating: 0, count: 512)
    block.replaceSubrange(257..<265, with: Array("ustar\u{0}00".utf8))
    set(0, .size)
    set(0, in: 329..<337)
    set(0, in: 337..<345)
  }

  /// The type flag.
  var type: UInt8 {
    get { block[156] }
    set { block[156] = newValue }
  }

  /// Sets a text; false when there is no room for it, and then the field keeps what fits.
  @discardableResult
  mutating func set(_ text: [UInt8], _ field: Field) -> Bool {
    let fitting = text.prefix(field.range.count)
    block.replaceSubrange(field.range.lowerBound..<(field.range.lowerBound + fitting.count), with: fitting)
    return fitting.count == text.count
  }

  /// Sets a number; false when there is no room for it, and then the field is zero.
  @discardableResult
  mutating func set(_ number: UInt64, _ field: Field) -> Bool { set(number, in: field.range) }

  @discardableResult
  private mutating func set(_ number: UInt64, in range: Range<Int>) -> Bool {
    let width = range.count - 1
    let digits = Array(String(number, radix: 8).utf8)
    let fits = digits.count <= width
    let written = fits ? digits : [UInt8(ascii: "0")]
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: width - written.count)
    block.replaceSubrange(range, with: zeros + written + [0])
    return fits
  }

  /// The block with its checksum.
  var bytes: [UInt8] {
    var block = block
    block.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: " "), count: 8))
    let digits = Array(String(block.reduce(0) { $0 + Int($1) }, radix: 8).utf8)
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 6 - digits.count)
    block.replaceSubrange(148..<156, with: zeros + digits + [0, UInt8(ascii: " ")])
    return block
  }
}

/// The records of a pax extended header, in the order in which they were added.
struct PaxRecords {
  private(set) var bytes: [UInt8] = []

  var isEmpty: Bool { bytes.isEmpty }

  mutating func add(_ key: String, _ value: [UInt8]) { add(Array(key.utf8), value) }

  /// Adds `LENGTH KEY=VALUE\n`, where the length counts its own digits.
  mutating func add(_ key: [UInt8], _ value: [UInt8]) {
    let rest = 1 + key.count + 1 + value.count + 1
    var length = rest + 1
    while String(length).utf8.count + rest != length { length = String(length).utf8.count + rest }
    bytes += Array("\(length) ".utf8) + key + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
  }
}
