import Glibc
import Synchronization

/// Turns Ctrl-C and a polite kill into cancellation, so that everything that was started is ended in order.
///
/// Handlers are used, not ignored or blocked signals: those would be inherited by the tools that are started.
enum Interruption {
  private static let writeEnd = Atomic<Int32>(-1)

  /// Installs the handlers; called once, before anything is started.
  static func prepare() {
    // A reader that went away shows as a failed write; the default would end the program without cleaning up.
    signal(SIGPIPE) { _ in }
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { _ in
        var byte: UInt8 = 1
        _ = unsafe write(Interruption.writeEnd.load(ordering: .relaxed), &byte, 1)
      }
    }
  }

  /// Calls the body at the first signal; the second ends the program at once.
  static func onInterrupt(_ body: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let readEnd = ends[0]
    writeEnd.store(ends[1], ordering: .relaxed)
    let thread = InterruptionThread(readEnd: readEnd, body: body)
    thread.start()
  }
}

/// Waits for signals on a thread of its own, because the cooperative threads may all be busy.
private struct InterruptionThread: Sendable {
  let readEnd: Int32
  let body: @Sendable () -> Void

  func start() {
    let box = unsafe Unmanaged.passRetained(Box(self)).toOpaque()
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().value.wait()
        return nil
      }, box)
    if result == 0 { pthread_detach(thread) }
  }

  func wait() {
    var byte: UInt8 = 0
    while unsafe read(readEnd, &byte, 1) < 0 && errno == EINTR {}
    body()
    while unsafe read(readEnd, &byte, 1) < 0 && errno == EINTR {}
    _exit(130)
  }

  final class Box: Sendable {
    let value: InterruptionThread
    init(_ value: InterruptionThread) { self.value = value }
  }
}
