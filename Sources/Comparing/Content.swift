import Archives
import Formats
import Glibc

/// The bytes of an artifact or of a member of one, to be read by position.
struct Content: Sendable {
  /// Where the bytes are.
  enum Place: Sendable {
    case memory([UInt8])
    case file(OpenFile, offset: Int64)
  }

  let place: Place
  /// In bytes.
  let size: Int64

  init(_ bytes: [UInt8]) {
    place = .memory(bytes)
    size = Int64(bytes.count)
  }

  init(_ file: OpenFile, offset: Int64 = 0, size: Int64? = nil) {
    place = .file(file, offset: offset)
    self.size = size ?? file.size
  }

  /// Fills the buffer from a position on and returns how many bytes there were; fewer only at the end.
  ///
  /// A file that ends before its size is an error: a cut file is never taken for a short one.
  func read(at position: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ComparisonError) -> Int {
    let wanted = Int(min(Int64(buffer.count), max(0, size - position)))
    guard wanted > 0 else { return 0 }
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
    switch place {
    case .memory(let bytes):
      let from = Int(position)
      unsafe bytes.withUnsafeBytes { source in
        unsafe part.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<from + wanted]))
      }
    case .file(let file, let offset):
      let count = try unsafe file.read(at: offset + position, into: part)
      guard count == wanted else {
        throw .changed(
          file.name, "it had \(size) bytes when it was opened and ended after \(position + Int64(count))")
      }
    }
    return wanted
  }

  /// Fills the array from a position on and returns how many bytes there were; fewer only at the end.
  func read(at position: Int64, into buffer: inout [UInt8]) throws(ComparisonError) -> Int {
    var span = buffer.mutableSpan
    return try unsafe span.withUnsafeMutableBytes { (bytes) throws(ComparisonError) -> Int in
      try unsafe read(at: position, into: bytes)
    }
  }

  /// Up to `count` bytes from a position on.
  func bytes(at position: Int64, count: Int) throws(ComparisonError) -> [UInt8] {
    let wanted = Int(min(Int64(count), max(0, size - position)))
    if case .memory(let bytes) = place { return Array(bytes[Int(position)..<Int(position) + wanted]) }
    var failure: ComparisonError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      do throws(ComparisonError) {
        filled = try unsafe read(at: position, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// A part of it, which must be within it.
  func part(_ range: Range<Int64>) -> Content {
    precondition(range.lowerBound >= 0 && range.upperBound <= size, "a part lies within the whole")
    if range == 0..<size { return self }
    switch place {
    case .memory(let bytes): return Content(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
    case .file(let file, let offset):
      return Content(file, offset: offset + range.lowerBound, size: Int64(range.count))
    }
  }

  /// The same bytes in memory where they are few: a member is looked into in many places.
  func atHand() throws(ComparisonError) -> Content {
    guard case .file = place, size <= Self.handyLimit else { return self }
    return Content(try bytes(at: 0, count: Int(size)))
  }

  private static let handyLimit: Int64 = 4 << 20

  /// Whether two stretches of one length have the same bytes.
  static func equal(
    _ left: Content, at leftOffset: Int64, _ right: Content, at rightOffset: Int64, count: Int64
  ) throws(ComparisonError) -> Bool {
    guard count > 0 else { return true }
    if case .memory(let bytes) = left.place, case .memory(let others) = right.place {
      return sameBytes(
        bytes[Int(leftOffset)..<Int(leftOffset + count)], others[Int(rightOffset)..<Int(rightOffset + count)])
    }
    var position: Int64 = 0
    // Most that differs does so early.
    var length: Int64 = 4096
    while position < count {
      let size = Int(min(length, count - position))
      let some = try left.bytes(at: leftOffset + position, count: size)
      let other = try right.bytes(at: rightOffset + position, count: size)
      guard sameBytes(some[...], other[...]) else { return false }
      position += Int64(size)
      length = min(length * 4, 512 << 10)
    }
    return true
  }

  /// Throws when the file behind it was written to since it was opened.
  func requireUnchanged() throws(ComparisonError) {
    if case .file(let file, _) = place { try file.requireUnchanged() }
  }
}

extension Content: ByteProvider {
  func fill(_ buffer: inout [UInt8], from position: Int64) throws -> Int { try read(at: position, into: &buffer) }

  /// What parsers read it by.
  func source() -> ByteSource { ByteSource(self) { Decompression.decoded($0, $1, limit: $2) } }
}

/// Whether two stretches of memory have the same bytes.
func sameBytes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  return unsafe left.withUnsafeBufferPointer { left in
    unsafe right.withUnsafeBufferPointer { right in
      guard let start = left.baseAddress, let other = right.baseAddress else { return true }
      return unsafe memcmp(start, other, left.count) == 0
    }
  }
}
