/// What the decompressors of a handle make of its bytes, on the caller's own thread.
final class FilterFeed: ByteFeed {
  private let handle: ReadHandle
  private(set) var storedEnd: Int64?

  /// Takes a handle whose only entry is open.
  init(_ handle: consuming ReadHandle) { self.handle = handle }

  var randomAccessSize: Int64? { nil }

  func next() throws -> UnsafeRawBufferPointer {
    while let block = unsafe try handle.nextBlock() {
      if unsafe !block.bytes.isEmpty { return unsafe block.bytes }
    }
    storedEnd = handle.takenRaw
    return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  }

  func seek(to offset: Int64) throws {}
}
