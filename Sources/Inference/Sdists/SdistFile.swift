import Archives
import Model
import SystemPackage

/// A Python source distribution: its entries in their order, how they are packed, and its PKG-INFO.
struct SdistFile: Sendable {
  struct Entry: Hashable, Sendable {
    /// Below the archive's single top folder; empty for that folder itself.
    var path: String
    var isFolder: Bool
    /// In seconds since 1970.
    var time: Int64
    /// The time's fraction of a second; pax alone has it.
    var nanoseconds: Int64 = 0
    var mode: UInt16
    var owner: SdistOwner
    var size: Int64
    var crc32: UInt32

    var hasFraction: Bool { nanoseconds != 0 }
  }

  /// How the entries are written.
  enum Dialect: String, Sendable {
    case ustar, pax, gnu, zip, other
  }

  /// The file's name.
  var fileName: String
  /// The top folder.
  var folder: String
  var entries: [Entry]
  var dialect: Dialect
  /// Whether entries that are no devices have the numbers of one, zeros, as Python wrote them before 3.9.
  var numbersDevices = false
  /// Nil where gzip is not what compresses it.
  var gzip: GzipHeader?
  /// The fields of PKG-INFO at the top.
  var metadata: HeaderText

  private static let suffixes = [".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz"]
  private static let entryLimit = 200_000
  private static let byteLimit: Int64 = 4 << 30
  private static let textLimit = 16 << 20

  init(
    fileName: String, folder: String, entries: [Entry], dialect: Dialect, gzip: GzipHeader?, metadata: String
  ) {
    self.fileName = fileName
    self.folder = folder
    self.entries = entries
    self.dialect = dialect
    self.gzip = gzip
    self.metadata = HeaderText(metadata)
  }

  /// The part `NAME-VERSION` of a source distribution's file name; nil for other names.
  static func stem(_ fileName: String) -> String? {
    guard let suffix = suffixes.first(where: { fileName.hasSuffix($0) }) else { return nil }
    let stem = String(fileName.dropLast(suffix.count))
    guard let dash = stem.lastIndex(of: "-"), dash > stem.startIndex,
      ReleaseVersion(stem[stem.index(after: dash)...]) != nil
    else { return nil }
    return stem
  }

  /// Whether a file has the name of a source distribution, one top folder, and a PKG-INFO in it.
  static func isOne(_ path: FilePath) -> Bool {
    guard let name = path.lastComponent?.string, stem(name) != nil,
      var reader = try? ArchiveReader(path: path, decompressingOnThread: true)
    else { return false }
    var top: Substring?
    var hasMetadata = false
    var count = 0
    while let entry = try? reader.nextEntry() {
      count += 1
      let path = entry.path
      let parts = path.split(separator: "/").filter { $0 != "." }
      guard let first = parts.first else { continue }
      guard count < entryLimit, top == nil || top == first else { return false }
      top = first
      if parts.count == 2, parts[1] == "PKG-INFO", entry.kind == .file { hasMetadata = true }
    }
    return hasMetadata
  }

  /// Reads a source distribution to its end, within bounds.
  init(_ path: FilePath, fileName: String) throws {
    self.fileName = fileName
    gzip = try GzipHeader(path)
    entries = []
    var top: String?
    var text: String?
    var formats: Set<String> = []
    var bytesRead: Int64 = 0
    var reader = try ArchiveReader(path: path, decompressingOnThread: true)
    while let entry = try reader.nextEntry() {
      try Task.checkCancellation()
      formats.insert(reader.formatName)
      guard entries.count < Self.entryLimit, bytesRead < Self.byteLimit else {
        throw InferenceError("reading \(fileName): it has more files than a source distribution may have")
      }
      let parts = entry.path.split(separator: "/").filter { $0 != "." }
      guard let first = parts.first.map(String.init), top == nil || top == first else {
        throw InferenceError("reading \(fileName): it has more than one folder at its top")
      }
      top = first
      let below = parts.dropFirst().joined(separator: "/")
      var crc = CyclicRedundancyCheck()
      var size: Int64 = 0
      if entry.kind == .file {
        let isMetadata = below == "PKG-INFO"
        var bytes: [UInt8] = []
        try reader.readData { _, piece in
          crc.update(piece)
          size += Int64(piece.byteCount)
          if isMetadata, bytes.count < Self.textLimit {
            unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
          }
        }
        if isMetadata { text = String(decoding: bytes, as: UTF8.self) }
      }
      bytesRead += size
      entries.append(
        Entry(
          path: below, isFolder: entry.kind == .folder, time: entry.modified?.seconds ?? 0,
          nanoseconds: entry.modified?.nanoseconds ?? 0, mode: UInt16(entry.mode & 0o7777),
          owner: SdistOwner(
            user: entry.userName ?? "", userID: entry.userID, group: entry.groupName ?? "", groupID: entry.groupID),
          size: size, crc32: crc.value))
    }
    guard let top, let text else {
      throw InferenceError(
        "reading \(fileName): it has no PKG-INFO in its top folder, so it is no source distribution",
        inconclusive: .missingInput)
    }
    folder = top
    metadata = HeaderText(text)
    dialect = Self.dialect(formats)
    numbersDevices = try Self.firstHeader(path)[329..<337].elementsEqual(Array("0000000\0".utf8))
  }

  /// The header of a tar's first entry; zeros where there is none.
  private static func firstHeader(_ path: FilePath) throws -> [UInt8] {
    struct Enough: Error {}
    var bytes: [UInt8] = []
    do {
      var reader = try ArchiveReader(compressedFile: path)
      _ = try reader.nextEntry()
      try reader.readData { _, piece in
        unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0.prefix(512 - bytes.count)) }
        if bytes.count >= 512 { throw Enough() }
      }
    } catch is Enough {
    } catch is ArchiveError {}
    return bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
  }

  private static func dialect(_ formats: Set<String>) -> Dialect {
    if formats.contains(where: { $0.contains("pax") }) { return .pax }
    if formats.contains(where: { $0.contains("GNU") }) { return .gnu }
    if formats.contains(where: { $0.contains("ustar") }) { return .ustar }
    return formats.contains { $0.hasPrefix("ZIP") } ? .zip : .other
  }

  var name: String { metadata["Name"] ?? "" }
  var version: String { metadata["Version"] ?? "" }

  /// The files among the entries.
  var files: [Entry] { entries.filter { !$0.isFolder } }
}

/// Whom an entry belongs to.
struct SdistOwner: Hashable, Sendable {
  var user: String
  var userID: Int64
  var group: String
  var groupID: Int64

  /// What back ends write that leave the builder out.
  static let nobody = SdistOwner(user: "", userID: 0, group: "", groupID: 0)

  var text: String { "\(user)(\(userID)):\(group)(\(groupID))" }
}

/// The first bytes of a gzip file (RFC 1952).
struct GzipHeader: Hashable, Sendable {
  /// In seconds since 1970; 0 is none.
  var time: Int64
  /// 2 is the best compression, 4 the fastest.
  var level: UInt8
  /// 3 is Unix, 255 unknown, which Python writes.
  var system: UInt8
  /// The name of the file that was compressed.
  var name: String?

  init(time: Int64, level: UInt8 = 2, system: UInt8 = 255, name: String? = nil) {
    self.time = time
    self.level = level
    self.system = system
    self.name = name
  }

  /// Nil when the file is not compressed by gzip.
  init?(_ path: FilePath) throws(InferenceError) {
    var bytes = [UInt8](repeating: 0, count: 1024)
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? file.close() }
      let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      bytes.removeLast(bytes.count - count)
    } catch {
      throw InferenceError("reading \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
    self.init(bytes)
  }

  /// Reads the first bytes of a file; nil when they are not gzip's.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 10, bytes.starts(with: [0x1F, 0x8B, 8]) else { return nil }
    time = (0..<4).reduce(0) { $0 | Int64(bytes[4 + $1]) << (8 * Int64($1)) }
    level = bytes[8]
    system = bytes[9]
    // Bit 2 is an extra field, which would come first; no tool of Python's writes it.
    if bytes[3] & 0x0C == 0x08, let end = bytes[10...].firstIndex(of: 0) {
      name = String(decoding: bytes[10..<end], as: UTF8.self)
    }
  }
}
