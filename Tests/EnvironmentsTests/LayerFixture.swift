import Model
import SystemPackage
import TestFixtures

@testable import Environments

/// Trees and archives of a test, in a folder of its own.
final class LayerFixture {
  let folder: TemporaryFolder
  let spool: ContentSpool
  private var count = 0

  init(limit: Int64 = 1 << 30) throws {
    folder = try TemporaryFolder()
    spool = try ContentSpool(in: folder.path, limit: limit)
  }

  /// The root file system of an archive's bytes.
  func tree(_ archive: [UInt8], limits: LayerLimits = .init()) throws -> LayerTree {
    count += 1
    return try LayerReader.tree(of: try folder.write("in-\(count).tar", archive), spool: spool, limits: limits)
  }

  /// The canonical archive of a tree.
  func canonical(_ tree: LayerTree) throws -> (identity: FileIdentity, bytes: [UInt8]) {
    count += 1
    let path = folder.path.appending("out-\(count).tar")
    return (try CanonicalTar.write(tree, spool: spool, to: path), try TemporaryFolder.read(path))
  }

  /// A text for each entry, for comparisons that a person can read.
  func listing(_ tree: LayerTree) throws -> [String] {
    try tree.sortedPaths.map { path in
      guard let node = tree[path] else { return "\(path): gone" }
      let what =
        switch node.kind {
        case .folder: "folder"
        case .file(let content):
          "file \(String(decoding: try spool.bytes(content, limit: 1 << 20) ?? [], as: UTF8.self))"
        case .symbolicLink(let target): "link \(String(decoding: target, as: UTF8.self))"
        case .fifo: "fifo"
        case .whiteout: "whiteout"
        }
      return "\(path) \(String(node.mode, radix: 8)) \(node.userID):\(node.groupID) \(what)"
    }
  }
}

extension TarBuilder {
  /// An archive that a closure fills.
  static func archive(_ dialect: Dialect = .pax, _ fill: (inout TarBuilder) -> Void) -> [UInt8] {
    var builder = TarBuilder(dialect)
    fill(&builder)
    return builder.finished()
  }
}

/// Runs the body and returns the error that it must throw.
func environmentError(_ body: () throws -> Void) -> EnvironmentError? {
  do {
    try body()
    return nil
  } catch {
    return EnvironmentError("testing", cause: error)
  }
}
