import Model
import Synchronization

/// Counts what is unpacked in one comparison, on all levels and threads together.
final class UnpackingBudget: Sendable {
  private let used = Mutex<Int64>(0)
  private let limit: Int64
  private let progress: any ProgressSink

  init(limit: Int64, progress: any ProgressSink) {
    self.limit = limit
    self.progress = progress
  }

  /// Takes an amount off; false when there is not so much left.
  func take(_ bytes: Int64) -> Bool {
    let (before, after) = used.withLock { used in
      let before = used
      let (sum, overflow) = used.addingReportingOverflow(bytes)
      used = overflow ? .max : sum
      return (before, used)
    }
    let step: Int64 = 64 << 20
    if before / step != after / step {
      progress.report(.advanced(done: after, total: nil, unit: .bytes, detail: "comparing members"))
    }
    return after <= limit
  }
}
