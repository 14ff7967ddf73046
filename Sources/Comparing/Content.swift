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
    var buffer = [UInt8](repeating: 0, count: Int(min(Int64(count), max(0, size - position))))
    _ = try read(at: position, into: &buffer)
    return buffer
  }

  /// All but the first bytes.
  func dropping(first count: Int64) -> Content {
    switch place {
    case .memory(let bytes): Content(Array(bytes.dropFirst(Int(count))))
    case .file(let file, let offset): Content(file, offset: offset + count, size: max(0, size - count))
    }
  }

  /// Throws when the file behind it was written to since it was opened.
  func requireUnchanged() throws(ComparisonError) {
    if case .file(let file, _) = place { try file.requireUnchanged() }
  }
}
