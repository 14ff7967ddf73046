/// Where formats that are read at random say that they end.
///
/// libarchive looks for the parts it needs and ignores the rest of the file, so what is missing from the end of
/// an image, or was put after it, is only seen here.
enum ContainerEnd {
  /// Throws when the container is cut; records what follows its end.
  static func check(_ state: FeedState, name: String, findings: inout [ArchiveFinding]) throws {
    guard let size = state.feed.randomAccessSize else { return }
    let head = try bytes(state, at: 0, count: 64)
    var end: Int64?
    if head.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
      end = sevenZipEnd(head)
    } else if head.starts(with: Array("MSCF".utf8)), head.count > 12 {
      end = Int64(number(head, at: 8, count: 4))
    } else if head.starts(with: Array("PK".utf8)) {
      end = try zipEnd(state, size: size)
    } else if size >= 32768 + 2048 {
      let volume = try bytes(state, at: 32768, count: 256)
      if volume.starts(with: [1] + Array("CD001".utf8)) {
        end = Int64(number(volume, at: 80, count: 4)) * Int64(number(volume, at: 128, count: 2))
      }
    }
    guard let end else { return }
    guard end <= size else {
      throw ArchiveError(.cut, "reading \(name): it has \(size) of the \(end) bytes that it says it has")
    }
    if end < size, try !isZero(state, from: end) {
      findings.append(.init(rule: .bytesAfterEnd, text: "\(size - end) bytes follow the end of the archive"))
    }
  }

  /// The start header says where the last header lies, which ends the file.
  private static func sevenZipEnd(_ head: [UInt8]) -> Int64? {
    guard head.count >= 32 else { return nil }
    let offset = number(head, at: 12, count: 8)
    let length = number(head, at: 20, count: 8)
    let (sum, overflow) = offset.addingReportingOverflow(length)
    guard !overflow, sum < UInt64(Int64.max) - 32 else { return Int64.max }
    return Int64(sum) + 32
  }

  /// The last end-of-central-directory record with its comment.
  private static func zipEnd(_ state: FeedState, size: Int64) throws -> Int64? {
    let window = min(size, 22 + 65535)
    let tail = try bytes(state, at: size - window, count: Int(window))
    var index = tail.count - 22
    while index >= 0 {
      if tail[index] == 0x50, tail[index + 1] == 0x4B, tail[index + 2] == 5, tail[index + 3] == 6 {
        return size - window + Int64(index) + 22 + Int64(number(tail, at: index + 20, count: 2))
      }
      index -= 1
    }
    return nil
  }

  private static func number(_ bytes: [UInt8], at index: Int, count: Int) -> UInt64 {
    guard index + count <= bytes.count else { return 0 }
    return bytes[index..<index + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func bytes(_ state: FeedState, at offset: Int64, count: Int) throws -> [UInt8] {
    try state.seek(to: offset)
    var found: [UInt8] = []
    while found.count < count {
      let next = unsafe try state.next()
      if unsafe next.isEmpty { break }
      unsafe found.append(contentsOf: next.prefix(count - found.count))
    }
    return found
  }

  private static func isZero(_ state: FeedState, from offset: Int64) throws -> Bool {
    try state.seek(to: offset)
    while true {
      let next = unsafe try state.next()
      if unsafe next.isEmpty { return true }
      if unsafe next.contains(where: { $0 != 0 }) { return false }
    }
  }
}
