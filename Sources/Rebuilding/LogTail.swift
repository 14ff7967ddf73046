import Model
import Synchronization

/// Keeps the last lines of a build's log, and hands each on to the progress.
final class LogTail: Sendable {
  private struct State {
    var lines: [String] = []
    var step: String?
  }

  private let state = Mutex(State())
  private let progress: any ProgressSink
  private let count: Int

  init(progress: any ProgressSink, count: Int = 20) {
    self.progress = progress
    self.count = count
  }

  func take(_ line: String) {
    progress.report(.logLine(line))
    state.withLock { state in
      if BuildDriver.isAnnouncement(line) { state.step = String(line.dropFirst(2)) }
      state.lines.append(line)
      if state.lines.count > count { state.lines.removeFirst() }
    }
  }

  /// The last lines.
  var lines: [String] { state.withLock { $0.lines } }

  /// The step that was announced last.
  var step: String? { state.withLock { $0.step } }
}
