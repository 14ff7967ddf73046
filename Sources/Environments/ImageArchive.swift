import Archives
import Digests
import Model
import SystemPackage

/// The files of an image's archive, laid out in a scratch folder: an OCI layout or what `docker save` writes.
///
/// The archive may come from an adversary: its names are only ever keys of a dictionary, never paths on this disk.
struct ImageArchive {
  /// One file of the archive.
  struct Member {
    /// Where its bytes lie now.
    let path: FilePath
    let identity: FileIdentity
  }

  private var members: [LayerPath: Member] = [:]
  private var links: [LayerPath: LayerPath] = [:]
  private static let entryLimit = 100_000
  private static let hopLimit = 8

  /// Reads the archive in one pass.
  init(_ archive: FilePath, in scratch: FilePath, byteLimit: Int64) throws {
    var reader = try ArchiveReader(path: archive, decompressingOnThread: true)
    var left = byteLimit
    while let entry = try reader.nextEntry() {
      try Task.checkCancellation()
      guard let path = LayerPath(archiveName: entry.pathBytes), !path.isRoot || entry.kind == .folder else {
        throw Self.refused(entry, "its name leaves the archive")
      }
      guard members.count + links.count < Self.entryLimit else {
        throw EnvironmentError(.limit, "reading the image: its archive has more than \(Self.entryLimit) entries")
      }
      switch entry.kind {
      case .file:
        guard members[path] == nil, links[path] == nil else { throw Self.refused(entry, "it is there twice") }
        let file = scratch.appending("member-\(members.count)")
        let identity = try ScratchCopy.write(to: file, limit: left) { take in
          try reader.readData { _, bytes in try take(bytes) }
        }
        left -= identity.size
        members[path] = Member(path: file, identity: identity)
      case .symbolicLink, .hardLink:
        // Older versions of `docker save` write a layer that two images share as a link.
        guard members[path] == nil, let target = Self.target(of: entry, at: path) else {
          throw Self.refused(entry, "it is a link out of the archive")
        }
        links[path] = target
      case .folder: break
      default: throw Self.refused(entry, "it is a \(entry.kind.rawValue)")
      }
    }
  }

  /// The file of a name; nil when there is none.
  func member(_ name: String) -> Member? {
    guard var path = LayerPath(archiveName: Array(name.utf8)) else { return nil }
    for _ in 0..<Self.hopLimit {
      if let member = members[path] { return member }
      guard let target = links[path] else { return nil }
      path = target
    }
    return nil
  }

  /// The blob of a digest, checked; nil when there is none.
  ///
  /// - Parameter size: what its descriptor says that it has, in bytes; checked before the digest.
  func blob(_ digest: SHA256Digest, size: Int64? = nil) throws(EnvironmentError) -> Member? {
    guard let member = member("blobs/sha256/\(digest.hex)") else { return nil }
    if let size, member.identity.size != size {
      throw EnvironmentError(
        .input, "reading the image: the blob \(digest) has \(member.identity.size) bytes, its descriptor says \(size)")
    }
    guard member.identity.sha256 == digest else {
      throw EnvironmentError(
        .input, "reading the image: the blob \(digest) has other bytes than its name says",
        details: ["found SHA-256 \(member.identity.sha256)"])
    }
    return member
  }

  private static func target(of entry: ArchiveEntry, at path: LayerPath) -> LayerPath? {
    guard let text = entry.linkTarget, text.first != UInt8(ascii: "/") else { return nil }
    if entry.kind == .hardLink { return LayerPath(archiveName: text) }
    var components = path.components.dropLast().map { Array($0) }
    for component in text.split(separator: UInt8(ascii: "/")) where component != [UInt8(ascii: ".")] {
      if component == [UInt8(ascii: "."), UInt8(ascii: ".")] {
        guard components.popLast() != nil else { return nil }
      } else {
        components.append(Array(component))
      }
    }
    return LayerPath(archiveName: Array(components.joined(separator: [UInt8(ascii: "/")])))
  }

  private static func refused(_ entry: ArchiveEntry, _ why: String) -> EnvironmentError {
    EnvironmentError(.input, "reading the image: refusing the archive's entry \(entry.path): \(why)")
  }
}

/// Writes bytes that arrive piece by piece to a new file and says what they were.
enum ScratchCopy {
  /// Throws `limit` when there are more bytes than that.
  static func write(
    to path: FilePath, limit: Int64, _ body: ((RawSpan) throws -> Void) throws -> Void
  ) throws -> FileIdentity {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
    defer { try? file.close() }
    var digest = StreamingDigest()
    var size: Int64 = 0
    try body { bytes in
      size += Int64(bytes.byteCount)
      guard size <= limit else {
        throw EnvironmentError(.limit, "reading the image: it has more bytes than the \(limit) that are allowed")
      }
      digest.update(bytes)
      _ = try unsafe bytes.withUnsafeBytes { try unsafe file.writeAll($0) }
    }
    return FileIdentity(sha256: digest.finishSHA256(), size: size)
  }
}
