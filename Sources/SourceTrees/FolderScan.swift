import Archives
import Glibc
import Model
import Synchronization
import SystemPackage

/// Reads a tree from disk: one thread walks it and opens the files, several digest them.
enum FolderScan {
  static func identify(
    _ folder: FilePath, progress: any ProgressSink, isCancelled: () -> Bool
  ) throws -> TreeIdentity {
    let top = unsafe folder.withPlatformString { unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard top >= 0 else { throw SourceTreeError("opening the folder \(folder): \(Errno(rawValue: errno))") }
    defer { close(top) }
    let digesters = FileDigesters(progress: progress)
    var walk = FolderWalk(folder: folder, digesters: digesters)
    do {
      try walk.list(top, node: 0, depth: 0, isCancelled: isCancelled)
    } catch {
      _ = try? digesters.finish()
      throw error
    }
    let contents = try digesters.finish()
    return TreeIdentity(nodes: walk.nodes, contents: contents)
  }

  /// Digests an open file that must have that many bytes.
  static func digest(_ descriptor: Int32, size: Int64, name: String) throws -> ContentIdentity {
    var digest = ContentDigest(size: size)
    try read(descriptor, size: size, name: name) { digest.update($0) }
    return digest.finish(size: size)
  }

  /// Reads an open file from start to end; it must have that many bytes.
  static func read(_ descriptor: Int32, size: Int64, name: String, _ body: (RawSpan) -> Void) throws {
    let length = Int(max(1, min(size, 256 * 1024)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 16)
    defer { unsafe buffer.deallocate() }
    var offset: Int64 = 0
    while true {
      let count = unsafe pread(descriptor, buffer.baseAddress, length, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SourceTreeError("reading \(name): \(Errno(rawValue: errno))") }
      if count == 0 { break }
      offset += Int64(count)
      unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
      // What grows while it is read would never end.
      if offset > size { break }
    }
    guard offset == size else {
      throw SourceTreeError("reading \(name): it was changed while it was read", inconclusive: .machineFailed)
    }
  }
}

/// The walking thread's part.
private struct FolderWalk {
  let folder: FilePath
  let digesters: FileDigesters
  var nodes = [TreeNode(parent: 0, name: [], kind: .folder)]
  private var contentCount = 0

  init(folder: FilePath, digesters: FileDigesters) {
    self.folder = folder
    self.digesters = digesters
  }

  mutating func list(_ descriptor: Int32, node: Int, depth: Int, isCancelled: () -> Bool) throws {
    guard depth < 1000 else { throw SourceTreeError("reading \(folder): its folders are more than 1000 deep") }
    for name in try names(descriptor) {
      if isCancelled() { throw CancellationError() }
      try visit(name, in: descriptor, parent: node, depth: depth, isCancelled: isCancelled)
    }
  }

  private mutating func visit(
    _ name: [UInt8], in parent: Int32, parent node: Int, depth: Int, isCancelled: () -> Bool
  ) throws {
    let path = "\(folder)/…/" + String(decoding: name, as: UTF8.self)
    var status = stat()
    guard unsafe withName(name, { unsafe fstatat(parent, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
      throw SourceTreeError("looking at \(path): \(Errno(rawValue: errno))")
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      let inner = try open(name, in: parent, O_DIRECTORY, path)
      defer { close(inner) }
      nodes.append(TreeNode(parent: node, name: name, kind: .folder))
      try list(inner, node: nodes.count - 1, depth: depth + 1, isCancelled: isCancelled)
    case S_IFREG:
      let file = try open(name, in: parent, O_NONBLOCK, path)
      // Once more, of what was opened: the name may mean something else by now.
      guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(file)
        throw SourceTreeError("reading \(path): it was changed while it was read", inconclusive: .machineFailed)
      }
      let executable = status.st_mode & 0o111 != 0
      nodes.append(TreeNode(parent: node, name: name, kind: .file(content: contentCount, executable: executable)))
      digesters.add(FileDigesters.Job(content: contentCount, descriptor: file, size: Int64(status.st_size), name: path))
      contentCount += 1
    case S_IFLNK:
      nodes.append(TreeNode(parent: node, name: name, kind: .symbolicLink(target: try target(name, parent, path))))
    default:
      throw SourceTreeError(
        "identifying \(folder): \(path) is neither a file, nor a folder, nor a symbolic link",
        advice: "Remove it, or identify another folder.")
    }
  }

  private func open(_ name: [UInt8], in parent: Int32, _ flags: Int32, _ path: String) throws(SourceTreeError) -> Int32
  {
    let opened = unsafe withName(name) { unsafe openat(parent, $0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags) }
    guard opened >= 0 else { throw SourceTreeError("opening \(path): \(Errno(rawValue: errno))") }
    return opened
  }

  private func target(_ name: [UInt8], _ parent: Int32, _ path: String) throws(SourceTreeError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe withName(name) { name in
      unsafe buffer.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return -1 }
        return unsafe readlinkat(parent, name, start.assumingMemoryBound(to: CChar.self), bytes.count)
      }
    }
    guard count >= 0, count < buffer.count else {
      throw SourceTreeError("reading the symbolic link \(path): \(Errno(rawValue: errno))")
    }
    return Array(buffer[..<count])
  }

  private func names(_ descriptor: Int32) throws(SourceTreeError) -> [[UInt8]] {
    let copy = unsafe withName([0x2E]) { unsafe openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard copy >= 0, let stream = unsafe fdopendir(copy) else {
      throw SourceTreeError("listing \(folder): \(Errno(rawValue: errno))")
    }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw SourceTreeError("listing \(folder): \(Errno(rawValue: errno))") }
    return names
  }
}

/// Threads that digest open files.
private final class FileDigesters {
  struct Job: Sendable {
    let content: Int
    let descriptor: Int32
    let size: Int64
    let name: String
  }

  private final class State: Sendable {
    let contents = Mutex<[Int: ContentIdentity]>([:])
    let failure = Mutex<(any Error)?>(nil)
    let done = Atomic<Int64>(0)
  }

  // A job is also the token for the place that it takes in the queue, which bounds the open files.
  private let pipe: BlockPipe<Job>
  private let state = State()
  private let threads: [WorkerThread]
  private var count = 0

  init(progress: any ProgressSink) {
    let pipe = BlockPipe([Job](repeating: Job(content: 0, descriptor: -1, size: 0, name: ""), count: 64))
    self.pipe = pipe
    let state = state
    threads = (0..<max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))).map { _ in
      WorkerThread {
        while let job = (try? pipe.next()) ?? nil {
          Self.digest(job, state, progress)
          pipe.giveBack(job)
        }
      }
    }
  }

  func add(_ job: Job) {
    count += 1
    guard pipe.take() != nil else { preconditionFailure("the digesting threads never stop taking") }
    pipe.put(job)
  }

  /// Waits for all digests, by the numbers of the contents.
  func finish() throws -> [ContentIdentity] {
    pipe.end()
    for thread in threads { thread.join() }
    if let failure = state.failure.withLock({ $0 }) { throw failure }
    let found = state.contents.withLock { $0 }
    return (0..<count).compactMap { found[$0] }
  }

  private static func digest(_ job: Job, _ state: State, _ progress: any ProgressSink) {
    defer { close(job.descriptor) }
    do {
      let content = try FolderScan.digest(job.descriptor, size: job.size, name: job.name)
      state.contents.withLock { $0[job.content] = content }
      let (before, after) = state.done.add(job.size, ordering: .relaxed)
      if before >> 20 != after >> 20 {
        progress.report(.advanced(done: after, total: nil, unit: .bytes, detail: "identifying"))
      }
    } catch {
      state.failure.withLock { $0 = $0 ?? error }
    }
  }
}
