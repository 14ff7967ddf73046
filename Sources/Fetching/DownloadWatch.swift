import Model
import SystemPackage

/// Reports how many bytes have arrived in a folder while something downloads into it.
enum DownloadWatch {
  /// Runs the body and reports the growth of the folder's files several times a second until it ends.
  static func watching<Value: Sendable>(
    _ folder: FilePath, total: Int64?, detail: String, progress: any ProgressSink,
    _ body: () async throws(FetchError) -> Value
  ) async throws(FetchError) -> Value {
    let start = size(of: folder)
    let ticker = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(200))
        if Task.isCancelled { return }
        let done = max(size(of: folder) - start, 0)
        progress.report(
          .advanced(done: total.map { min(done, $0) } ?? done, total: total, unit: .bytes, detail: detail))
      }
    }
    defer { ticker.cancel() }
    return try await body()
  }

  private static func size(of folder: FilePath) -> Int64 {
    (LocalFiles.names(in: folder) ?? []).reduce(0) { $0 + (LocalFiles.size(folder.appending($1)) ?? 0) }
  }
}
