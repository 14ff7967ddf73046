import Glibc
import Processes
import Synchronization
import SystemPackage

/// Takes the command's output: bytes to a file, lines to a closure, both bounded.
final class BuildLog: Sendable {
  private struct State {
    var lines = LineSplitter()
    var tail: [String] = []
    var written: Int64 = 0
    var isFull = false
    var writeFailed: String?
  }

  private let state = Mutex(State())
  private let file: FileDescriptor?
  private let limit: Int64
  private let onLine: @Sendable (String) -> Void

  init(_ path: FilePath?, limit: Int64, onLine: @escaping @Sendable (String) -> Void) throws(SandboxError) {
    self.limit = limit
    self.onLine = onLine
    guard let path else {
      file = nil
      return
    }
    do {
      file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
    } catch {
      throw SandboxError(.failed, "making the log \(path): \(error)")
    }
  }

  deinit { try? file?.close() }

  /// More was written than the limit; the rest is not kept.
  var isFull: Bool { state.withLock { $0.isFull } }
  /// Why the log's file could not be written, if so.
  var failure: String? { state.withLock { $0.writeFailed } }
  /// The last lines.
  var tail: [String] { state.withLock { $0.tail } }

  func append(_ bytes: RawSpan) {
    state.withLock { state in
      guard !state.isFull else { return }
      state.written += Int64(bytes.byteCount)
      if state.written > limit {
        state.isFull = true
        return
      }
      if let file, state.writeFailed == nil {
        do {
          _ = unsafe try bytes.withUnsafeBytes { unsafe try file.writeAll($0) }
        } catch {
          state.writeFailed = "\(error)"
        }
      }
      var found: [String] = []
      state.lines.append(bytes) { found.append($0) }
      keep(found, &state)
    }
  }

  func finish() {
    state.withLock { state in
      var found: [String] = []
      state.lines.finish { found.append($0) }
      keep(found, &state)
    }
  }

  private func keep(_ lines: [String], _ state: inout State) {
    for line in lines { onLine(line) }
    state.tail = (state.tail + lines.suffix(12)).suffix(12)
  }
}
