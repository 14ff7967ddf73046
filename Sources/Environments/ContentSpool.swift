import Digests
import Glibc
import Model
import SystemPackage

/// One scratch file that holds the bytes of all files of a root file system while it is put in order.
///
/// Keeps memory small whatever the size of the files, and needs one open file whatever their count.
@safe final class ContentSpool {
  private let file: FileDescriptor
  private let buffer: UnsafeMutableRawBufferPointer
  private var written: Int64 = 0
  private var pending = 0
  private let limit: Int64
  private let keepsBytes: Bool

  /// Makes a spool in a folder; its file has no name, so nothing stays behind.
  ///
  /// - Parameter keepsBytes: whether bytes can be read again; without it only their digests are of use.
  init(in folder: FilePath, limit: Int64 = 64 << 30, keepsBytes: Bool = true) throws {
    self.limit = limit
    self.keepsBytes = keepsBytes
    let path = folder.appending("spool-" + String(UInt64.random(in: .min ... .max), radix: 36))
    file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
    _ = unsafe path.withPlatformString { unsafe unlink($0) }
    unsafe buffer = .allocate(byteCount: 1 << 20, alignment: 4096)
  }

  deinit {
    unsafe buffer.deallocate()
    try? file.close()
  }

  /// Takes the bytes of one file, which the body hands over piece by piece.
  func store(_ body: ((RawSpan) throws -> Void) throws -> Void) throws -> SpooledContent {
    let start = written + Int64(pending)
    var digest = StreamingDigest()
    try body { bytes in
      digest.update(bytes)
      try append(bytes)
    }
    return SpooledContent(
      sha256: digest.finishSHA256(), size: written + Int64(pending) - start, offset: start)
  }

  /// Takes the bytes of one small file.
  func store(bytes: [UInt8]) throws -> SpooledContent {
    try store { unsafe try $0(bytes.span.bytes) }
  }

  /// Hands out the bytes of a file piece by piece.
  func read(_ content: SpooledContent, _ body: (RawSpan) throws -> Void) throws {
    precondition(keepsBytes, "a spool that keeps no bytes was asked for some")
    try flush()
    var done: Int64 = 0
    while done < content.size {
      let wanted = Int(min(content.size - done, Int64(unsafe buffer.count)))
      let window = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
      let count = unsafe try file.read(fromAbsoluteOffset: content.offset + done, into: window)
      guard count > 0 else { throw Errno.ioError }
      try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: window[..<count])))
      done += Int64(count)
    }
  }

  /// All bytes of a file that is known to be small; nil when it has more than `limit`.
  func bytes(_ content: SpooledContent, limit: Int) throws -> [UInt8]? {
    guard content.size <= limit else { return nil }
    var all: [UInt8] = []
    try read(content) { piece in unsafe piece.withUnsafeBytes { unsafe all.append(contentsOf: $0) } }
    return all
  }

  private func append(_ bytes: RawSpan) throws {
    guard written + Int64(pending) + Int64(bytes.byteCount) <= limit else {
      throw EnvironmentError(.limit, "reading a root file system: its files have more than \(limit) bytes")
    }
    guard keepsBytes else {
      written += Int64(bytes.byteCount)
      return
    }
    try unsafe bytes.withUnsafeBytes { source in
      if unsafe pending + source.count > buffer.count { try flush() }
      if unsafe source.count > buffer.count {
        written += Int64(unsafe try file.writeAll(toAbsoluteOffset: written, source))
      } else {
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[pending...]).copyMemory(from: source)
        pending += source.count
      }
    }
  }

  private func flush() throws {
    guard pending > 0 else { return }
    let filled = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<pending])
    written += Int64(unsafe try file.writeAll(toAbsoluteOffset: written, filled))
    pending = 0
  }
}
