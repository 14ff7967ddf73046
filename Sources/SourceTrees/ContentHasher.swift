import Archives
import Model
import Synchronization

/// Digests the contents that unpacking writes, on a thread of its own.
///
/// Bytes are copied into a few large blocks that go round between the two threads, so that thousands of small
/// files cost no hand-over each, and unpacking never waits while a block is free.
final class ContentHasher: UnpackObserver {
  private let pipe: BlockPipe<HashBlock>
  private let thread: WorkerThread
  private let results: HashResults
  private var block: HashBlock?

  init() {
    let pipe = BlockPipe((0..<6).map { _ in HashBlock() })
    let results = HashResults()
    self.pipe = pipe
    self.results = results
    thread = WorkerThread {
      var digesting = DigestingThread()
      // The filling side never fails, so there is nothing to catch.
      while let block = (try? pipe.next()) ?? nil {
        block.replay(into: &digesting)
        pipe.giveBack(block)
      }
      let contents = digesting.contents
      results.contents.withLock { $0 = contents }
    }
  }

  deinit {
    // Without this a failed unpacking would leave the thread waiting for ever.
    pipe.end()
    thread.join()
  }

  func contentBegan(_ number: Int, size: Int64?) throws {
    add(.began(number, size: size))
  }

  func contentContinued(_ bytes: RawSpan) throws {
    var place = 0
    while place < bytes.byteCount {
      let block = roomy()
      place += block.append(bytes.extracting(droppingFirst: place))
    }
  }

  func contentEnded() throws { add(.ended) }

  /// Waits for the digests of all contents, by their numbers.
  func finish(count: Int) throws(SourceTreeError) -> [ContentIdentity] {
    if let block { pipe.put(block) }
    block = nil
    pipe.end()
    thread.join()
    let found = results.contents.withLock { $0 }
    var contents: [ContentIdentity] = []
    contents.reserveCapacity(count)
    for number in 0..<count {
      guard let content = found[number] else {
        throw SourceTreeError("digesting the unpacked files: number \(number) was not seen to its end")
      }
      contents.append(content)
    }
    return contents
  }

  private func add(_ step: HashBlock.Step) { roomy().add(step) }

  /// The block that is being filled, which has room.
  private func roomy() -> HashBlock {
    if let block, !block.isFull { return block }
    if let block { pipe.put(block) }
    guard let next = pipe.take() else { preconditionFailure("the digesting thread never stops taking") }
    next.clear()
    block = next
    return next
  }
}

private final class HashResults: Sendable {
  let contents = Mutex<[Int: ContentIdentity]>([:])
}

/// Bytes of contents and where contents begin and end; only the side of a pipe that holds it touches it.
@safe private final class HashBlock: Sendable {
  enum Step {
    case began(Int, size: Int64?)
    case bytes(Range<Int>)
    case ended
  }

  private static let capacity = 1 << 20
  private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer
  private nonisolated(unsafe) var count = 0
  private nonisolated(unsafe) var steps: [Step] = []

  init() { unsafe storage = .allocate(byteCount: Self.capacity, alignment: 4096) }

  deinit { unsafe storage.deallocate() }

  var isFull: Bool { unsafe count == Self.capacity || steps.count >= 4096 }

  func clear() {
    unsafe count = 0
    unsafe steps.removeAll(keepingCapacity: true)
  }

  func add(_ step: Step) { unsafe steps.append(step) }

  /// Takes as many bytes as there is room for, and says how many.
  func append(_ bytes: RawSpan) -> Int {
    let step = unsafe min(bytes.byteCount, Self.capacity - count)
    unsafe bytes.extracting(first: step).withUnsafeBytes {
      unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: $0)
    }
    unsafe steps.append(.bytes(count..<count + step))
    unsafe count += step
    return step
  }

  func replay(into thread: inout DigestingThread) {
    for step in unsafe steps {
      switch step {
      case .began(let number, let size): thread.begin(number, size: size)
      case .bytes(let range): unsafe thread.update(UnsafeRawBufferPointer(rebasing: storage[range]).bytes)
      case .ended: thread.end()
      }
    }
  }
}

/// What the digesting thread knows.
private struct DigestingThread: ~Copyable {
  private(set) var contents: [Int: ContentIdentity] = [:]
  private var number = 0
  private var size: Int64 = 0
  private var digest: ContentDigest?
  /// The bytes of a content whose size is not known before its end.
  private var kept: [UInt8] = []

  mutating func begin(_ number: Int, size: Int64?) {
    self.number = number
    self.size = size ?? 0
    digest = size.map { ContentDigest(size: $0) }
    kept = []
  }

  mutating func update(_ bytes: RawSpan) {
    if digest != nil {
      digest?.update(bytes)
    } else {
      unsafe bytes.withUnsafeBytes { unsafe kept.append(contentsOf: $0) }
    }
  }

  mutating func end() {
    if let digest = digest.take() {
      contents[number] = digest.finish(size: size)
    } else {
      var late = ContentDigest(size: Int64(kept.count))
      unsafe late.update(kept.span.bytes)
      contents[number] = late.finish(size: Int64(kept.count))
      kept = []
    }
  }
}
