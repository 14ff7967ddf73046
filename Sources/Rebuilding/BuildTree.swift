/// The folder in which a build may leave files: the parent of the recipe's `build.path`.
///
/// Names inside it are kept as lists of components relative to it, so that nothing can lead out.
struct BuildTree: Sendable, Equatable {
  /// The absolute path of the tree inside the environment.
  let mountPoint: String
  /// The name of the source tree in it.
  let sourceName: String

  /// Splits the absolute path of a source tree; nil when it has no parent folder but the root.
  init?(buildPath: String) {
    let parts = buildPath.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    guard buildPath.hasPrefix("/"), parts.count >= 2, !parts.contains(".."), !parts.contains(".") else { return nil }
    mountPoint = "/" + parts.dropLast().joined(separator: "/")
    sourceName = parts[parts.count - 1]
  }

  /// The place of a file named relative to the source tree, relative to the mount point; nil when it leads out.
  func place(of built: String) -> [String]? {
    var place = [sourceName]
    guard !built.hasPrefix("/") else { return nil }
    for part in built.split(separator: "/", omittingEmptySubsequences: true) {
      switch part {
      case ".": continue
      case "..":
        guard place.popLast() != nil else { return nil }
      default: place.append(String(part))
      }
    }
    return place.isEmpty || built.hasSuffix("/") ? nil : place
  }
}
