import Dispatch

/// The turn of one sandbox: what follows it runs here, one after another, whatever else the program computes.
///
/// The few threads that run all other tasks may be kept by work that only computes, and limits must hold then too.
final class WatchQueue: TaskExecutor {
  private let queue = DispatchQueue(label: "verbatim.sandbox", qos: .userInitiated)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Calls `tick` again and again until the returned timer is stopped.
  func every(milliseconds: Int, _ tick: @escaping @Sendable () -> Void) -> Timer {
    let source = DispatchSource.makeTimerSource(queue: queue)
    source.schedule(deadline: .now(), repeating: .milliseconds(milliseconds), leeway: .milliseconds(1))
    source.setEventHandler(handler: tick)
    source.resume()
    return Timer(source: source)
  }

  /// A timer that runs.
  struct Timer {
    fileprivate let source: any DispatchSourceTimer

    func stop() { source.cancel() }
  }
}
