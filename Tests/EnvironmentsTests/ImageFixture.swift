import Digests
import Model
import SystemPackage
import TestFixtures

/// An image made by a test, as an OCI layout in a folder or as the tar archives that tools write.
struct ImageFixture {
  enum Compression: String, CaseIterable { case none, gzip, zstd }

  var layers: [[UInt8]]
  var compression = Compression.none
  /// The digests that the configuration gives for the layers; the right ones where nil.
  var diffIDs: [String]?
  var os = "linux"
  /// Added to the size that each layer's descriptor says.
  var sizeError = 0

  var config: [UInt8] {
    let ids = diffIDs ?? layers.map { "sha256:\(SHA256Digest.of($0))" }
    let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
    return Array(
      "{\"architecture\":\"amd64\",\"os\":\"\(os)\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(list)]}}"
        .utf8)
  }

  /// The layers as they are stored.
  func blobs() throws -> [[UInt8]] {
    guard compression != .none else { return layers }
    return try layers.map { layer in
      let folder = try TemporaryFolder()
      let path = try folder.write("layer", layer)
      let tool = compression == .gzip ? "gzip -n" : "zstd -q"
      let result = try FixtureProcess.shell("\(tool) -c \"$1\" > \"$2\"", [path.string, path.string + ".z"])
      guard result.status == 0 else { throw Errno.ioError }
      return try folder.read("layer.z")
    }
  }

  func manifest() throws -> [UInt8] {
    let suffix = compression == .none ? "" : "+\(compression.rawValue)"
    let list = try blobs().map {
      descriptor("application/vnd.oci.image.layer.v1.tar\(suffix)", $0, size: $0.count + sizeError)
    }
    return Array(
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "config":\(descriptor("application/vnd.oci.image.config.v1+json", config, size: config.count)),\
      "layers":[\(list.joined(separator: ","))]}
      """.utf8)
  }

  func digest() throws -> SHA256Digest { .of(try manifest()) }

  /// Names and bytes of the layout.
  func layout() throws -> [(String, [UInt8])] {
    let manifest = try manifest()
    let index = """
      {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "digest":"sha256:\(SHA256Digest.of(manifest))","size":\(manifest.count),\
      "annotations":{"org.opencontainers.image.ref.name":"latest"}}]}
      """
    var seen: Set<SHA256Digest> = []
    let blobs = ([manifest, config] + (try blobs())).filter { seen.insert(.of($0)).inserted }
    return [("oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)), ("index.json", Array(index.utf8))]
      + blobs.map { ("blobs/sha256/\(SHA256Digest.of($0))", $0) }
  }

  /// As `docker save` wrote before version 25.
  func legacy() throws -> [UInt8] {
    var names: [String] = []
    var builder = TarBuilder(.ustar)
    var first: [SHA256Digest: String] = [:]
    for (number, layer) in layers.enumerated() {
      let name = "layer\(number)/layer.tar"
      names.append("\"\(name)\"")
      if let same = first[.of(layer)] {
        builder.link(name, to: "../\(same)")
      } else {
        Self.add(name, layer, to: &builder)
        first[.of(layer)] = name
      }
    }
    let configName = "\(SHA256Digest.of(config)).json"
    Self.add(configName, config, to: &builder)
    let text = "[{\"Config\":\"\(configName)\",\"RepoTags\":null,\"Layers\":[\(names.joined(separator: ","))]}]"
    Self.add("manifest.json", Array(text.utf8), to: &builder)
    return builder.finished()
  }

  /// The layout as one tar archive, the blobs first as some tools have it.
  func archive() throws -> [UInt8] { Self.archive(try layout().reversed()) }

  static func archive(_ files: [(String, [UInt8])]) -> [UInt8] {
    var builder = TarBuilder(.ustar)
    for (name, bytes) in files { add(name, bytes, to: &builder) }
    return builder.finished()
  }

  private static func add(_ name: String, _ bytes: [UInt8], to builder: inout TarBuilder) {
    builder.entry(TarBuilder.Header(name), bytes)
  }

  private func descriptor(_ type: String, _ bytes: [UInt8], size: Int) -> String {
    "{\"mediaType\":\"\(type)\",\"digest\":\"sha256:\(SHA256Digest.of(bytes))\",\"size\":\(size)}"
  }
}
