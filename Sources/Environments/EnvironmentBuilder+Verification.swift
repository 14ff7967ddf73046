import Digests
import Glibc
public import Model
import Store
import SystemPackage

/// What a look at all unpacked layers found.
public struct LayerVerification: Sendable, Hashable {
  /// The layers that are as they were unpacked, byte for byte.
  public let sound: [SHA256Digest]
  /// The layers that were not, now removed; they are unpacked anew when they are next needed.
  public let removed: [SHA256Digest]
}

extension EnvironmentBuilder {
  /// The digests of the layers that are kept unpacked, sorted.
  public func unpackedLayers() throws(EnvironmentError) -> [SHA256Digest] {
    try explaining("listing the unpacked layers in \(store.environmentsFolder)") {
      try FolderListing.names(in: store.environmentsFolder).compactMap { SHA256Digest(hex: $0) }
    }
  }

  /// Removes an unpacked layer; it is unpacked or made anew when it is next needed.
  public func removeLayer(_ digest: SHA256Digest) async throws(EnvironmentError) {
    do {
      try await LayerCache(store: store, engine: engine).remove(digest)
    } catch {
      throw EnvironmentError("removing the unpacked layer \(digest.short)", cause: error)
    }
  }

  /// Compares every byte of the unpacked layers with their archives and removes those that differ.
  ///
  /// A layer whose archive the store no longer has is removed too: nothing says what it should be.
  public func verifyLayers(progress: any ProgressSink) async throws(EnvironmentError) -> LayerVerification {
    let digests = try unpackedLayers()
    var sound: [SHA256Digest] = []
    var removed: [SHA256Digest] = []
    for (number, digest) in digests.enumerated() {
      progress.report(
        .advanced(
          done: Int64(number), total: Int64(digests.count), unit: .items, detail: "unpacked layer \(digest.short)"))
      if try isSound(digest) {
        sound.append(digest)
      } else {
        try await removeLayer(digest)
        removed.append(digest)
      }
    }
    return LayerVerification(sound: sound, removed: removed)
  }

  private func isSound(_ digest: SHA256Digest) throws(EnvironmentError) -> Bool {
    try explaining("verifying the unpacked layer \(digest.short)") {
      guard let layer = LayerCache(store: store, engine: engine).present(digest),
        let archive = try store.verified(digest)
      else { return false }
      let scratch = try store.makeScratch()
      let spool = try ContentSpool(in: scratch.path, keepsBytes: false)
      let tree = try LayerReader.tree(of: archive, spool: spool)
      var seen: Set<Int> = []
      for (path, index) in tree.places {
        // The listing says that no other path was added, and that no name became another file's.
        guard case .file(let content) = tree.nodes[index].kind, seen.insert(index).inserted else { continue }
        guard try Self.holds(content, layer.folder, path) else { return false }
      }
      return true
    }
  }

  /// Whether a file has the bytes; true for one that an ordinary user may not read, since nothing says otherwise.
  private static func holds(_ content: SpooledContent, _ folder: FilePath, _ path: LayerPath) throws -> Bool {
    let bytes = Array(folder.string.utf8) + [UInt8(ascii: "/")] + path.bytes
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    let descriptor = unsafe open(text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return errno == EACCES }
    let file = FileDescriptor(rawValue: descriptor)
    defer { try? file.close() }
    var digest = StreamingDigest()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      if count == 0 { break }
      unsafe digest.update(buffer.span.extracting(first: count).bytes)
    }
    return digest.finishSHA256() == content.sha256
  }
}
