public import Model

/// Bytes that can be read by position: a file, a part of one, memory.
public protocol ByteProvider: Sendable {
  /// In bytes.
  var size: Int64 { get }
  /// Fills the array from a position on and returns how many bytes there were; fewer only at the end.
  func fill(_ buffer: inout [UInt8], from position: Int64) throws -> Int
}

/// Bytes in memory.
public struct MemoryBytes: ByteProvider {
  private let bytes: [UInt8]

  /// Takes the bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var size: Int64 { Int64(bytes.count) }

  public func fill(_ buffer: inout [UInt8], from position: Int64) -> Int {
    guard position >= 0, position < size else { return 0 }
    let start = Int(position)
    let count = min(buffer.count, bytes.count - start)
    buffer.replaceSubrange(0..<count, with: bytes[start..<start + count])
    return count
  }
}

/// The order of bytes in a number.
public enum ByteOrder: Sendable, Hashable {
  /// The least significant byte first.
  case little
  /// The most significant byte first.
  case big
}

/// Decodes a small table: how it is compressed, its bytes, and the most that it may give.
///
/// Gives nil where the bytes are broken, where there would be more, or where nothing can decode them.
public typealias TableDecoder = @Sendable (Codec, [UInt8], Int) -> [UInt8]?

/// Bounds-checked reading for parsers: whatever a hostile file says, a place outside of it is an error, never a trap.
public struct ByteSource {
  /// The most that is read at once, in bytes; what is larger is for regions, not for parsers.
  public static let readLimit = 64 << 20

  private static let windowLength = 64 << 10
  private static let firstWindowLength = 4 << 10

  /// In bytes.
  public let size: Int64
  private let provider: any ByteProvider
  private let decoder: TableDecoder?
  private var window: [UInt8] = []
  private var windowStart: Int64 = 0
  private var nextLength = 0

  /// Reads from a provider; without a decoder compressed tables stay closed.
  public init(_ provider: any ByteProvider, decoder: TableDecoder? = nil) {
    self.provider = provider
    self.decoder = decoder
    size = provider.size
  }

  /// Reads from memory.
  public init(_ bytes: [UInt8], decoder: TableDecoder? = nil) { self.init(MemoryBytes(bytes), decoder: decoder) }

  /// The contents of a compressed table of this file; nil where they cannot be had.
  func decoded(_ codec: Codec, _ bytes: [UInt8], limit: Int) -> [UInt8]? { decoder?(codec, bytes, limit) }

  /// Exactly so many bytes.
  ///
  /// Throws when not all of them are within the file, or when there are more than `readLimit`.
  public mutating func bytes(at offset: Int64, count: Int) throws(FormatError) -> [UInt8] {
    guard let place = try locate(offset, count) else { return try large(at: offset, count: count) }
    return Array(window[place..<place + count])
  }

  /// One byte.
  public mutating func byte(at offset: Int64) throws(FormatError) -> UInt8 {
    guard let place = try locate(offset, 1) else { throw .truncated(at: offset) }
    return window[place]
  }

  /// An unsigned number of up to eight bytes.
  public mutating func unsigned(
    at offset: Int64, count: Int, _ order: ByteOrder = .little
  ) throws(FormatError) -> UInt64 {
    precondition((1...8).contains(count), "a number has one to eight bytes")
    guard let place = try locate(offset, count) else { throw .truncated(at: offset) }
    var value: UInt64 = 0
    for index in 0..<count {
      value = value << 8 | UInt64(window[place + (order == .big ? index : count - 1 - index)])
    }
    return value
  }

  /// A number of two bytes.
  public mutating func u16(at offset: Int64, _ order: ByteOrder = .little) throws(FormatError) -> Int {
    Int(try unsigned(at: offset, count: 2, order))
  }

  /// A number of four bytes.
  public mutating func u32(at offset: Int64, _ order: ByteOrder = .little) throws(FormatError) -> Int64 {
    Int64(try unsigned(at: offset, count: 4, order))
  }

  /// A number of eight bytes that is a place or a size; one beyond `Int64` is an error.
  public mutating func u64(at offset: Int64, _ order: ByteOrder = .little) throws(FormatError) -> Int64 {
    guard let value = Int64(exactly: try unsigned(at: offset, count: 8, order)) else {
      throw .malformed(at: offset, "a number is too large")
    }
    return value
  }

  /// The bytes up to the first NUL, without it; throws where there is none within the limit.
  public mutating func zeroTerminated(at offset: Int64, limit: Int = 4096) throws(FormatError) -> [UInt8] {
    let available = Int(min(Int64(limit), size - offset))
    guard available > 0 else { throw .truncated(at: offset) }
    let bytes = try bytes(at: offset, count: available)
    guard let end = bytes.firstIndex(of: 0) else { throw .malformed(at: offset, "a text has no end") }
    return Array(bytes[..<end])
  }

  /// Whether the file has these bytes at a place; false also where it ends before.
  public mutating func has(_ expected: [UInt8], at offset: Int64) throws(FormatError) -> Bool {
    guard offset >= 0, Int64(expected.count) <= size, offset <= size - Int64(expected.count) else { return false }
    return try bytes(at: offset, count: expected.count) == expected
  }

  /// Where a sequence of bytes comes first in a range; nil when nowhere.
  public mutating func find(_ wanted: [UInt8], in range: Range<Int64>) throws(FormatError) -> Int64? {
    guard let first = wanted.first else { return nil }
    let end = min(range.upperBound, size)
    var position = max(0, range.lowerBound)
    while position <= end - Int64(wanted.count) {
      let count = Int(min(Int64(Self.windowLength / 2), end - position))
      guard count >= wanted.count else { return nil }
      let bytes = try bytes(at: position, count: count)
      var index = 0
      while let found = bytes[index...].firstIndex(of: first), found + wanted.count <= count {
        if bytes[found..<found + wanted.count].elementsEqual(wanted) { return position + Int64(found) }
        index = found + 1
      }
      position += Int64(count - wanted.count + 1)
    }
    return nil
  }

  /// Moves the window so that it has all of a small range; nil for a range that is larger than the window.
  private mutating func locate(_ offset: Int64, _ count: Int) throws(FormatError) -> Int? {
    guard count >= 0, offset >= 0, Int64(count) <= size, offset <= size - Int64(count) else {
      throw .truncated(at: offset)
    }
    let within = offset - windowStart
    if within >= 0, within + Int64(count) <= Int64(window.count) { return Int(within) }
    guard count <= Self.windowLength else { return nil }
    // Whoever reads on gets more at once; a few bytes here and there cost little.
    let readsOn = offset >= windowStart && within <= Int64(window.count + Self.firstWindowLength)
    nextLength = readsOn && !window.isEmpty ? min(4 * nextLength, Self.windowLength) : Self.firstWindowLength
    let length = Int(min(Int64(max(count, nextLength)), size - offset))
    window = try read(at: offset, count: length)
    windowStart = offset
    return 0
  }

  private func large(at offset: Int64, count: Int) throws(FormatError) -> [UInt8] {
    guard count <= Self.readLimit else { throw .tooMuch("a part of \(count) bytes is to be read at once") }
    return try read(at: offset, count: count)
  }

  private func read(at offset: Int64, count: Int) throws(FormatError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let filled: Int
    do { filled = try provider.fill(&buffer, from: offset) } catch { throw .unreadable(error) }
    guard filled == count else { throw .truncated(at: offset + Int64(filled)) }
    return buffer
  }
}
