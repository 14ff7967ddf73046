import Digests
import FoundationEssentials
import Model
import RecipeFormat

/// Everything in a drop but the inputs' bytes: all of it follows from the recipe, the lock and what is left out.
///
/// `Documentation/Formats/Drop.md` describes it.
struct DropDocuments {
  /// A blob that holds an input.
  struct Blob: Equatable {
    let sha256: SHA256Digest
    let size: Int64
    /// The first of the names that the lock gives it.
    let name: String
  }

  let recipe: [UInt8]
  let lock: [UInt8]
  let inputs: [DropInput]
  /// The inputs whose bytes are packed, each once, sorted by digest.
  let blobs: [Blob]
  let config: [UInt8]
  let manifest: [UInt8]
  let index: [UInt8]

  /// The whole content of the file that says that this is an OCI image layout.
  static let layout = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

  /// Lays out a drop; `withheld` are the digests of inputs whose bytes stay behind.
  ///
  /// Throws when the lock is flawed.
  init(recipe: [UInt8], lock: Lock, withheld: Set<SHA256Digest>) throws {
    self.recipe = recipe
    self.lock = try LockFile.encode(lock)
    let small = [SHA256Digest.of(recipe), .of(self.lock)]
    // The recipe itself may be an input, and always travels.
    inputs = DropInput.list(lock, without: withheld.subtracting(small))
    blobs = try Self.blobs(inputs).filter { !small.contains($0.sha256) }
    config = try Self.encode(
      Config(format: 1, inputs: inputs, name: lock.recipe.name, version: lock.recipe.version))
    let files = [
      Descriptor(self.recipe, MediaType.recipe, title: "recipe.yaml", kind: "recipe"),
      Descriptor(self.lock, MediaType.lock, title: "recipe.lock", kind: "lock"),
    ]
    let kinds = Dictionary(inputs.map { ($0.sha256, $0.kind.rawValue) }) { first, _ in first }
    let packed = blobs.map { blob in
      Descriptor(
        digest: blob.sha256, size: blob.size, MediaType.input, title: blob.name, kind: kinds[blob.sha256] ?? "")
    }
    manifest = try Self.encode(
      Manifest(
        artifactType: MediaType.drop, config: Descriptor(config, MediaType.config), layers: files + packed,
        mediaType: MediaType.manifest, schemaVersion: 2))
    var listed = Descriptor(manifest, MediaType.manifest)
    listed.artifactType = MediaType.drop
    listed.annotations = ["org.opencontainers.image.ref.name": "drop"]
    index = try Self.encode(Index(manifests: [listed], mediaType: MediaType.index, schemaVersion: 2))
  }

  private static func blobs(_ inputs: [DropInput]) throws(DropError) -> [Blob] {
    var blobs: [Blob] = []
    for input in inputs where input.packed {
      if let last = blobs.last, last.sha256 == input.sha256 {
        guard last.size == input.size else {
          throw DropError(
            .malformed, "laying out a drop: the lock gives \(input.name) two sizes, \(last.size) and \(input.size)")
        }
      } else {
        blobs.append(Blob(sha256: input.sha256, size: input.size, name: input.name))
      }
    }
    return blobs
  }

  private static func encode(_ document: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(document))
  }
}

/// The media types of a drop's parts.
enum MediaType {
  static let index = "application/vnd.oci.image.index.v1+json"
  static let manifest = "application/vnd.oci.image.manifest.v1+json"
  static let drop = "application/vnd.verbatim.drop.v1"
  static let config = "application/vnd.verbatim.drop.config.v1+json"
  static let recipe = "application/vnd.verbatim.recipe.v1+yaml"
  static let lock = "application/vnd.verbatim.lock.v1+json"
  static let input = "application/octet-stream"
}

/// What a drop is and lists: its config blob.
struct Config: Codable {
  var format: Int
  var inputs: [DropInput]
  var name: String
  var version: String
}

/// A content descriptor of the OCI image specification.
struct Descriptor: Codable {
  var annotations: [String: String]?
  var artifactType: String?
  var digest: String
  var mediaType: String
  var size: Int64

  init(digest: SHA256Digest, size: Int64, _ mediaType: String, title: String? = nil, kind: String? = nil) {
    if let title, let kind {
      annotations = ["org.opencontainers.image.title": title, "org.verbatim.kind": kind]
    }
    self.digest = "sha256:\(digest)"
    self.mediaType = mediaType
    self.size = size
  }

  init(_ bytes: [UInt8], _ mediaType: String, title: String? = nil, kind: String? = nil) {
    self.init(digest: .of(bytes), size: Int64(bytes.count), mediaType, title: title, kind: kind)
  }

  /// The digest; nil for another algorithm or another form.
  var sha256: SHA256Digest? {
    guard digest.hasPrefix("sha256:") else { return nil }
    let found = SHA256Digest(hex: digest.dropFirst(7))
    return found.map { "sha256:\($0)" } == digest ? found : nil
  }
}

/// An image manifest of the OCI image specification.
struct Manifest: Codable {
  var artifactType: String
  var config: Descriptor
  var layers: [Descriptor]
  var mediaType: String
  var schemaVersion: Int
}

/// An image index of the OCI image specification.
struct Index: Codable {
  var manifests: [Descriptor]
  var mediaType: String
  var schemaVersion: Int
}
