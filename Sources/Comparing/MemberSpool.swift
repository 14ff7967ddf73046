import Glibc
import SystemPackage

/// Keeps unpacked members aside: small ones in memory, the rest in one unlinked file.
final class MemberSpool {
  private let folder: FilePath
  private var memoryLeft: Int
  private var file: OpenFile?
  private var fileEnd: Int64 = 0

  init(folder: FilePath, memory: Int) {
    self.folder = folder
    memoryLeft = memory
  }

  /// Begins a member; only one at a time is written.
  func begin() -> Writer { Writer(spool: self) }

  /// Takes one member's bytes.
  struct Writer: ~Copyable {
    private let spool: MemberSpool
    private var memory: [UInt8] = []
    private var start: Int64?
    private var size: Int64 = 0

    fileprivate init(spool: MemberSpool) { self.spool = spool }

    /// Adds bytes at a place of the member; what was left out before it is zeros.
    mutating func write(_ bytes: RawSpan, at offset: Int64) throws(ComparisonError) {
      let end = offset + Int64(bytes.byteCount)
      if start == nil, end > Int64(spool.memoryLeft) { try moveToFile() }
      if let start {
        try spool.write(bytes, at: start + offset)
      } else {
        memory += repeatElement(0, count: Int(offset) - memory.count)
        unsafe bytes.withUnsafeBytes { unsafe memory.append(contentsOf: $0) }
      }
      size = end
    }

    /// Ends the member, whose size may be greater than what was written when it ends in a hole.
    consuming func finish(size total: Int64) throws(ComparisonError) -> Content {
      if start == nil, total > Int64(spool.memoryLeft) { try moveToFile() }
      guard let start else {
        memory += repeatElement(0, count: Int(total) - memory.count)
        spool.memoryLeft -= memory.count
        return Content(memory)
      }
      return try spool.content(from: start, size: max(size, total))
    }

    private mutating func moveToFile() throws(ComparisonError) {
      let place = try spool.startInFile()
      try unsafe spool.write(memory.span.bytes, at: place)
      start = place
      memory = []
    }
  }

  private func startInFile() throws(ComparisonError) -> Int64 {
    if file == nil { file = try UnlinkedFile.make(in: folder) }
    return fileEnd
  }

  private func write(_ bytes: RawSpan, at position: Int64) throws(ComparisonError) {
    guard let file else { preconditionFailure("a member is written to the file only once there is one") }
    try UnlinkedFile.write(bytes, to: file, at: position, folder: folder)
    fileEnd = max(fileEnd, position + Int64(bytes.byteCount))
  }

  private func content(from start: Int64, size: Int64) throws(ComparisonError) -> Content {
    guard let file else { preconditionFailure("a member is in the file only once there is one") }
    // A hole at the end needs no bytes of its own, but a file of its length.
    if start + size > fileEnd {
      fileEnd = start + size
      guard ftruncate(file.descriptor, off_t(fileEnd)) == 0 else { throw .spooling(folder, systemMessage()) }
    }
    return Content(file, offset: start, size: size)
  }
}

/// Files without a name, which are gone however this process ends.
enum UnlinkedFile {
  static func make(in folder: FilePath) throws(ComparisonError) -> OpenFile {
    let path = folder.appending(".verbatim-\(UInt64.random(in: .min ... .max))")
    let descriptor = unsafe open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .spooling(folder, systemMessage()) }
    _ = unsafe unlink(path.string)
    return OpenFile(adopting: descriptor, name: "an unpacked member", size: 0)
  }

  static func write(
    _ bytes: RawSpan, to file: OpenFile, at position: Int64, folder: FilePath
  ) throws(ComparisonError) {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(ComparisonError) in
      var written = 0
      while written < buffer.count, let start = buffer.baseAddress {
        let count = unsafe pwrite(
          file.descriptor, start + written, buffer.count - written, off_t(position) + off_t(written))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw .spooling(folder, systemMessage()) }
        written += count
      }
    }
  }
}
