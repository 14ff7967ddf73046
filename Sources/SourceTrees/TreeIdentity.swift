import Digests
public import Model

/// What a source is, however it was packed.
public struct TreeIdentity: Sendable, Hashable {
  /// The identifier of the folder, or of the content for a single file.
  public let swhid: SWHID
  /// The SHA-256 of the manifest; of the file's own bytes for a single file.
  public let sha256: SHA256Digest
  /// How many files, links and folders there are, the top not counted; 1 for a single file.
  public let entries: Int
  /// Of all files together.
  public let bytes: Int64
  /// The manifest, as `Documentation/Formats/Manifest.md` describes it; empty for a single file.
  public let manifest: [UInt8]

  /// The identity as reports hold it.
  public func source(named name: String, archives: [FileIdentity]) -> SourceIdentity {
    SourceIdentity(name: name, swhid: swhid, sha256: sha256, entries: entries, archives: archives)
  }
}

extension TreeIdentity {
  /// The identity of a tree of nodes, each of which comes after the folder that it is in.
  init(nodes: [TreeNode], contents: [ContentIdentity]) {
    let manifest = Manifest.bytes(nodes: nodes, contents: contents)
    self.init(
      swhid: Self.swhid(nodes: nodes, contents: contents), sha256: .of(manifest), entries: nodes.count - 1,
      bytes: nodes.reduce(0) { sum, node in
        if case .file(let content, _) = node.kind { sum + contents[content].size } else { sum }
      }, manifest: manifest)
  }

  /// The identity of a single file.
  init(file: ContentIdentity) {
    guard let swhid = SWHID(kind: .content, sha1: file.sha1) else {
      preconditionFailure("a SHA-1 has 20 bytes")
    }
    self.init(swhid: swhid, sha256: file.sha256, entries: 1, bytes: file.size, manifest: [])
  }

  /// SWHID, ISO/IEC 18670: a folder is the list of its entries as git writes a tree, empty folders included.
  private static func swhid(nodes: [TreeNode], contents: [ContentIdentity]) -> SWHID {
    var children = [[Int]](repeating: [], count: nodes.count)
    for index in nodes.indices.dropFirst() { children[nodes[index].parent].append(index) }
    var digests = [[UInt8]](repeating: [], count: nodes.count)
    for index in nodes.indices.reversed() {
      digests[index] =
        switch nodes[index].kind {
        case .file(let content, _): contents[content].sha1
        case .symbolicLink(let target): ContentDigest.gitObject("blob", target)
        case .folder:
          ContentDigest.gitObject("tree", treeBody(children[index], nodes: nodes, digests: digests))
        }
    }
    guard let swhid = SWHID(kind: .directory, sha1: digests[0]) else {
      preconditionFailure("a SHA-1 has 20 bytes")
    }
    return swhid
  }

  private static func treeBody(_ children: [Int], nodes: [TreeNode], digests: [[UInt8]]) -> [UInt8] {
    // Names are sorted as if those of folders ended in a slash.
    let sorted = children.map { (key: nodes[$0].kind == .folder ? nodes[$0].name + [0x2F] : nodes[$0].name, node: $0) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var body: [UInt8] = []
    for (_, node) in sorted {
      body += Array(nodes[node].kind.gitMode.utf8)
      body.append(0x20)
      body += nodes[node].name
      body.append(0)
      body += digests[node]
    }
    return body
  }
}

/// A file, folder or symbolic link of a tree.
struct TreeNode: Sendable {
  enum Kind: Sendable, Hashable {
    case folder
    case file(content: Int, executable: Bool)
    case symbolicLink(target: [UInt8])

    /// The mode as git writes it in a tree.
    var gitMode: String {
      switch self {
      case .folder: "40000"
      case .file(_, let executable): executable ? "100755" : "100644"
      case .symbolicLink: "120000"
      }
    }
  }

  /// The node of the folder that it is in; 0 is the top.
  let parent: Int
  let name: [UInt8]
  let kind: Kind
}
