import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage

/// Brings single files of the web into the store, going on where an interrupted download was.
struct WebDownload: Sendable {
  let store: Store
  let curl: Curl
  let progress: any ProgressSink

  /// The most bytes of a file whose size nobody tells.
  static let sizeLimit: Int64 = 16 << 30
  /// How long a download that was cut short is kept after its last byte, in seconds.
  private static let keptFor: Int64 = 14 * 86400

  /// Downloads a file whose digest is known; what arrived is kept for the next run when it is cut short.
  func fetch(
    _ address: String, name: String, expecting digest: SHA256Digest, size: Int64?, connection: Connection
  ) async throws(FetchError) -> FileIdentity {
    let folder = try await fetching { try store.folder(named: "partial") }
    Self.sweep(folder)
    let part = folder.appending("\(digest.hex).part")
    let lockPath = folder.appending("\(digest.hex).lock")
    let lock = try await FileLock.take(lockPath, .exclusive, for: "downloading \(name)", progress: progress)
    defer { withExtendedLifetime(lock) {} }
    let shown = WebAddress.withoutSecrets(address)
    // One that was resumed may be whole and wrong because the first part was; only a fresh one is judged.
    for round in 0..<2 {
      let resumed = (LocalFiles.size(part) ?? 0) > 0
      try await transfer(address, to: part, name: name, digest: digest, size: size, connection: connection)
      let found = try LocalFiles.digest(part)
      if found == digest {
        let identity = try await fetching { try store.insert(file: part, expecting: digest) }
        LocalFiles.remove(part)
        LocalFiles.remove(lockPath)
        return identity
      }
      LocalFiles.remove(part)
      if resumed, round == 0 { continue }
      throw FetchError(
        .mismatch, "fetching \(name): its bytes are not the expected ones",
        details: ["expected SHA-256 \(digest)", "found SHA-256    \(found)", "at \(shown)"],
        advice: "Find out why the place has another file before the recipe or lock is changed.")
    }
    throw FetchError(.missing, "fetching \(name): it did not arrive whole", details: ["at \(shown)"])
  }

  /// Removes what was begun so long ago that nobody goes on with it.
  private static func sweep(_ folder: FilePath) {
    for name in LocalFiles.names(in: folder) ?? [] {
      guard let status = LocalFiles.status(folder.appending(name)),
        Int64(time(nil)) - Int64(status.st_mtim.tv_sec) > keptFor
      else { continue }
      LocalFiles.remove(folder.appending(name))
    }
  }

  private func transfer(
    _ address: String, to part: FilePath, name: String, digest: SHA256Digest, size: Int64?, connection: Connection
  ) async throws(FetchError) {
    var complaint = ""
    for attempt in 0..<max(curl.patience.attempts, 1) {
      if let size, LocalFiles.size(part) == size { return }
      if attempt > 0 {
        try await fetching { try await Task.sleep(for: .milliseconds(curl.patience.pause * attempt)) }
      }
      let outcome = try await curl.transfer(
        address, to: part, limit: size ?? Self.sizeLimit, connection: connection,
        settings: FilePath("\(part.string).curl"),
        arrived: { [progress] done in
          progress.report(.advanced(done: done, total: size, unit: .bytes, detail: name))
        })
      if outcome.succeeded { return try requireFile(part, size: size, name: name, address: address) }
      complaint = outcome.complaint
      if outcome.code == nil || outcome.code == 63 {
        LocalFiles.remove(part)
        throw FetchError(
          .mismatch, "fetching \(name): the place has a longer file than the \(size ?? Self.sizeLimit) bytes expected",
          details: ["expected SHA-256 \(digest)", "at \(WebAddress.withoutSecrets(address))"])
      }
      let refusesRange = outcome.code == 33 || outcome.code == 36 || outcome.status == 416
      if refusesRange {
        if (LocalFiles.size(part) ?? 0) > 0, try LocalFiles.digest(part) == digest { return }
        LocalFiles.remove(part)
      } else if !outcome.isTemporary {
        break
      }
    }
    let kept = LocalFiles.size(part).map { "\($0) bytes have arrived and are kept; the next run goes on from there" }
    throw FetchError(
      .missing, "fetching \(name): it could not be downloaded",
      details: ["expected SHA-256 \(digest)", "at \(WebAddress.withoutSecrets(address))", complaint]
        + (kept.map { [$0] } ?? []),
      advice: "Run it again, or hand the file over with --inputs.")
  }

  /// curl makes no file where the server sent none.
  private func requireFile(_ part: FilePath, size: Int64?, name: String, address: String) throws(FetchError) {
    if LocalFiles.size(part) == nil { try LocalFiles.write("", to: part) }
  }
}
