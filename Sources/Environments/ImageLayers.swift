import Archives
import Glibc
import Model
import SystemPackage

/// Flattens the layers of an image into one root file system.
///
/// OCI image-spec 1.1, `layer.md`. Whiteouts only hide what lower layers have and never become files; those of a
/// layer take effect before its entries, whatever the archive's order.
enum ImageLayers {
  private static let whiteout = Array(".wh.".utf8)
  private static let special = Array(".wh..wh.".utf8)
  private static let opaque = Array(".wh..wh..opq".utf8)

  /// Applies all layers, lowest first, each checked against the digest that the configuration has for it.
  static func flatten(
    _ layers: [ImageSelection.Layer], in scratch: FilePath, spool: ContentSpool, limits: LayerLimits,
    progress: any ProgressSink
  ) throws -> LayerTree {
    var tree = LayerTree(entryLimit: limits.entries)
    for (number, layer) in layers.enumerated() {
      progress.report(
        .advanced(done: Int64(number), total: Int64(layers.count), unit: .items, detail: "layer \(layer.diffID.short)"))
      let plain = try uncompressed(layer, at: scratch.appending("layer-\(number)"), limit: limits.bytes)
      var items: [LayerItem] = []
      try LayerReader.forEach(of: plain, spool: spool) { items.append($0) }
      try apply(items, to: &tree)
      if plain != layer.member.path { _ = unsafe plain.withPlatformString { unsafe unlink($0) } }
    }
    return tree
  }

  /// Applies one layer.
  static func apply(_ items: [LayerItem], to tree: inout LayerTree) throws(EnvironmentError) {
    for case .node(_, let path) in items where path.name.starts(with: whiteout) {
      try hide(path, in: &tree)
    }
    for item in items {
      switch item {
      case .node(let node, let path):
        guard !path.name.starts(with: whiteout) else { continue }
        let place = try resolved(path, in: tree)
        try tree.makeParents(of: place)
        try tree.place(node, at: place)
      case .hardLink(let path, let target):
        guard !path.name.starts(with: whiteout) else { continue }
        let place = try resolved(path, in: tree)
        try tree.makeParents(of: place)
        try tree.link(place, to: try resolved(target, in: tree))
      }
    }
  }

  private static func hide(_ path: LayerPath, in tree: inout LayerTree) throws(EnvironmentError) {
    let place = try resolved(path, in: tree)
    guard let parent = place.parent else { return }
    if path.name == opaque[...] {
      tree.removeChildren(of: parent)
    } else if !path.name.starts(with: special) {
      let name = path.name.dropFirst(whiteout.count)
      guard !name.isEmpty, name != Array(".".utf8)[...], name != Array("..".utf8)[...] else {
        throw LayerTree.refused(path, "it is a whiteout of no name")
      }
      tree.remove(parent.appending(name))
    }
    // Other names that begin with `.wh..wh.` are AUFS's own notes and mean nothing here.
  }

  /// The place of a path once the symbolic links among its parents are followed, all inside this root.
  static func resolved(_ path: LayerPath, in tree: LayerTree) throws(EnvironmentError) -> LayerPath {
    guard let parent = path.parent else { return .root }
    var pending = parent.components.reversed().map { Array($0) }
    var place = LayerPath.root
    var hops = 0
    while let component = pending.popLast() {
      if component == [UInt8(ascii: ".")] { continue }
      if component == [UInt8(ascii: "."), UInt8(ascii: ".")] {
        place = place.parent ?? .root
        continue
      }
      let next = place.appending(component)
      guard case .symbolicLink(let target)? = tree[next]?.kind else {
        place = next
        continue
      }
      hops += 1
      // As many as the kernel follows.
      guard hops <= 40 else { throw LayerTree.refused(path, "too many symbolic links lead to it") }
      if target.first == UInt8(ascii: "/") { place = .root }
      pending += target.split(separator: UInt8(ascii: "/")).reversed().map { Array($0) }
    }
    guard place.bytes.count + path.name.count < LayerPath.longest else {
      throw LayerTree.refused(path, "its name is too long once links are followed")
    }
    return place.appending(path.name)
  }

  /// The layer's tar archive, checked; the blob itself where it is not compressed.
  private static func uncompressed(
    _ layer: ImageSelection.Layer, at path: FilePath, limit: Int64
  ) throws -> FilePath {
    let compressed = try isCompressed(layer.member.path)
    var identity = layer.member.identity
    if compressed {
      var reader = try ArchiveReader(compressedFile: layer.member.path)
      identity = try ScratchCopy.write(to: path, limit: limit) { take in
        guard try reader.nextEntry() != nil else { return }
        try reader.readData { _, bytes in try take(bytes) }
      }
    }
    guard identity.sha256 == layer.diffID else {
      throw EnvironmentError(
        .input, "reading the image: a layer has other content than the image's configuration says",
        details: ["expected DiffID sha256:\(layer.diffID)", "found DiffID sha256:\(identity.sha256)"])
    }
    return compressed ? path : layer.member.path
  }

  /// Whether a layer begins as gzip or Zstandard does, which are all that the specification has.
  private static func isCompressed(_ path: FilePath) throws -> Bool {
    let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    defer { try? file.close() }
    var start = [UInt8](repeating: 0, count: 4)
    let count = try unsafe start.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: 0, into: $0) }
    return count >= 2 && start[0...1] == [0x1f, 0x8b] || count == 4 && start == [0x28, 0xb5, 0x2f, 0xfd]
  }
}
