import Glibc
public import Model
public import SystemPackage

/// Unpacks an archive into a fresh folder, by the rules of `UnpackRule.all`.
///
/// Everything is made in a folder beside the target, which is renamed when it is whole and removed when it is
/// not; so the target is there whole or not at all, and nothing is ever written outside the two.
public struct Unpacker: ~Copyable {
  private var reader: ArchiveReader
  private var writer: TreeWriter
  private var meter: UnpackMeter
  private let options: UnpackOptions
  private let observer: (any UnpackObserver)?
  private let isCancelled: () -> Bool

  /// Unpacks an archive.
  ///
  /// It blocks. Throws `ArchiveError`, `CancellationError`, or what the observer throws.
  ///
  /// - Parameters:
  ///   - archive: The archive's file.
  ///   - target: A folder that does not exist, or an empty one; the folder above it must exist.
  ///   - isCancelled: Asked for each piece of data.
  @discardableResult
  public static func unpack(
    _ archive: FilePath, into target: FilePath, options: UnpackOptions = UnpackOptions(),
    observer: (any UnpackObserver)? = nil, progress: any ProgressSink = SilentProgress(),
    isCancelled: @escaping () -> Bool = { Task.isCancelled }
  ) throws -> UnpackedTree {
    let feed = try FileFeed(path: archive)
    return try unpack(
      try ArchiveReader(feed, name: archive.string, threaded: feed.size > 1 << 20), size: feed.size, into: target,
      options: options, observer: observer, progress: progress, isCancelled: isCancelled)
  }

  /// Unpacks the archive in an open file, which must stay open meanwhile.
  @discardableResult
  public static func unpack(
    descriptor: FileDescriptor, name: String, into target: FilePath, options: UnpackOptions = UnpackOptions(),
    observer: (any UnpackObserver)? = nil, progress: any ProgressSink = SilentProgress(),
    isCancelled: @escaping () -> Bool = { Task.isCancelled }
  ) throws -> UnpackedTree {
    let feed = try FileFeed(descriptor: descriptor, name: name)
    return try unpack(
      try ArchiveReader(feed, name: name, threaded: feed.size > 1 << 20), size: feed.size, into: target,
      options: options, observer: observer, progress: progress, isCancelled: isCancelled)
  }

  private static func unpack(
    _ reader: consuming ArchiveReader, size: Int64, into target: FilePath, options: UnpackOptions,
    observer: (any UnpackObserver)?, progress: any ProgressSink, isCancelled: @escaping () -> Bool
  ) throws -> UnpackedTree {
    let aside = try AsideFolder(for: target)
    do {
      var unpacker = Unpacker(
        reader: reader, writer: TreeWriter(top: try aside.open(), options: options),
        meter: UnpackMeter(archiveSize: size, limits: options.limits, progress: progress), options: options,
        observer: observer, isCancelled: isCancelled)
      try unpacker.unpackAll()
      return try unpacker.finish(aside)
    } catch {
      aside.remove()
      throw error
    }
  }

  private mutating func unpackAll() throws {
    while let entry = try reader.nextEntry() {
      if isCancelled() { throw CancellationError() }
      try place(entry)
    }
    writer.tree.formatName = ([reader.formatName] + reader.filterNames).joined(separator: ", ")
    writer.tree.findings += reader.findings
    meter.finish()
  }

  private consuming func finish(_ aside: AsideFolder) throws -> UnpackedTree {
    let top = options.stripsSingleTopFolder ? writer.tree.singleTopFolder : nil
    writer.tree.top = top ?? 0
    writer.tree.bytes = meter.bytes
    try writer.finishFolders()
    try aside.publish(only: top.map { writer.tree.nodes[$0].name })
    let descriptor = unsafe aside.target.withPlatformString {
      unsafe open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
    guard descriptor >= 0 else {
      throw ArchiveError(.unwritable, "opening the folder \(aside.target): \(systemMessage())")
    }
    defer { close(descriptor) }
    // Last, because a folder that its owner may not write to cannot be moved.
    try writer.finish(descriptor, writer.tree.top)
    return writer.tree
  }

  /// Creates what an entry describes.
  private mutating func place(_ entry: ArchiveEntry) throws {
    let path = try EntryPath(entry.pathBytes, archive: reader.name, limits: options.limits)
    try meter.count(entryNamed: entry.pathBytes.count, archive: reader.name)
    recordOddities(of: entry)
    guard let name = path.components.last else { return try describeTop(entry) }
    if try skips(entry) { return }
    let parent = try folder(path.components.dropLast(), for: entry)
    let earlier = writer.tree.child(name, of: parent)
    if let earlier { return try meet(entry, earlier) }
    switch entry.kind {
    case .folder: _ = try writer.makeFolder(node(entry, name, parent, .folder))
    case .symbolicLink: try placeLink(entry, name, parent, depth: path.components.count - 1)
    case .hardLink: try placeHardLink(entry, name, parent)
    case .file:
      let content = writer.tree.contentCount
      writer.tree.contentCount += 1
      let (index, descriptor) = try writer.openFile(node(entry, name, parent, .file(content: content)))
      try fill(descriptor, index, content, entry)
    case .characterDevice, .blockDevice, .fifo, .socket, .unknown:
      throw refusal(.unknownType, entry, "it is of a type that is not known")
    }
  }

  /// The folder of those names, made where no entry described it before.
  private mutating func folder(_ names: ArraySlice<[UInt8]>, for entry: ArchiveEntry) throws -> Int {
    var parent = 0
    for name in names {
      if let child = writer.tree.child(name, of: parent) {
        switch writer.tree.nodes[child].kind {
        case .folder: parent = child
        case .symbolicLink: throw refusal(.throughLink, entry, "its name leads through a symbolic link")
        case .file: throw refusal(.notAFolder, entry, "its name leads through a file")
        }
      } else {
        try meter.count(entryNamed: name.count, archive: reader.name)
        parent = try writer.makeFolder(
          UnpackedTree.Node(
            parent: parent, name: name, kind: .folder, mode: 0o755, modified: entry.modified ?? .init(seconds: 0)))
      }
    }
    return parent
  }

  /// A second entry of a name: fine for folders, refused for all else.
  private mutating func meet(_ entry: ArchiveEntry, _ earlier: Int) throws {
    let node = writer.tree.nodes[earlier]
    guard entry.kind == .folder, node.kind == .folder else {
      throw refusal(.duplicateName, entry, "another entry has the same name")
    }
    if node.owner != nil {
      writer.tree.record(.repeatedFolder, entry.pathBytes, "another entry describes the same folder")
    }
    describe(earlier, entry)
  }

  private mutating func describeTop(_ entry: ArchiveEntry) throws {
    guard entry.kind == .folder else { throw refusal(.emptyName, entry, "it has no name") }
    describe(0, entry)
  }

  private mutating func describe(_ index: Int, _ entry: ArchiveEntry) {
    let described = node(entry, writer.tree.nodes[index].name, writer.tree.nodes[index].parent, .folder)
    writer.tree.update(index) { $0 = described }
  }

  private mutating func placeLink(_ entry: ArchiveEntry, _ name: [UInt8], _ parent: Int, depth: Int) throws {
    let target = entry.linkTarget ?? []
    guard !target.isEmpty, target.count <= UnpackLimits.longestPath else {
      throw refusal(.overlongName, entry, "the target of the symbolic link has \(target.count) bytes")
    }
    if EntryPath.leavesTree(target: target, depth: depth) {
      writer.tree.record(.linkLeavesTree, entry.pathBytes, "it points to \(String(decoding: target, as: UTF8.self))")
    }
    _ = try writer.makeLink(node(entry, name, parent, .symbolicLink(target: target)), target: target)
  }

  private mutating func placeHardLink(_ entry: ArchiveEntry, _ name: [UInt8], _ parent: Int) throws {
    let target = try hardLinkTarget(of: entry)
    let targetNode = writer.tree.nodes[target]
    let link = UnpackedTree.Node(
      parent: parent, name: name, kind: targetNode.kind, mode: targetNode.mode, modified: targetNode.modified,
      owner: targetNode.owner)
    let index = try writer.makeHardLink(link, to: target)
    // Some formats give a file's data with its last name.
    guard let size = entry.size, size > 0, case .file(let content) = link.kind else { return }
    let (_, descriptor) = try writer.openFile(link, again: index)
    try fill(descriptor, index, content, entry)
  }

  private func hardLinkTarget(of entry: ArchiveEntry) throws -> Int {
    let bytes = entry.linkTarget ?? []
    guard let path = try? EntryPath(bytes, archive: reader.name, limits: options.limits), !path.components.isEmpty
    else { throw refusal(.hardLinkTarget, entry, "it is a hard link to \(entry.linkTargetText ?? "nothing")") }
    var found = 0
    for name in path.components {
      guard let child = writer.tree.child(name, of: found) else {
        throw refusal(
          .hardLinkTarget, entry, "it is a hard link to \(entry.linkTargetText ?? ""), which did not come before it")
      }
      found = child
    }
    guard writer.tree.nodes[found].kind != .folder else {
      throw refusal(.hardLinkTarget, entry, "it is a hard link to a folder")
    }
    return found
  }

  /// Writes an entry's data into an open file, shows them to the observer and closes the file.
  private mutating func fill(_ descriptor: Int32, _ index: Int, _ content: Int, _ entry: ArchiveEntry) throws {
    defer { close(descriptor) }
    if let size = entry.size { try meter.check(upcoming: size, archive: reader.name) }
    try observer?.contentBegan(content, size: entry.size)
    var written: Int64 = 0
    while true {
      if isCancelled() { throw CancellationError() }
      let archive = reader.name
      let (observer, stored) = (observer, reader.storedBytesTaken)
      let more = try reader.nextChunk { offset, bytes in
        try meter.count(gap: offset - written, data: bytes.byteCount, stored: stored, archive: archive)
        if let observer {
          try ZeroBytes.forEach(offset - written, observer.contentContinued)
          try observer.contentContinued(bytes)
        }
        try Self.write(bytes, descriptor, at: offset, entry)
        written = offset + Int64(bytes.byteCount)
      }
      if !more { break }
    }
    if let size = entry.size, size > written {
      try meter.count(gap: size - written, data: 0, stored: reader.storedBytesTaken, archive: reader.name)
      if let observer { try ZeroBytes.forEach(size - written, observer.contentContinued) }
      guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.writing(entry) }
    }
    try observer?.contentEnded()
    try writer.finish(descriptor, index)
  }

  private static func write(_ bytes: RawSpan, _ descriptor: Int32, at offset: Int64, _ entry: ArchiveEntry) throws {
    unsafe try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
        let count = unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw writing(entry) }
        done += count
      }
    }
  }

  private static func writing(_ entry: ArchiveEntry) -> ArchiveError {
    ArchiveError(.unwritable, "writing the unpacked \(ArchiveError.printable(entry.path)): \(systemMessage())")
  }

  private func node(
    _ entry: ArchiveEntry, _ name: [UInt8], _ parent: Int, _ kind: UnpackedTree.Node.Kind
  ) -> UnpackedTree.Node {
    UnpackedTree.Node(
      parent: parent, name: name, kind: kind, mode: options.keepsSetIDBits ? entry.mode : entry.mode & ~0o6000,
      modified: entry.modified ?? .init(seconds: 0),
      owner: UnpackedTree.Owner(
        userID: entry.userID, groupID: entry.groupID, userName: entry.userName, groupName: entry.groupName),
      attributes: entry.extendedAttributes)
  }

  private mutating func recordOddities(of entry: ArchiveEntry) {
    let path = entry.pathBytes
    if !entry.pathIsUTF8 { writer.tree.record(.nameNotUTF8, path, "its name is not UTF-8") }
    if path.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      writer.tree.record(.controlCharacter, path, "its name has control characters")
    }
    if entry.mode & 0o6000 != 0, entry.kind != .symbolicLink {
      let done = options.keepsSetIDBits ? "kept" : "removed"
      writer.tree.record(.setIDBits, path, "its mode \(String(entry.mode, radix: 8)) has setuid or setgid, \(done)")
    }
    if entry.hasAccessControlList { writer.tree.record(.attributeNotKept, path, "its access control list was not set") }
    if let flags = entry.flags { writer.tree.record(.attributeNotKept, path, "its flags \(flags) were not set") }
  }

  /// Whether an entry is left out.
  private mutating func skips(_ entry: ArchiveEntry) throws -> Bool {
    switch entry.kind {
    case .characterDevice, .blockDevice, .fifo, .socket:
      guard options.skipsSpecialFiles else { throw refusal(.specialFile, entry, "it is a \(entry.kind.rawValue)") }
      writer.tree.record(.specialFile, entry.pathBytes, "it is a \(entry.kind.rawValue), left out")
      return true
    case .file, .folder, .symbolicLink, .hardLink, .unknown: return false
    }
  }

  private func refusal(_ rule: UnpackRule.Name, _ entry: ArchiveEntry, _ what: String) -> ArchiveError {
    .refusal(rule, archive: reader.name, path: entry.path, what)
  }
}
