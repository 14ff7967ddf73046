import Glibc
public import Model
import SystemPackage

/// One object of a store.
public struct StoredObject: Codable, Hashable, Sendable {
  /// Of its bytes.
  public let sha256: SHA256Digest
  /// In bytes.
  public let size: Int64
  /// Seconds since 1970.
  public let lastUsed: Int64
}

/// What a walk over all objects found.
public struct StoreVerification: Codable, Hashable, Sendable {
  /// How many objects have the bytes that their name says.
  public let sound: Int
  /// The objects that had not, now removed.
  public let rotten: [SHA256Digest]
}

extension Store {
  /// All objects, by digest.
  public func objects() throws(StoreError) -> [StoredObject] {
    let folder = root.appending("objects")
    var objects: [StoredObject] = []
    for fan in try explaining("listing", folder, { try Disk.names(in: folder) }) {
      let inner = folder.appending(fan)
      for name in try explaining("listing", inner, { try Disk.names(in: inner) }) {
        guard let digest = SHA256Digest(hex: name), let status = try? Disk.status(inner.appending(name)) else {
          continue
        }
        objects.append(
          StoredObject(sha256: digest, size: Int64(status.st_size), lastUsed: Int64(status.st_atim.tv_sec)))
      }
    }
    return objects
  }

  /// Reads every object and removes those that rotted.
  public func verify(progress: any ProgressSink) throws(StoreError) -> StoreVerification {
    let all = try objects()
    let total = all.reduce(0) { $0 + $1.size }
    var done: Int64 = 0
    var rotten: [SHA256Digest] = []
    for object in all {
      if try verified(object.sha256) == nil { rotten.append(object.sha256) }
      done += object.size
      progress.report(.advanced(done: done, total: total, unit: .bytes, detail: object.sha256.short))
    }
    return StoreVerification(sound: all.count - rotten.count, rotten: rotten)
  }

  /// Removes objects that were last used before a time, and returns them.
  ///
  /// The time is in seconds since 1970.
  public func prune(unusedSince time: Int64) throws(StoreError) -> [StoredObject] {
    let old = try objects().filter { $0.lastUsed < time }
    for object in old {
      let path = objectPath(object.sha256)
      try explaining("removing", path) { try Disk.removeFile(path) }
    }
    return old
  }
}
