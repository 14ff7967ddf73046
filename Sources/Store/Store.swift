import Digests
import Glibc
public import Model
public import SystemPackage

/// Content-addressed files on disk, by SHA-256.
///
/// Everything is written aside, synchronised and renamed, so that a killed process leaves either a whole object
/// or none, and any number of processes may use one store at once.
///
/// Layout: `objects/ab/abcd…` are the bytes, `derived/ab/abcd…` say which object a stage made from given inputs,
/// `environments/` has unpacked layers, `state/` what tools keep between runs, `aside/` is work in progress.
public struct Store: Sendable {
  /// The store's folder.
  public let root: FilePath

  /// Opens a store, making its folders where they are missing and sweeping what killed processes left.
  public init(root: FilePath) throws(StoreError) {
    self.root = root
    for name in ["objects", "derived", "environments", "state", "aside"] {
      let folder = root.appending(name)
      try explaining("making the store's folder", folder) { try Disk.makeFolders(folder) }
    }
    ScratchFolder.sweep(asideFolder)
  }

  /// Where the store is when nobody says otherwise: `$XDG_CACHE_HOME/verbatim` or `~/.cache/verbatim`.
  ///
  /// A relative `XDG_CACHE_HOME` is ignored, as the XDG Base Directory Specification asks.
  public static func defaultRoot(environment: [String: String]) -> FilePath? {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return FilePath(cache).appending("verbatim") }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return FilePath(home).appending(".cache/verbatim")
  }

  /// The path of an object whose bytes were just found to be right; nil when there is none.
  ///
  /// An object that rotted is removed, so that it is fetched or made again.
  public func verified(_ digest: SHA256Digest) throws(StoreError) -> FilePath? {
    let path = objectPath(digest)
    guard (try? Disk.status(path)) != nil else { return nil }
    guard try hash(path).sha256 == digest else {
      try explaining("removing the rotten object", path) { try Disk.removeFile(path) }
      return nil
    }
    Disk.touch(path)
    return path
  }

  /// Hands out the bytes of an object piece by piece, and returns their digest and size; nil when there is none.
  ///
  /// Throws `mismatch` after the last piece when the object has rotted, and whatever the body throws.
  public func read(_ digest: SHA256Digest, _ body: (RawSpan) throws -> Void) throws -> FileIdentity? {
    let path = objectPath(digest)
    guard (try? Disk.status(path)) != nil else { return nil }
    let found = try hash(path, body)
    guard found.sha256 == digest else {
      throw StoreError(
        .mismatch, "reading the object \(path): it has rotted", details: ["found SHA-256 \(found.sha256)"],
        advice: "Run `verbatim store verify`, which removes it, and fetch it again.")
    }
    return found
  }

  /// A verified object under a name of its own in a scratch folder, so that messages name what people know.
  ///
  /// It is a hard link: no bytes are copied. Nil when the store has no such object.
  public func verified(
    _ digest: SHA256Digest, named name: String, in scratch: FilePath
  ) throws(StoreError) -> FilePath? {
    guard let object = try verified(digest) else { return nil }
    let folder = scratch.appending("named").appending(digest.short)
    let path = folder.appending(FilePath(name).lastComponent?.string ?? "file")
    try explaining("linking", path) {
      try Disk.makeFolders(folder)
      if !Disk.exists(path) { try Disk.link(object, to: path) }
    }
    return path
  }

  /// Notes that an object was of use, though nobody read it, so that pruning keeps it.
  public func markUsed(_ digest: SHA256Digest) { Disk.touch(objectPath(digest)) }

  /// Whether an object is there, without reading it.
  public func contains(_ digest: SHA256Digest) -> Bool { (try? Disk.status(objectPath(digest))) != nil }

  /// Copies a file into the store.
  ///
  /// Throws `mismatch` and keeps nothing when the bytes are not the expected ones; where the store has the
  /// expected bytes already, the file is not read.
  @discardableResult
  public func insert(file: FilePath, expecting expected: SHA256Digest? = nil) throws(StoreError) -> FileIdentity {
    if let expected, let present = try verified(expected) {
      let size = try explaining("reading", present) { try Disk.status(present).st_size }
      return FileIdentity(sha256: expected, size: Int64(size))
    }
    let source = try explaining("reading", file) {
      try FileDescriptor.open(file, .readOnly, options: [.closeOnExec])
    }
    defer { try? source.close() }
    return try explaining("reading", file) {
      try insert(expecting: expected, from: file) { into in try FileBytes.forEach(of: source) { try into($0) } }
    }
  }

  /// Writes bytes into the store.
  @discardableResult
  public func insert(bytes: [UInt8]) throws(StoreError) -> FileIdentity {
    try explaining("writing an object into", root) {
      try insert(expecting: nil, from: root) { into in unsafe try into(bytes.span.bytes) }
    }
  }

  /// A new scratch folder on the store's disk.
  public func makeScratch() throws(StoreError) -> ScratchFolder { try ScratchFolder(in: asideFolder) }

  /// A folder that a room keeps its own state in between runs, for example `apt`.
  public func folder(named name: String) throws(StoreError) -> FilePath {
    let path = root.appending("state").appending(name)
    try explaining("making the store's folder", path) { try Disk.makeFolders(path) }
    return path
  }

  /// The folder of unpacked environment layers.
  public var environmentsFolder: FilePath { root.appending("environments") }

  /// Where an object is or would be.
  func objectPath(_ digest: SHA256Digest) -> FilePath { fan("objects", digest) }

  var asideFolder: FilePath { root.appending("aside") }

  func fan(_ folder: String, _ digest: SHA256Digest) -> FilePath {
    root.appending(folder).appending(String(digest.hex.prefix(2))).appending(digest.hex)
  }

  /// The digest and size of a file of the store or from outside.
  func hash(_ path: FilePath) throws(StoreError) -> FileIdentity {
    try explaining("reading", path) { try hash(path) { _ in } }
  }

  /// The digest and size of a file, whose bytes the body sees as well.
  private func hash(_ path: FilePath, _ body: (RawSpan) throws -> Void) throws -> FileIdentity {
    let file = try explaining("reading", path) {
      try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
    }
    return try file.closeAfter {
      var digest = StreamingDigest()
      var size: Int64 = 0
      try FileBytes.forEach(of: file) {
        digest.update($0)
        size += Int64($0.byteCount)
        try body($0)
      }
      return FileIdentity(sha256: digest.finishSHA256(), size: size)
    }
  }

  /// Moves a finished file aside to its final place.
  func publish(_ aside: FilePath, at path: FilePath) throws(StoreError) {
    try explaining("storing", path) {
      try Disk.makeFolders(path.removingLastComponent())
      try Disk.rename(aside, to: path)
      try Disk.syncFolder(path.removingLastComponent())
    }
  }

  /// Writes bytes that are handed over piece by piece into the store; `origin` is where messages say they come from.
  ///
  /// Throws `mismatch` and keeps nothing when they are not the expected ones, and whatever `fill` throws.
  @discardableResult
  public func insert(
    expecting expected: SHA256Digest?, from origin: FilePath, fill: ((RawSpan) throws -> Void) throws -> Void
  ) throws -> FileIdentity {
    let scratch = try makeScratch()
    let aside = scratch.path.appending("object")
    let file = try explaining("writing", aside) {
      try FileDescriptor.open(
        aside, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerRead, .groupRead, .otherRead])
    }
    defer { try? file.close() }
    var digest = StreamingDigest()
    var size: Int64 = 0
    try fill { bytes in
      digest.update(bytes)
      size += Int64(bytes.byteCount)
      try explaining("writing", aside) { try FileBytes.write(bytes, to: file) }
    }
    try explaining("writing", aside) { try Disk.sync(file) }
    let found = digest.finishSHA256()
    if let expected, found != expected {
      throw StoreError(
        .mismatch, "storing \(origin): its bytes are not the expected ones",
        details: ["expected SHA-256 \(expected)", "found SHA-256    \(found)"])
    }
    try publish(aside, at: objectPath(found))
    return FileIdentity(sha256: found, size: size)
  }
}
