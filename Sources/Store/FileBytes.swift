import SystemPackage

/// Bytes of files, a buffer at a time.
enum FileBytes {
  private static let bufferSize = 1 << 18

  /// Hands the bytes of a file to the body, from its current position to its end.
  static func forEach(of file: FileDescriptor, _ body: (RawSpan) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = try unsafe file.read(into: buffer)
      if count == 0 { return }
      try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
    }
  }

  /// Writes all bytes.
  static func write(_ bytes: RawSpan, to file: FileDescriptor) throws {
    try unsafe bytes.withUnsafeBytes { _ = try unsafe file.writeAll($0) }
  }
}
