import SystemPackage

/// Puts files into a log so that each is there whole or not at all, and all are on the disk before the checkpoint says so.
struct LogPlacement {
  /// Files on their way; not part of the log, and emptied by the next writer.
  static let asideName = ".aside"

  private let root: FilePath
  private let aside: FilePath
  private var waiting: [(from: FilePath, to: FilePath)] = []
  private var folders: Set<String> = []

  /// Starts with nothing on its way; the caller holds the log's lock.
  init(root: FilePath) throws {
    self.root = root
    aside = root.appending(Self.asideName)
    _ = try LogFiles.makeFolder(aside)
    for name in try LogFiles.names(in: aside) { try LogFiles.remove(aside.appending(name)) }
  }

  /// Writes a file aside.
  ///
  /// What a writer who was killed left at its place, beyond the checkpoint, is used when it has the same bytes.
  mutating func add(_ path: String, _ bytes: [UInt8]) throws {
    let place = root.appending(FilePath(path).components)
    try makeFolders(place.removingLastComponent())
    if let there = try LogFiles.read(place, limit: bytes.count + 1), there == bytes {
      folders.insert(place.removingLastComponent().string)
      // Who wrote it may not have lived to see it on the disk.
      return try LogFiles.synchronise(file: place)
    }
    let from = aside.appending("\(waiting.count)")
    try LogFiles.create(from, bytes)
    waiting.append((from, place))
  }

  /// Moves all to their places once they are on the disk, and waits until the names are as well.
  mutating func finish() throws {
    // One after the other, but all written before: the first brings most of the others along.
    for (from, _) in waiting { try LogFiles.synchronise(file: from) }
    for (from, place) in waiting {
      try LogFiles.rename(from, to: place)
      folders.insert(place.removingLastComponent().string)
    }
    waiting = []
    for folder in folders.sorted() { try LogFiles.synchronise(folder: FilePath(folder)) }
    folders = []
  }

  private mutating func makeFolders(_ path: FilePath) throws {
    do {
      guard try LogFiles.makeFolder(path) else { return }
    } catch Errno.noSuchFileOrDirectory {
      try makeFolders(path.removingLastComponent())
      _ = try LogFiles.makeFolder(path)
    }
    folders.insert(path.removingLastComponent().string)
  }
}
