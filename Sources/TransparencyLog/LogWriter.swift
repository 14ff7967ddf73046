import Glibc
public import Keys
import Model
public import SystemPackage

/// The one writer of a log; holds its lock while it lives.
///
/// Tiles are written aside, synchronised and moved to their places, and only then the checkpoint is. So a log is at each
/// moment what its checkpoint says; what a writer who was killed left beyond that, no reader looks at.
public final class LogWriter {
  /// The log's folder.
  public let root: FilePath
  private let key: NoteKey
  private let signer: any Signing
  private let lock: FileDescriptor
  private var edge: TreeEdge
  private var placement: LogPlacement
  private var isBroken = false

  /// Makes an empty log in a folder that is empty or not there, and signs its first checkpoint.
  ///
  /// - Parameters:
  ///   - root: its folder.
  ///   - key: the log's; its name is the log's origin.
  ///   - signer: has that key.
  /// - Throws: `LogError`, and what the signer throws.
  public static func create(_ root: FilePath, as key: NoteKey, with signer: any Signing) async throws {
    do {
      if try LogFiles.makeFolder(root) {
        let parent = root.removingLastComponent()
        try LogFiles.synchronise(folder: parent.isEmpty ? "." : parent)
      }
      guard try LogFiles.names(in: root).allSatisfy({ [lockName, LogPlacement.asideName].contains($0) }) else {
        throw LogError(.wrongPlace, "making a log in \(root): there is something in it already")
      }
    } catch {
      throw LogError.failed("making a log in", root, error)
    }
    let lock = try lock(root)
    try await lock.closeAfterAwaiting {
      guard try LogFiles.read(root.appending(LogReader.checkpointName), limit: SignedNote.sizeLimit) == nil else {
        throw LogError(.wrongPlace, "making a log in \(root): there is one already")
      }
      var placement = try LogPlacement(root: root)
      let first = Checkpoint(origin: key.name, size: 0, root: TreeHash.empty)
      try placement.add(LogReader.checkpointName, try await SignedNote.sign(first.text, as: key, with: signer).bytes)
      try placement.finish()
    }
  }

  /// Opens a log to add to it.
  ///
  /// - Throws: `LogError` when somebody else writes it, when the key did not sign its checkpoint, or when the files that
  ///   it goes on from are not what that says.
  public init(_ root: FilePath, as key: NoteKey, with signer: any Signing) throws(LogError) {
    guard key.publicKey == signer.publicKey else {
      throw LogError(.untrusted, "opening the log \(root): the signer has another key than \(key.name)")
    }
    // Not to lock, and so to make files in, what is no log.
    _ = try LogReader(root, by: key)
    lock = try Self.lock(root)
    self.root = root
    self.key = key
    self.signer = signer
    do {
      edge = try TreeEdge(try LogReader(root, by: key).verified.checkpoint, in: root)
      placement = try LogPlacement(root: root)
    } catch {
      try? lock.close()
      throw .failed("opening the log", root, error)
    }
  }

  deinit { try? lock.close() }

  /// The count of entries.
  public var size: UInt64 { edge.size }

  /// Adds entries; when this returns they are in the log and on the disk, and before that none of them is.
  ///
  /// - Returns: the index of the first.
  /// - Throws: `LogError` when one is too long, and nothing is added then. After any other failure the log has to be
  ///   opened anew.
  @discardableResult
  public func append(_ entries: [[UInt8]]) async throws -> UInt64 {
    if let long = entries.first(where: { $0.count > EntryBundle.entryLimit }) {
      throw LogError(
        .outOfRange,
        "adding to the log \(root): an entry has \(long.count) bytes, and at most \(EntryBundle.entryLimit) fit")
    }
    guard !isBroken else {
      throw LogError(.unusable, "adding to the log \(root): a failure came before", advice: "Start again.")
    }
    let first = edge.size
    guard !entries.isEmpty else { return first }
    isBroken = true
    do {
      var placement = placement
      try edge.append(entries) { try placement.add($0.path, $0.bytes) }
      for tile in edge.partial(since: first) { try placement.add(tile.path, tile.bytes) }
      try placement.finish()
      let checkpoint = Checkpoint(origin: key.name, size: edge.size, root: edge.root)
      let note = try await SignedNote.sign(checkpoint.text, as: key, with: signer)
      try placement.add(LogReader.checkpointName, note.bytes)
      try placement.finish()
      self.placement = placement
    } catch let error as Errno {
      throw LogError.failed("adding to the log", root, error)
    }
    isBroken = false
    return first
  }

  private static let lockName = ".lock"

  /// A lock that ends with the process, however that ends.
  private static func lock(_ root: FilePath) throws(LogError) -> FileDescriptor {
    let path = root.appending(lockName)
    do {
      let file = try FileDescriptor.open(
        path, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
      var failure = Errno.wouldBlock
      // A process that is just being started holds copies of all descriptors until it runs its program.
      for _ in 0..<50 where failure == .wouldBlock {
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { return file }
        failure = Errno(rawValue: errno)
        if failure == .wouldBlock { usleep(10_000) }
      }
      try? file.close()
      guard failure == .wouldBlock else { throw failure }
      throw LogError(
        .busy, "opening the log \(root): another process is adding to it",
        advice: "A log has one writer at a time; wait for it to end.")
    } catch {
      throw .failed("locking", path, error)
    }
  }
}

extension FileDescriptor {
  /// Runs the body, then closes the descriptor.
  fileprivate func closeAfterAwaiting(_ body: () async throws -> Void) async throws {
    do { try await body() } catch {
      try? close()
      throw error
    }
    try close()
  }
}
