import CLibArchive
import Synchronization

/// Where an archive's bytes come from.
protocol ByteFeed: AnyObject {
  /// The count of all bytes when any of them can be had at will; nil when they only come one after another.
  var randomAccessSize: Int64? { get }
  /// The next bytes, valid until the next call of any of these; empty at the end.
  func next() throws -> UnsafeRawBufferPointer
  /// Goes to a place counted from the start; only called when there is random access.
  func seek(to offset: Int64) throws
  /// Where the compressed bytes that it was made from ended; nil before that and for what is not compressed.
  var storedEnd: Int64? { get }
}

extension ByteFeed {
  var storedEnd: Int64? { nil }
}

/// How far a feed was read, seen from any thread.
final class FeedMark: Sendable {
  let place = Atomic<Int64>(0)
}

/// What libarchive's callbacks work on: a feed, where it stands, and the error that it threw.
///
/// Kept alive by `ReadHandle`, which also is the only one to give its address to libarchive.
final class FeedState {
  let feed: any ByteFeed
  /// The error that a feed threw within a callback; it outranks what libarchive makes of it.
  var failure: (any Error)?
  /// Where the next bytes come from.
  private(set) var position: Int64 = 0 {
    didSet { mark.place.store(position, ordering: .relaxed) }
  }
  /// The same for other threads.
  let mark = FeedMark()
  /// One past the last byte that is not zero, as far as bytes were taken.
  private(set) var lastNonZeroEnd: Int64 = 0

  init(_ feed: any ByteFeed) { self.feed = feed }

  func next() throws -> UnsafeRawBufferPointer {
    let bytes = unsafe try feed.next()
    // Only streams are drained to find what follows the end; seeing each byte there costs next to nothing,
    // because a block's last byte is rarely zero.
    if feed.randomAccessSize == nil {
      var end = bytes.count
      while end > 0, unsafe bytes[end - 1] == 0 { end -= 1 }
      if end > 0 { lastNonZeroEnd = position + Int64(end) }
    }
    position += Int64(bytes.count)
    return unsafe bytes
  }

  func seek(to offset: Int64) throws {
    try feed.seek(to: offset)
    position = offset
  }

  /// Takes all bytes that are left of a stream.
  ///
  /// Throws `limit` when they do not end: they may be compressed a thousandfold.
  func drain(name: String) throws {
    let start = position
    while unsafe try !next().isEmpty {
      guard position - start < 1 << 30 else {
        throw ArchiveError(.limit("bytes after the end"), "reading \(name): more than 1 GiB follow its end")
      }
    }
  }
}

/// libarchive's read callback.
func readCallback(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
  _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  guard let context = unsafe context, let buffer = unsafe buffer else { return Int(ARCHIVE_FATAL) }
  let state = unsafe Unmanaged<FeedState>.fromOpaque(context).takeUnretainedValue()
  do {
    let bytes = unsafe try state.next()
    unsafe buffer.pointee = bytes.baseAddress
    return bytes.count
  } catch {
    state.failure = error
    return Int(ARCHIVE_FATAL)
  }
}

/// libarchive's skip callback, for feeds with random access.
func skipCallback(_ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ request: Int64) -> Int64 {
  guard let context = unsafe context, request > 0 else { return 0 }
  let state = unsafe Unmanaged<FeedState>.fromOpaque(context).takeUnretainedValue()
  guard let size = state.feed.randomAccessSize else { return 0 }
  // Never beyond the end: the read that follows must find that the bytes are missing.
  let step = min(request, size - state.position)
  guard step > 0 else { return 0 }
  return seek(state, to: state.position + step) == ARCHIVE_FATAL ? Int64(ARCHIVE_FATAL) : step
}

/// libarchive's seek callback, for feeds with random access.
func seekCallback(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ offset: Int64, _ origin: Int32
) -> Int64 {
  guard let context = unsafe context else { return Int64(ARCHIVE_FATAL) }
  let state = unsafe Unmanaged<FeedState>.fromOpaque(context).takeUnretainedValue()
  guard let size = state.feed.randomAccessSize else { return Int64(ARCHIVE_FATAL) }
  let base: Int64 =
    switch origin {
    case 0: 0
    case 1: state.position
    default: size
    }
  let (target, overflow) = base.addingReportingOverflow(offset)
  guard !overflow, target >= 0 else { return Int64(ARCHIVE_FATAL) }
  return seek(state, to: min(target, size))
}

private func seek(_ state: FeedState, to offset: Int64) -> Int64 {
  do {
    try state.seek(to: offset)
    return offset
  } catch {
    state.failure = error
    return Int64(ARCHIVE_FATAL)
  }
}
