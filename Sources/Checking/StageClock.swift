import Model
import Synchronization

/// Times the stages of a check and tells the progress of each.
final class StageClock: Sendable {
  private let finished = Mutex<[StageResult]>([])
  let progress: any ProgressSink
  /// Whether results have how long stages took: not where SOURCE_DATE_EPOCH says that times are not to be told.
  private let tellsTimes: Bool

  init(progress: any ProgressSink, tellsTimes: Bool = true) {
    self.progress = progress
    self.tellsTimes = tellsTimes
  }

  /// The stages that ended, in order.
  var stages: [StageResult] { finished.withLock { $0 } }

  /// Runs a stage; its body returns the value and a note of a few words.
  ///
  /// A stage that throws is timed as well.
  func run<Value>(_ name: String, _ body: () async throws -> (Value, note: String)) async throws -> Value {
    try Task.checkCancellation()
    progress.report(.stageStarted(name))
    let started = ContinuousClock.now
    do {
      let (value, note) = try await body()
      progress.report(.stageEnded(name, seconds: end(name, started, note), note: note))
      return value
    } catch {
      let note = Task.isCancelled ? "interrupted" : "failed"
      progress.report(.stageFailed(name, seconds: end(name, started, note), note: note))
      throw error
    }
  }

  /// Notes that a stage is over, and returns how long it took.
  private func end(_ name: String, _ started: ContinuousClock.Instant, _ note: String) -> Double {
    let elapsed = started.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rounded = tellsTimes ? (seconds * 1000).rounded() / 1000 : 0
    finished.withLock { $0.append(StageResult(name: name, seconds: rounded, note: note)) }
    return seconds
  }
}
