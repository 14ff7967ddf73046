import Glibc
import Model
import Sandbox
import Store
import SystemPackage

/// A layer whose folder is ready to be mounted.
struct UnpackedLayer: Sendable {
  /// Of the canonical archive.
  let digest: SHA256Digest
  let folder: FilePath
}

/// The unpacked layers of a store: `environments/<digest>/root` and beside it a listing of what was unpacked.
///
/// A folder appears whole, by a rename, and counts only while its listing fits.
struct LayerCache {
  let store: Store
  let engine: SandboxEngine

  /// The unpacked layer if it is there and nobody has touched it.
  func present(_ digest: SHA256Digest) -> UnpackedLayer? {
    let folder = folder(digest)
    guard let recorded = Self.recordedListing(in: folder),
      let found = try? FolderListing.digest(of: folder.appending("root")), found == recorded
    else { return nil }
    store.markUsed(digest)
    return UnpackedLayer(digest: digest, folder: folder.appending("root"))
  }

  /// The unpacked layer, unpacked now where it is not there; nil when the store has no archive of it.
  func unpacked(_ digest: SHA256Digest, progress: any ProgressSink) async throws -> UnpackedLayer? {
    if let present = present(digest) { return present }
    guard let archive = try store.verified(digest) else { return nil }
    progress.report(.advanced(done: 0, total: nil, unit: .items, detail: "unpacking the layer \(digest.short)"))
    let scratch = try store.makeScratch()
    let aside = scratch.path.appending("layer")
    try Self.makeFolder(aside)
    let root = aside.appending("root")
    do {
      try await engine.unpackLayer(archive, into: root)
      try Self.writeListing(try FolderListing.digest(of: root), in: aside)
      try await publish(aside, digest, in: scratch.path)
    } catch {
      // An ordinary user cannot remove what belongs to his subordinate users, so the scratch folder could not either;
      // a task of its own, so that it is done after a cancellation, too.
      await Task { try? await engine.removeLayer(root) }.value
      throw error
    }
    return present(digest)
  }

  /// Removes an unpacked layer; its archive, if the store still has it, stays.
  func remove(_ digest: SHA256Digest) async throws {
    try await engine.removeLayer(folder(digest))
  }

  private func folder(_ digest: SHA256Digest) -> FilePath { store.environmentsFolder.appending(digest.hex) }

  private func publish(_ aside: FilePath, _ digest: SHA256Digest, in scratch: FilePath) async throws {
    let final = folder(digest)
    if Self.rename(aside, final) { return }
    let failure = Errno(rawValue: errno)
    guard failure == .directoryNotEmpty || failure == .fileExists else { throw failure }
    // Somebody was faster, or what is there was touched.
    if present(digest) != nil {
      try await engine.removeLayer(aside)
      return
    }
    let old = scratch.appending("touched")
    guard Self.rename(final, old) else { throw Errno(rawValue: errno) }
    try await engine.removeLayer(old)
    guard Self.rename(aside, final) else { throw Errno(rawValue: errno) }
  }

  private static func rename(_ from: FilePath, _ to: FilePath) -> Bool {
    unsafe from.withPlatformString { old in unsafe to.withPlatformString { unsafe Glibc.rename(old, $0) } } == 0
  }

  private static func makeFolder(_ path: FilePath) throws {
    guard unsafe path.withPlatformString({ unsafe mkdir($0, 0o755) }) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Writes the listing's digest.
  ///
  /// Nothing is forced onto the disk, which takes longer than unpacking again: what a power cut loses has another
  /// size or time afterwards, so the listing does not fit and the layer is unpacked anew.
  static func writeListing(_ listing: SHA256Digest, in folder: FilePath) throws {
    let file = try FileDescriptor.open(
      folder.appending("listing"), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite])
    try file.closeAfter {
      _ = try file.writeAll((listing.hex + "\n").utf8)
    }
  }

  private static func recordedListing(in folder: FilePath) -> SHA256Digest? {
    let path = folder.appending("listing")
    guard let file = try? FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec]) else { return nil }
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 66)
    guard let count = try? unsafe bytes.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }), count == 65 else {
      return nil
    }
    return SHA256Digest(hex: String(decoding: bytes[..<64], as: UTF8.self))
  }
}
