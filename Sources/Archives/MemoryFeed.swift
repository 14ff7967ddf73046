/// Bytes in memory.
@safe final class MemoryFeed: ByteFeed {
  private let bytes: UnsafeMutableRawBufferPointer
  private var offset = 0

  /// Copies the bytes, so that libarchive may keep pointing at them.
  init(_ source: [UInt8]) {
    unsafe bytes = .allocate(byteCount: source.count, alignment: 16)
    unsafe bytes.copyBytes(from: source)
  }

  deinit { unsafe bytes.deallocate() }

  var randomAccessSize: Int64? { Int64(unsafe bytes.count) }

  func next() throws -> UnsafeRawBufferPointer {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
    unsafe offset = bytes.count
    return unsafe rest
  }

  func seek(to offset: Int64) throws { self.offset = Int(offset) }
}

/// Bytes that a closure hands out piece by piece.
@safe final class PullFeed: ByteFeed {
  private let pull: () throws -> [UInt8]
  private var buffer: UnsafeMutableRawBufferPointer

  init(_ pull: @escaping () throws -> [UInt8]) {
    self.pull = pull
    unsafe buffer = .allocate(byteCount: 0, alignment: 16)
  }

  deinit { unsafe buffer.deallocate() }

  var randomAccessSize: Int64? { nil }

  func next() throws -> UnsafeRawBufferPointer {
    let piece = try pull()
    if unsafe piece.count > buffer.count {
      unsafe buffer.deallocate()
      unsafe buffer = .allocate(byteCount: piece.count, alignment: 16)
    }
    unsafe buffer.copyBytes(from: piece)
    return unsafe UnsafeRawBufferPointer(rebasing: buffer[..<piece.count])
  }

  func seek(to offset: Int64) throws {}
}
