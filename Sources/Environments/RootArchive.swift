import Model
import SystemPackage

/// Makes the tree of an environment that comes as one file: a tar archive of a root, or an image.
enum RootArchive {
  /// What a file of this kind may hold at most.
  static let limits = LayerLimits()

  /// Reads a tar archive of a root, compressed in any way that archives are read here.
  static func rootFileSystem(_ archive: FilePath, spool: ContentSpool) throws -> LayerTree {
    try nonEmpty(LayerReader.tree(of: archive, spool: spool, limits: limits))
  }

  /// Reads the image whose manifest has the digest, all its layers flattened into one.
  static func image(
    _ archive: FilePath, manifest: SHA256Digest, in scratch: FilePath, spool: ContentSpool,
    progress: any ProgressSink
  ) throws -> LayerTree {
    let files = try ImageArchive(archive, in: scratch, byteLimit: limits.bytes)
    let image = try ImageSelection(manifest, in: files)
    return try nonEmpty(
      ImageLayers.flatten(image.layers, in: scratch, spool: spool, limits: limits, progress: progress))
  }

  private static func nonEmpty(_ tree: LayerTree) throws -> LayerTree {
    guard tree.places.count > 1 else {
      throw EnvironmentError(.input, "reading a root file system: it is empty")
    }
    return tree
  }
}
