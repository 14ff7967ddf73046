public import Archives
import Digests
import Glibc
public import Model
public import SystemPackage

/// Says what a source is: from its archive, from a folder or from a single file.
///
/// All ways give the same identity for the same tree. All of them block.
public enum SourceTree {
  /// Unpacks an archive into a fresh folder and identifies both in one pass.
  ///
  /// Throws `ArchiveError`, `SourceTreeError` or `CancellationError`; then there is no folder.
  ///
  /// - Parameters:
  ///   - archive: The archive's file.
  ///   - target: A folder that does not exist, or an empty one; the folder above it must exist.
  ///   - options: The limits, and whether a single folder at the top is left out.
  public static func unpack(
    archive: FilePath, into target: FilePath, options: UnpackOptions = UnpackOptions(),
    progress: any ProgressSink = SilentProgress(), isCancelled: @escaping () -> Bool = { Task.isCancelled }
  ) throws -> UnpackedSource {
    let file = try WatchedFile(archive)
    let hasher = ContentHasher()
    let digesting = file.digestOnThread()
    let tree = try Unpacker.unpack(
      descriptor: file.descriptor, name: archive.string, into: target, options: options, observer: hasher,
      progress: progress, isCancelled: isCancelled)
    let contents = try hasher.finish(count: tree.contentCount)
    let identity = TreeIdentity(nodes: nodes(of: tree), contents: contents)
    return UnpackedSource(
      identity: identity,
      archive: FileIdentity(name: archive.lastComponent?.string, sha256: try digesting.finish(), size: file.size),
      formatName: tree.formatName, findings: tree.findings)
  }

  /// Identifies the tree in a folder.
  ///
  /// Symbolic links are not followed; what is neither a file, nor a folder, nor a symbolic link is an error.
  public static func identify(
    folder: FilePath, progress: any ProgressSink = SilentProgress(),
    isCancelled: @escaping () -> Bool = { Task.isCancelled }
  ) throws -> TreeIdentity {
    try FolderScan.identify(folder, progress: progress, isCancelled: isCancelled)
  }

  /// Identifies a single file as content.
  public static func identify(file: FilePath) throws -> TreeIdentity {
    let watched = try WatchedFile(file)
    return TreeIdentity(
      file: try FolderScan.digest(watched.descriptor.rawValue, size: watched.size, name: file.string))
  }

  /// The unpacked nodes from the tree's top on.
  private static func nodes(of tree: UnpackedTree) -> [TreeNode] {
    var numbers = [Int](repeating: 0, count: tree.nodes.count)
    var nodes = [TreeNode(parent: 0, name: [], kind: .folder)]
    for (index, node) in tree.nodes.enumerated() where index != 0 && index != tree.top {
      numbers[index] = nodes.count
      let kind: TreeNode.Kind =
        switch node.kind {
        case .folder: .folder
        case .file(let content): .file(content: content, executable: node.mode & 0o111 != 0)
        case .symbolicLink(let target): .symbolicLink(target: target)
        }
      nodes.append(TreeNode(parent: numbers[node.parent], name: node.name, kind: kind))
    }
    return nodes
  }
}

/// What unpacking a source gave.
public struct UnpackedSource: Sendable {
  /// What the tree is.
  public let identity: TreeIdentity
  /// What the archive's file is.
  public let archive: FileIdentity
  /// The archive's format and compressions, for people.
  public let formatName: String
  /// What was odd about the archive.
  public let findings: [ArchiveFinding]
}
