/// What unpacking created, in the order in which it did.
public struct UnpackedTree: Sendable {
  /// A file, folder or symbolic link.
  public struct Node: Sendable {
    /// What it is.
    public enum Kind: Sendable, Hashable {
      /// A folder.
      case folder
      /// A file; hard links to one another have the same content.
      case file(content: Int)
      /// A symbolic link.
      case symbolicLink(target: [UInt8])
    }

    /// The node of the folder that it is in; its own for the top.
    public let parent: Int
    /// Its name in that folder; empty for the top.
    public let name: [UInt8]
    /// What it is.
    public let kind: Kind
    /// Permission bits as they were set.
    public internal(set) var mode: UInt32
    /// When it was changed last.
    public internal(set) var modified: ArchiveEntry.Timestamp
    /// The owner as the archive has it; nil for a folder that no entry describes.
    public internal(set) var owner: Owner?
    var attributes: [ArchiveEntry.ExtendedAttribute] = []
  }

  /// Who owns an entry.
  public struct Owner: Sendable, Hashable {
    /// The owner's number.
    public var userID: Int64
    /// The group's number.
    public var groupID: Int64
    /// The owner's name.
    public var userName: String?
    /// The group's name.
    public var groupName: String?
  }

  private struct Place: Hashable {
    let parent: Int
    let name: [UInt8]
  }

  /// String's own equality makes names equal that differ only by Unicode form.
  private struct FoldedPlace: Hashable {
    let parent: Int
    let name: String
  }

  /// The top first, then each after its folder.
  public private(set) var nodes: [Node]
  /// How many contents of files there are.
  public internal(set) var contentCount = 0
  /// The node that is the tree's top: 0, or the folder that was stripped.
  public internal(set) var top = 0
  /// What was odd.
  public internal(set) var findings: [ArchiveFinding] = []
  /// Bytes of all files, each content once.
  public internal(set) var bytes: Int64 = 0
  /// The archive's format and compressions, for people.
  public internal(set) var formatName = ""
  private var places: [Place: Int] = [:]
  private var folded: [FoldedPlace: Int] = [:]

  init() {
    nodes = [Node(parent: 0, name: [], kind: .folder, mode: 0o755, modified: .init(seconds: 0))]
  }

  /// The names from the tree's top down to a node.
  public func path(of node: Int) -> [UInt8] {
    var parts: [[UInt8]] = []
    var node = node
    while node != top, node != 0 {
      parts.append(nodes[node].name)
      node = nodes[node].parent
    }
    return Array(parts.reversed().joined(separator: [UInt8(ascii: "/")]))
  }

  /// The only node at the top, when it is a folder.
  var singleTopFolder: Int? {
    let atTop = nodes.indices.dropFirst().filter { nodes[$0].parent == 0 }
    guard atTop.count == 1, nodes[atTop[0]].kind == .folder else { return nil }
    return atTop[0]
  }

  func child(_ name: [UInt8], of parent: Int) -> Int? { places[Place(parent: parent, name: name)] }

  /// Adds a node; returns it and a sibling whose name differs only by case or Unicode form.
  mutating func add(_ node: Node) -> (index: Int, twin: Int?) {
    let index = nodes.count
    nodes.append(node)
    places[Place(parent: node.parent, name: node.name)] = index
    let text = String(decoding: node.name, as: UTF8.self).lowercased()
    let twin = folded.updateValue(index, forKey: FoldedPlace(parent: node.parent, name: text))
    return (index, twin)
  }

  mutating func update(_ index: Int, _ change: (inout Node) -> Void) { change(&nodes[index]) }

  mutating func record(_ rule: UnpackRule.Name, _ path: [UInt8]?, _ text: String) {
    // An archive must not fill the memory with oddities.
    guard findings.count < 10_000 else { return }
    let path = path.map { String(decoding: $0, as: UTF8.self) }
    findings.append(ArchiveFinding(rule: rule, path: path, text: text))
  }
}
