import CLibArchive
import CZlib
public import Model

/// Compresses as some known program may have done, to see whether that gives the bytes that somebody shipped.
public enum Recompression {
  /// How to compress.
  public struct Settings: Hashable, Sendable {
    /// The way.
    public let codec: Codec
    /// The level, as the codec counts.
    public let level: Int
    /// For deflate, zlib's `memLevel`; for the others, how many threads.
    public let variant: Int
    /// For deflate, zlib's strategy.
    public let strategy: Int
  }

  /// How many of the first bytes of what was compressed tell something about the settings.
  public static let headLength = 64

  /// The likely settings, the likeliest first; never so many that a trial of all is unbounded work.
  ///
  /// - Parameters:
  ///   - codec: the way.
  ///   - head: the first bytes of what was compressed.
  public static func candidates(_ codec: Codec, head: [UInt8]) -> [Settings] {
    func all(_ levels: [Int], _ variants: [Int] = [1], _ strategies: [Int] = [0]) -> [Settings] {
      strategies.flatMap { strategy in
        variants.flatMap { variant in
          levels.map { Settings(codec: codec, level: $0, variant: variant, strategy: strategy) }
        }
      }
    }
    switch codec {
    case .deflate, .zlib:
      return all([6, 9, 1, 5, 4, 3, 2, 7, 8], [8, 9]) + all([6, 9], [8], [1, 2, 3, 4]) + all([0], [8])
    case .xz:
      guard let (levels, isThreaded) = xzSettings(head) else { return [] }
      return all(levels, [isThreaded ? 2 : 1])
    case .zstd: return all([3, 19, 22, 9, 15, 12, 6, 1])
    case .bzip2: return all([9, 6, 1])
    case .lz4: return all([1, 9])
    default: return []
    }
  }

  /// Which levels an xz stream's dictionary is that of, and whether threads made it; nil for other filters.
  ///
  /// Threads write the sizes of each block before it, as dpkg-deb does; without them these are not known in time.
  private static func xzSettings(_ head: [UInt8]) -> (levels: [Int], isThreaded: Bool)? {
    guard head.count >= 24 else { return nil }
    let flags = head[13]
    guard flags & 3 == 0 else { return nil }
    var place = 14
    for bit in [UInt8(0x40), 0x80] where flags & bit != 0 {
      while place < 40, place < head.count, head[place] & 0x80 != 0 { place += 1 }
      place += 1
    }
    guard place + 2 < head.count, head[place] == 0x21, head[place + 1] == 1,
      let levels: [Int] = [
        12: [0], 16: [1], 18: [2], 20: [4, 3], 22: [6, 5], 24: [7], 26: [8], 28: [9],
      ][head[place + 2]]
    else { return nil }
    return (levels, flags & 0xC0 != 0)
  }

  /// Whether compressing gives exactly some bytes; ends at the first one that differs.
  ///
  /// Throws what a closure throws.
  /// - Parameters:
  ///   - settings: how to compress.
  ///   - pull: the uncompressed bytes piece by piece; nil at their end.
  ///   - size: how many compressed bytes there should be.
  ///   - isExpected: whether some bytes are those at a place of what should come out.
  public static func gives(
    _ settings: Settings, pull: () throws -> [UInt8]?, size: Int64, isExpected: (RawSpan, Int64) throws -> Bool
  ) throws -> Bool {
    var place: Int64 = 0
    do {
      try run(settings, pull: pull) { bytes in
        guard Int64(bytes.byteCount) <= size - place, try isExpected(bytes, place) else { throw OtherBytes() }
        place += Int64(bytes.byteCount)
      }
    } catch is OtherBytes {
      return false
    } catch is ArchiveError {
      return false
    }
    return place == size
  }

  /// Hands out the compressed bytes piece by piece.
  ///
  /// Throws `ArchiveError`, or what a closure throws.
  public static func run(
    _ settings: Settings, pull: () throws -> [UInt8]?, _ body: (RawSpan) throws -> Void
  ) throws {
    switch settings.codec {
    case .deflate: try deflate(settings, windowBits: -15, pull: pull, body)
    case .zlib: try deflate(settings, windowBits: 15, pull: pull, body)
    default:
      let writer = try FilterWriter(settings)
      while let piece = try pull() {
        try writer.write(piece)
        try writer.drain(body)
      }
      try writer.finish()
      try writer.drain(body)
    }
  }

  private struct OtherBytes: Error {}

  private static func deflate(
    _ settings: Settings, windowBits: Int32, pull: () throws -> [UInt8]?, _ body: (RawSpan) throws -> Void
  ) throws {
    var stream = unsafe z_stream()
    guard
      unsafe verbatim_deflate_init(
        &stream, Int32(settings.level), windowBits, Int32(settings.variant), Int32(settings.strategy)) == Z_OK
    else { throw ArchiveError(.unreadable, "compressing: zlib could not begin") }
    defer { _ = unsafe deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: 64 << 10)
    var isEnd = false
    while !isEnd {
      let input = try pull() ?? []
      isEnd = input.isEmpty
      var taken = 0
      var isFull = true
      while isFull {
        let (used, made, result) = unsafe input.withUnsafeBufferPointer { from in
          unsafe output.withUnsafeMutableBufferPointer { into in
            // zlib reads through this pointer and never writes to it.
            unsafe stream.next_in = UnsafeMutablePointer(mutating: from.baseAddress?.advanced(by: taken))
            unsafe stream.avail_in = UInt32(from.count - taken)
            unsafe stream.next_out = into.baseAddress
            unsafe stream.avail_out = UInt32(into.count)
            let result = unsafe CZlib.deflate(&stream, isEnd ? Z_FINISH : Z_NO_FLUSH)
            return unsafe (
              from.count - taken - Int(stream.avail_in), into.count - Int(stream.avail_out), result
            )
          }
        }
        guard result != Z_STREAM_ERROR else { throw ArchiveError(.unreadable, "compressing: zlib failed") }
        taken += used
        isFull = made == output.count
        if made > 0 { try unsafe body(output.span.bytes.extracting(first: made)) }
      }
    }
  }
}

/// The checksum that gzip and zip have.
public enum CRC32 {
  /// Goes on from a checksum, which begins with 0.
  public static func update(_ checksum: UInt32, _ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(checksum), buffer.baseAddress, buffer.count))
    }
  }
}

/// One of libarchive's compressors without an archive around it.
@safe private final class FilterWriter {
  /// What has been compressed and not yet been taken.
  private final class Output {
    var bytes: [UInt8] = []
  }

  private let pointer: OpaquePointer
  private let output = Output()

  init(_ settings: Recompression.Settings) throws {
    ArchiveLocale.prepare()
    guard let made = unsafe archive_write_new() else { throw ArchiveError(.unreadable, "compressing: no memory") }
    unsafe pointer = made
    let added =
      switch settings.codec {
      case .xz: unsafe archive_write_add_filter_xz(made)
      case .zstd: unsafe archive_write_add_filter_zstd(made)
      case .bzip2: unsafe archive_write_add_filter_bzip2(made)
      case .lz4: unsafe archive_write_add_filter_lz4(made)
      default: ARCHIVE_FATAL
      }
    // A warning here means that libarchive would start a program of the host.
    guard added == ARCHIVE_OK else { throw failure() }
    try require(unsafe archive_write_set_filter_option(made, nil, "compression-level", String(settings.level)))
    if settings.codec == .xz {
      try require(unsafe archive_write_set_filter_option(made, "xz", "threads", String(settings.variant)))
    }
    try require(unsafe archive_write_set_format_raw(made))
    try require(unsafe archive_write_set_bytes_per_block(made, 64 << 10))
    try require(unsafe archive_write_set_bytes_in_last_block(made, 1))
    let target = unsafe Unmanaged.passUnretained(output).toOpaque()
    try require(
      unsafe archive_write_open(
        made, target, nil,
        { _, target, bytes, count in
          guard let target = unsafe target else { return -1 }
          let output = unsafe Unmanaged<Output>.fromOpaque(target).takeUnretainedValue()
          unsafe output.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
          return count
        }, nil))
    guard let entry = unsafe archive_entry_new() else { throw ArchiveError(.unreadable, "compressing: no memory") }
    defer { unsafe archive_entry_free(entry) }
    unsafe archive_entry_set_pathname(entry, "content")
    unsafe archive_entry_set_filetype(entry, VERBATIM_IFREG)
    try require(unsafe archive_write_header(made, entry))
  }

  deinit { unsafe archive_write_free(pointer) }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe archive_write_data(pointer, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure() }
      rest = rest.dropFirst(Int(count))
    }
  }

  func finish() throws { try require(unsafe archive_write_close(pointer)) }

  func drain(_ body: (RawSpan) throws -> Void) throws {
    guard !output.bytes.isEmpty else { return }
    let bytes = output.bytes
    output.bytes = []
    try unsafe body(bytes.span.bytes)
  }

  private func require(_ result: Int32) throws {
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw failure() }
  }

  private func failure() -> ArchiveError {
    let text = unsafe archive_error_string(pointer).map { unsafe String(cString: $0) } ?? "no reason given"
    return ArchiveError(.unreadable, "compressing: \(text)")
  }
}
