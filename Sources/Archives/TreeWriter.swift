import CLibArchive
import Glibc

/// Creates files, folders and links below one folder, and gives them their metadata.
struct TreeWriter: ~Copyable {
  private var folders: FolderStack
  private let options: UnpackOptions
  var tree = UnpackedTree()

  /// Writes below an open folder, whose descriptor it takes.
  init(top: Int32, options: UnpackOptions) {
    folders = FolderStack(top: top)
    self.options = options
  }

  /// Creates a folder that is still open to its owner only; `finishFolders` gives it its metadata.
  mutating func makeFolder(_ node: UnpackedTree.Node) throws(ArchiveError) -> Int {
    let parent = try folders.descriptor(of: node.parent, in: tree)
    let result = unsafe withName(node.name) { unsafe mkdirat(parent, $0, 0o700) }
    return try added(node, result, "making the folder")
  }

  /// Creates a symbolic link.
  mutating func makeLink(_ node: UnpackedTree.Node, target: [UInt8]) throws(ArchiveError) -> Int {
    let parent = try folders.descriptor(of: node.parent, in: tree)
    let result = unsafe withName(target) { target in
      unsafe withName(node.name) { unsafe symlinkat(target, parent, $0) }
    }
    let index = try added(node, result, "making the symbolic link")
    var times = Self.times(node.modified)
    unsafe withName(node.name) { name in
      _ = unsafe utimensat(parent, name, &times, AT_SYMLINK_NOFOLLOW)
      guard options.keepsOwner, let owner = node.owner else { return }
      let result = unsafe fchownat(
        parent, name, uid_t(clamping: owner.userID), gid_t(clamping: owner.groupID), AT_SYMLINK_NOFOLLOW)
      if result != 0 { tree.record(.ownerNotKept, tree.path(of: index), systemMessage()) }
    }
    if !node.attributes.isEmpty { recordAttributes(node, index, "symbolic links take none") }
    return index
  }

  /// Creates another name of a file or symbolic link.
  mutating func makeHardLink(_ node: UnpackedTree.Node, to target: Int) throws(ArchiveError) -> Int {
    let targetNode = tree.nodes[target]
    // The stack keeps one chain of folders open; the target's is needed at the same time.
    let targetFolder = dup(try folders.descriptor(of: targetNode.parent, in: tree))
    guard targetFolder >= 0 else { throw ArchiveError(.unwritable, "making a hard link: \(systemMessage())") }
    defer { close(targetFolder) }
    let parent = try folders.descriptor(of: node.parent, in: tree)
    let result = unsafe withName(targetNode.name) { target in
      unsafe withName(node.name) { unsafe linkat(targetFolder, target, parent, $0, 0) }
    }
    return try added(node, result, "making the hard link")
  }

  /// Creates a file, or empties one that was created before, and opens it for writing.
  mutating func openFile(_ node: UnpackedTree.Node, again index: Int? = nil) throws(ArchiveError) -> (Int, Int32) {
    let parent = try folders.descriptor(of: node.parent, in: tree)
    let creation = index == nil ? O_CREAT | O_EXCL : O_TRUNC
    let descriptor = unsafe withName(node.name) {
      unsafe openat(parent, $0, O_WRONLY | creation | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    if let index, descriptor >= 0 { return (index, descriptor) }
    return (try added(node, descriptor, "making the file"), descriptor)
  }

  /// Gives an open file or folder its metadata.
  mutating func finish(_ descriptor: Int32, _ index: Int) throws(ArchiveError) {
    let node = tree.nodes[index]
    if options.keepsOwner, let owner = node.owner,
      fchown(descriptor, uid_t(clamping: owner.userID), gid_t(clamping: owner.groupID)) != 0
    {
      tree.record(.ownerNotKept, tree.path(of: index), systemMessage())
    }
    var refused: [String] = []
    for attribute in node.attributes {
      let result = unsafe withName(attribute.name) {
        unsafe fsetxattr(descriptor, $0, attribute.value, attribute.value.count, 0)
      }
      if result != 0 { refused.append(systemMessage()) }
    }
    if let reason = refused.first { recordAttributes(node, index, reason) }
    // After the owner, whose change clears bits.
    guard fchmod(descriptor, mode_t(node.mode)) == 0 else { throw failure(index, "setting the mode of") }
    var times = Self.times(node.modified)
    guard unsafe futimens(descriptor, &times) == 0 else { throw failure(index, "setting the time of") }
  }

  /// Gives all folders but the tree's top their metadata, the deepest first.
  mutating func finishFolders() throws(ArchiveError) {
    for index in tree.nodes.indices.reversed() where index != tree.top && index != 0 {
      guard tree.nodes[index].kind == .folder else { continue }
      let descriptor = try folders.descriptor(of: index, in: tree)
      try finish(descriptor, index)
    }
  }

  private mutating func recordAttributes(_ node: UnpackedTree.Node, _ index: Int, _ reason: String) {
    let names = node.attributes.map { String(decoding: $0.name, as: UTF8.self) }.joined(separator: ", ")
    tree.record(.attributeNotKept, tree.path(of: index), "\(names): \(reason)")
  }

  private mutating func added(_ node: UnpackedTree.Node, _ result: Int32, _ doing: String) throws(ArchiveError) -> Int {
    let reason = result < 0 ? systemMessage() : ""
    let (index, twin) = tree.add(node)
    guard result >= 0 else {
      throw ArchiveError(
        .unwritable,
        "\(doing) \(ArchiveError.printable(String(decoding: tree.path(of: index), as: UTF8.self))): \(reason)")
    }
    if let twin { recordTwin(index, tree.nodes[twin].name) }
    return index
  }

  private mutating func recordTwin(_ index: Int, _ other: [UInt8]) {
    let name = String(decoding: tree.nodes[index].name, as: UTF8.self)
    let twin = String(decoding: other, as: UTF8.self)
    // String's equality is that of Unicode.
    if name == twin {
      tree.record(.unicodeCollision, tree.path(of: index), "another name beside it differs only by Unicode form")
    } else {
      tree.record(.caseCollision, tree.path(of: index), "\(twin) beside it differs only by case")
    }
  }

  private func failure(_ index: Int, _ doing: String) -> ArchiveError {
    let path = String(decoding: tree.path(of: index), as: UTF8.self)
    return ArchiveError(.unwritable, "\(doing) \(ArchiveError.printable(path)): \(systemMessage())")
  }

  /// The times to set: that of reading is set to that of changing, so that nothing of the clock stays.
  private static func times(_ time: ArchiveEntry.Timestamp) -> [timespec] {
    let value = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
    return [value, value]
  }
}
