import Digests
import Glibc
public import Model
public import RecipeFormat
public import Store
public import SystemPackage

/// Writes recipe, lock and inputs as one file, which is the same on every machine.
public struct DropWriter {
  /// What was written.
  public struct Written: Sendable {
    /// The digest of the manifest, which stands for the whole drop.
    public let manifest: SHA256Digest
    /// The file's size in bytes.
    public let size: Int64
    /// What the lock pins.
    public let inputs: [DropInput]
  }

  private let documents: DropDocuments
  private let store: Store
  private let progress: any ProgressSink

  /// Prepares a drop of what is in the store; `withheld` are the digests of inputs whose bytes stay behind.
  public init(
    recipe: [UInt8], lock: Lock, withheld: Set<SHA256Digest>, store: Store, progress: any ProgressSink
  ) throws {
    documents = try DropDocuments(recipe: recipe, lock: lock, withheld: withheld)
    self.store = store
    self.progress = progress
  }

  /// Writes the file aside and moves it to its place when it is whole; each digest is checked on the way.
  public func write(to path: FilePath) throws -> Written {
    guard let name = path.lastComponent, name.kind == .regular, try Self.isFree(path) else {
      throw DropError(
        .machine, "writing the drop \(path): that is no regular file", advice: "Name another one with --output.")
    }
    let parent = path.removingLastComponent().isEmpty ? "." : path.removingLastComponent()
    return try explaining("writing", path) {
      Self.sweep(parent, of: name.string)
      let aside = parent.appending(".\(name.string).\(getpid())-\(UInt32.random(in: .min ... .max))")
      let file = try FileDescriptor.open(
        aside, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      do {
        let size = try file.closeAfter {
          // Held while it is written, so that nobody takes it for one that was left.
          _ = flock(file.rawValue, LOCK_EX | LOCK_NB)
          let size = try write(to: file)
          try Disk.sync(file)
          return size
        }
        try Disk.rename(aside, to: path)
        try Disk.syncFolder(parent)
        return Written(manifest: .of(documents.manifest), size: size, inputs: documents.inputs)
      } catch {
        try? Disk.removeFile(aside)
        throw error
      }
    }
  }

  /// Whether there is nothing at a place, or a file that may be replaced.
  private static func isFree(_ path: FilePath) throws -> Bool {
    guard Disk.exists(path) else { return true }
    return try explaining("writing", path) { try Disk.status(path).st_mode & S_IFMT == S_IFREG }
  }

  /// Removes what killed processes left aside.
  private static func sweep(_ parent: FilePath, of name: String) {
    for found in (try? Disk.names(in: parent)) ?? [] where found.hasPrefix(".\(name).") {
      let parts = found.dropFirst(name.count + 2).split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, Int32(parts[0]) != nil, UInt32(parts[1]) != nil else { continue }
      let path = parent.appending(found)
      guard let file = try? FileDescriptor.open(path, .writeOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
      else { continue }
      if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { try? Disk.removeFile(path) }
      try? file.close()
    }
  }

  private func write(to file: FileDescriptor) throws -> Int64 {
    var size: Int64 = 0
    func add(_ bytes: [UInt8]) throws { size += Int64(try file.writeAll(bytes)) }
    func add(_ member: DropMember, _ bytes: [UInt8]) throws { try add(member.header + bytes + member.padding) }
    try add(DropMember(DropMember.layoutName, size: Int64(DropDocuments.layout.count)), DropDocuments.layout)
    try add(DropMember(DropMember.indexName, size: Int64(documents.index.count)), documents.index)
    for bytes in [documents.manifest, documents.config, documents.recipe, documents.lock] {
      try add(DropMember(blob: .of(bytes), size: Int64(bytes.count)), bytes)
    }
    let total = documents.blobs.reduce(0) { $0 + $1.size }
    var done: Int64 = 0
    for blob in documents.blobs {
      let member = DropMember(blob: blob.sha256, size: blob.size)
      try add(member.header)
      try copy(blob, to: file)
      size += blob.size
      try add(member.padding)
      done += blob.size
      progress.report(.advanced(done: done, total: total, unit: .bytes, detail: blob.name))
    }
    try add(DropMember.end)
    return size
  }

  private func copy(_ blob: DropDocuments.Blob, to file: FileDescriptor) throws {
    var left = blob.size
    let found = try store.read(blob.sha256) { bytes in
      try Task.checkCancellation()
      left -= Int64(bytes.byteCount)
      guard left >= 0 else { throw Self.wrongSize(blob) }
      _ = try unsafe bytes.withUnsafeBytes { try unsafe file.writeAll($0) }
    }
    guard found != nil else {
      throw DropError(
        .missing, "packing \(blob.name): it is not in the store", details: ["SHA-256 \(blob.sha256)"],
        advice: "See that nothing else prunes the store, and pack again.")
    }
    guard left == 0 else { throw Self.wrongSize(blob) }
  }

  private static func wrongSize(_ blob: DropDocuments.Blob) -> DropError {
    DropError(
      .otherBytes, "packing \(blob.name): its size is not the locked one of \(blob.size) bytes",
      details: ["SHA-256 \(blob.sha256)"], advice: "Run `verbatim lock --update`.")
  }
}

/// Tells failures of system calls in words.
func explaining<Value>(_ doing: String, _ path: FilePath, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as Errno {
    throw DropError(.machine, "\(doing) the drop \(path): \(error.description)")
  }
}
