import Glibc
import Synchronization

/// Hands blocks from one thread to another and back again, so that a fixed number of them does all the work.
package final class BlockPipe<Block: Sendable>: Sendable {
  private struct State {
    var free: [Block]
    var filled: [Block] = []
    var ended = false
    var cancelled = false
    var failure: (any Error)?
  }

  private let state: Mutex<State>
  private let freeCount: Semaphore
  private let filledCount = Semaphore(0)

  /// Makes a pipe with all blocks on the filling side.
  package init(_ blocks: [Block]) {
    state = Mutex(State(free: blocks))
    freeCount = Semaphore(UInt32(blocks.count))
  }

  /// Filling side: waits for an empty block; nil when the emptying side wants no more.
  package func take() -> Block? {
    freeCount.wait()
    return state.withLock { $0.cancelled ? nil : $0.free.removeLast() }
  }

  /// Filling side: hands over a block.
  package func put(_ block: Block) {
    state.withLock { $0.filled.append(block) }
    filledCount.signal()
  }

  /// Filling side: nothing more comes, for that reason when there is one.
  package func end(_ failure: (any Error)? = nil) {
    state.withLock {
      $0.ended = true
      $0.failure = failure
    }
    filledCount.signal()
  }

  /// Emptying side: waits for a filled block; nil at the end.
  package func next() throws -> Block? {
    filledCount.wait()
    let (block, failure) = state.withLock { state -> (Block?, (any Error)?) in
      if !state.filled.isEmpty { return (state.filled.removeFirst(), nil) }
      return (nil, state.failure)
    }
    if let block { return block }
    // The end stays the end for whoever asks again.
    filledCount.signal()
    if let failure { throw failure }
    return nil
  }

  /// Emptying side: gives an emptied block back.
  package func giveBack(_ block: Block) {
    state.withLock { $0.free.append(block) }
    freeCount.signal()
  }

  /// Emptying side: wants no more.
  package func cancel() {
    state.withLock { $0.cancelled = true }
    freeCount.signal()
  }
}

/// A counting semaphore of the system.
@safe final class Semaphore: Sendable {
  // Only ever given to the system's own functions, which are made for use from several threads.
  private nonisolated(unsafe) let pointer: UnsafeMutablePointer<sem_t>

  init(_ count: UInt32) {
    unsafe pointer = .allocate(capacity: 1)
    unsafe sem_init(pointer, 0, count)
  }

  deinit {
    unsafe sem_destroy(pointer)
    unsafe pointer.deallocate()
  }

  func wait() {
    while unsafe sem_wait(pointer) != 0 {}
  }

  func signal() { unsafe sem_post(pointer) }
}

/// A thread that is waited for.
///
/// Not a task: it blocks, which the threads that run tasks must not do for long.
@safe package final class WorkerThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var thread = pthread_t()
  private var running: Bool

  /// Starts a thread.
  package init(_ work: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(work))
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      }, body.toOpaque())
    running = result == 0
    if !running { fatalError("starting a thread: \(systemMessage(result))") }
  }

  /// Waits until the work is done.
  package func join() {
    guard running else { return }
    running = false
    pthread_join(thread, nil)
  }
}
