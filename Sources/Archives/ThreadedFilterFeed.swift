import Synchronization

/// What the decompressors of a handle make of its bytes, on a thread of their own.
final class ThreadedFilterFeed: ByteFeed {
  private final class EndMark: Sendable {
    let place = Mutex<Int64?>(nil)
  }

  private let mark = EndMark()
  private let pipe: BlockPipe<ByteBlock>
  private let thread: WorkerThread
  private var current: ByteBlock?

  /// Takes a handle whose only entry is open.
  init(_ handle: consuming ReadHandle) {
    let blocks = (0..<6).map { _ in ByteBlock(capacity: 512 * 1024) }
    let pipe = BlockPipe(blocks)
    let feed = FilterFeed(handle)
    self.pipe = pipe
    // From here on only the thread touches the feed; this object does not keep it.
    nonisolated(unsafe) let moved = feed
    let mark = mark
    thread = WorkerThread {
      do {
        unsafe try Self.pump(moved, into: pipe)
        let end = unsafe moved.storedEnd
        mark.place.withLock { $0 = end }
        pipe.end()
      } catch {
        pipe.end(error)
      }
    }
  }

  deinit {
    pipe.cancel()
    thread.join()
  }

  var storedEnd: Int64? { mark.place.withLock { $0 } }

  var randomAccessSize: Int64? { nil }

  func next() throws -> UnsafeRawBufferPointer {
    if let current { pipe.giveBack(current) }
    current = nil
    current = try pipe.next()
    guard let current else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    return unsafe current.filled
  }

  func seek(to offset: Int64) throws {}

  private static func pump(_ feed: FilterFeed, into pipe: BlockPipe<ByteBlock>) throws {
    guard var block = pipe.take() else { return }
    while true {
      var bytes = unsafe try feed.next()
      guard unsafe !bytes.isEmpty else { break }
      while unsafe !bytes.isEmpty {
        let count = unsafe block.append(bytes)
        unsafe bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
        guard block.isFull else { continue }
        pipe.put(block)
        guard let next = pipe.take() else { return }
        block = next
        block.clear()
      }
    }
    pipe.put(block)
  }
}

/// A reused stretch of memory; only the side of a pipe that holds it touches it.
@safe final class ByteBlock: Sendable {
  private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer
  private nonisolated(unsafe) var count = 0

  init(capacity: Int) { unsafe storage = .allocate(byteCount: capacity, alignment: 4096) }

  deinit { unsafe storage.deallocate() }

  var isFull: Bool { unsafe count == storage.count }
  var filled: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: storage[..<count]) }

  func clear() { unsafe count = 0 }

  /// Takes as many bytes as there is room for, and says how many.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let step = unsafe min(bytes.count, storage.count - count)
    unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: bytes[..<step]))
    unsafe count += step
    return step
  }
}
