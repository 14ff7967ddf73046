import FoundationEssentials
import Model
import SystemPackage

/// The JSON documents of an image, as far as they are used here.
///
/// OCI image-spec 1.1: `image-layout.md`, `image-index.md`, `manifest.md`, `config.md`.
enum ImageDocuments {
  /// As registries allow at most.
  static let limit: Int64 = 4 << 20

  struct Descriptor: Decodable {
    struct Platform: Decodable {
      let architecture: String?
      let os: String?
    }

    let mediaType: String?
    let digest: String
    let size: Int64
    let platform: Platform?

    /// The digest as a value; only SHA-256 is supported.
    var sha256: SHA256Digest? { ImageDocuments.sha256(digest) }
  }

  struct Index: Decodable {
    let manifests: [Descriptor]
  }

  /// An image manifest; with `manifests` in place of the rest it is an index.
  struct Manifest: Decodable {
    let schemaVersion: Int
    let config: Descriptor?
    let layers: [Descriptor]?
    let manifests: [Descriptor]?
  }

  struct Config: Decodable {
    struct RootFileSystem: Decodable {
      let type: String
      let diffIDs: [String]

      private enum CodingKeys: String, CodingKey {
        case type
        case diffIDs = "diff_ids"
      }
    }

    let os: String?
    let rootfs: RootFileSystem
  }

  /// An entry of the `manifest.json` of `docker save`.
  struct SavedImage: Decodable {
    let config: String
    let layers: [String]

    private enum CodingKeys: String, CodingKey {
      case config = "Config"
      case layers = "Layers"
    }
  }

  /// Reads a document of bounded size.
  static func decode<Document: Decodable>(
    _ type: Document.Type, from member: ImageArchive.Member, called name: String
  ) throws(EnvironmentError) -> Document {
    guard member.identity.size <= limit else {
      throw EnvironmentError(
        .limit, "reading the image: \(name) has \(member.identity.size) bytes, more than the \(limit) that are allowed")
    }
    let bytes = try explaining("reading the image's \(name)") { try readAll(member) }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw EnvironmentError(.input, "reading the image: \(name) is not the JSON document that it should be")
    }
  }

  /// Parses `sha256:<64 digits>`; nil for anything else.
  static func sha256(_ text: String) -> SHA256Digest? {
    text.hasPrefix("sha256:") ? SHA256Digest(hex: text.dropFirst(7)) : nil
  }

  private static func readAll(_ member: ImageArchive.Member) throws -> [UInt8] {
    let file = try FileDescriptor.open(member.path, .readOnly, options: [.closeOnExec])
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: Int(member.identity.size))
    var done = 0
    while done < bytes.count {
      let count = try unsafe bytes.withUnsafeMutableBytes {
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[done...]))
      }
      guard count > 0 else { throw Errno.ioError }
      done += count
    }
    return bytes
  }
}
