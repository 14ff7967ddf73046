import Model

/// The layers of one image of an archive, found by its digest, every document checked on the way.
struct ImageSelection {
  /// A layer's archive and the digest that it must have once it is uncompressed.
  struct Layer {
    let member: ImageArchive.Member
    let diffID: SHA256Digest
  }

  let layers: [Layer]

  private static let layerLimit = 1024

  /// Finds the image whose manifest has the digest.
  ///
  /// An archive of an older `docker save` has no manifest; there the digest may be that of the configuration,
  /// which is the image's ID.
  init(_ digest: SHA256Digest, in archive: ImageArchive) throws(EnvironmentError) {
    if let saved = try Self.savedLayers(digest, in: archive) {
      layers = saved
      return
    }
    guard let blob = try archive.blob(digest) else { throw try Self.notFound(digest, in: archive) }
    let manifest = try ImageDocuments.decode(
      ImageDocuments.Manifest.self, from: blob, called: "manifest sha256:\(digest)")
    if let manifests = manifest.manifests { throw Self.isIndex(digest, manifests) }
    guard let config = manifest.config, let listed = manifest.layers else {
      throw EnvironmentError(.input, "reading the image: sha256:\(digest) is not the manifest of an image")
    }
    layers = try Self.layers(of: config, listed, in: archive)
  }

  private static func layers(
    of configuration: ImageDocuments.Descriptor, _ layers: [ImageDocuments.Descriptor], in archive: ImageArchive
  ) throws(EnvironmentError) -> [Layer] {
    let member = try blob(configuration, "configuration", in: archive)
    let diffIDs = try diffIDs(of: member, layers: layers.count)
    var found: [Layer] = []
    for (layer, diffID) in zip(layers, diffIDs) {
      found.append(Layer(member: try blob(layer, "layer", in: archive), diffID: diffID))
    }
    return found
  }

  private static func blob(
    _ descriptor: ImageDocuments.Descriptor, _ what: String, in archive: ImageArchive
  ) throws(EnvironmentError) -> ImageArchive.Member {
    guard let digest = descriptor.sha256 else {
      throw EnvironmentError(
        .input, "reading the image: the \(what) has the digest \(descriptor.digest.prefix(80)), which is no SHA-256")
    }
    guard let member = try archive.blob(digest, size: descriptor.size) else {
      throw EnvironmentError(.input, "reading the image: the \(what) sha256:\(digest) is not in the archive")
    }
    return member
  }

  private static func diffIDs(
    of configuration: ImageArchive.Member, layers: Int
  ) throws(EnvironmentError) -> [SHA256Digest] {
    let config = try ImageDocuments.decode(
      ImageDocuments.Config.self, from: configuration, called: "configuration")
    guard config.os == nil || config.os == "linux" else {
      throw EnvironmentError(.input, "reading the image: it is for \(config.os?.prefix(40) ?? ""), not for linux")
    }
    guard layers <= layerLimit else {
      throw EnvironmentError(.limit, "reading the image: it has more than \(layerLimit) layers")
    }
    let diffIDs = config.rootfs.diffIDs.compactMap(ImageDocuments.sha256)
    guard config.rootfs.type == "layers", diffIDs.count == config.rootfs.diffIDs.count, diffIDs.count == layers else {
      throw EnvironmentError(
        .input, "reading the image: its configuration does not give a SHA-256 for each of its \(layers) layers")
    }
    return diffIDs
  }

  /// The layers of the image in `manifest.json` whose configuration has the digest; nil when there is none.
  private static func savedLayers(
    _ digest: SHA256Digest, in archive: ImageArchive
  ) throws(EnvironmentError) -> [Layer]? {
    for image in try savedImages(in: archive) {
      guard let configuration = archive.member(image.config), configuration.identity.sha256 == digest else { continue }
      let diffIDs = try diffIDs(of: configuration, layers: image.layers.count)
      var found: [Layer] = []
      for (name, diffID) in zip(image.layers, diffIDs) {
        guard let member = archive.member(name) else {
          throw EnvironmentError(.input, "reading the image: the layer \(name.prefix(200)) is not in the archive")
        }
        found.append(Layer(member: member, diffID: diffID))
      }
      return found
    }
    return nil
  }

  private static func savedImages(in archive: ImageArchive) throws(EnvironmentError) -> [ImageDocuments.SavedImage] {
    guard let member = archive.member("manifest.json") else { return [] }
    return try ImageDocuments.decode([ImageDocuments.SavedImage].self, from: member, called: "manifest.json")
  }

  private static func isIndex(_ digest: SHA256Digest, _ manifests: [ImageDocuments.Descriptor]) -> EnvironmentError {
    EnvironmentError(
      .input, "reading the image: \(digest) is the digest of an index of several images, not of one image's manifest",
      details: lines(manifests), advice: "Name the manifest of the image to use in the recipe.")
  }

  private static func notFound(_ digest: SHA256Digest, in archive: ImageArchive) throws(EnvironmentError)
    -> EnvironmentError
  {
    var details: [String] = []
    if let member = archive.member("index.json") {
      details = lines(
        try ImageDocuments.decode(ImageDocuments.Index.self, from: member, called: "index.json").manifests)
    } else {
      for image in try savedImages(in: archive) {
        guard let configuration = archive.member(image.config) else { continue }
        details.append("the archive has the image ID \(configuration.identity.sha256)")
      }
    }
    if details.isEmpty {
      return EnvironmentError(
        .input, "reading the image: the archive is neither an OCI layout nor what `docker save` writes")
    }
    return EnvironmentError(
      .input, "reading the image: no manifest in the archive has the digest \(digest)",
      details: Array(details.prefix(20)))
  }

  private static func lines(_ manifests: [ImageDocuments.Descriptor]) -> [String] {
    manifests.prefix(20).map { manifest in
      let platform = manifest.platform.map { " for \($0.os ?? "?")/\($0.architecture ?? "?")" } ?? ""
      return "the archive has \(manifest.digest.prefix(80))\(platform)"
    }
  }
}
