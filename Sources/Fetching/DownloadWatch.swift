import Model
import SystemPackage

/// Watches a folder while something downloads into it.
enum DownloadWatch {
  /// Runs the body and reports the growth of the folder's files several times a second until it ends.
  ///
  /// Nil when nothing changed in the folder for so long that the body was stopped.
  static func watching<Value: Sendable>(
    _ folder: FilePath, total: Int64?, detail: String, stall: Duration, progress: any ProgressSink,
    _ body: @escaping @Sendable () async throws(FetchError) -> Value
  ) async throws(FetchError) -> Value? {
    let start = size(of: folder)
    return try await fetching {
      try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
          let clock = ContinuousClock()
          var last = (size: start, time: clock.now)
          while clock.now - last.time < stall {
            try await Task.sleep(for: .milliseconds(200))
            let now = size(of: folder)
            if now != last.size { last = (now, clock.now) }
            let done = max(now - start, 0)
            progress.report(
              .advanced(done: total.map { min(done, $0) } ?? done, total: total, unit: .bytes, detail: detail))
          }
          return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
      }
    }
  }

  private static func size(of folder: FilePath) -> Int64 {
    (LocalFiles.names(in: folder) ?? []).reduce(0) { $0 + (LocalFiles.size(folder.appending($1)) ?? 0) }
  }
}
