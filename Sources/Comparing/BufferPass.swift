import Glibc
import Model

/// The same stretch of two contents.
struct BufferPair: Sendable {
  var shipped: [UInt8]
  var rebuilt: [UInt8]
  var shippedCount = 0
  var rebuiltCount = 0

  init(size: Int) {
    shipped = [UInt8](repeating: 0, count: size)
    rebuilt = [UInt8](repeating: 0, count: size)
  }

  var isEmpty: Bool { shippedCount == 0 && rebuiltCount == 0 }
}

/// One walk over two contents, stretch by stretch.
struct BufferPass {
  private let shipped: Content
  private let rebuilt: Content
  private var position: Int64 = 0
  private var reported: Int64 = 0
  private(set) var firstDifference: Int64?
  /// One past the last byte that differs, as far as both have been compared.
  private(set) var differenceEnd: Int64 = 0
  private(set) var differingBytes: Int64 = 0

  /// How many bytes a stretch has; no more than there are.
  let bufferSize: Int

  init(_ shipped: Content, _ rebuilt: Content, bufferSize: Int) {
    self.shipped = shipped
    self.rebuilt = rebuilt
    self.bufferSize = Int(min(Int64(bufferSize), max(1, shipped.size, rebuilt.size)))
  }

  /// Reads the next stretch of both and compares it.
  mutating func fill(_ pair: inout BufferPair) throws(ComparisonError) {
    pair.shippedCount = try shipped.read(at: position, into: &pair.shipped)
    pair.rebuiltCount = try rebuilt.read(at: position, into: &pair.rebuilt)
    let common = min(pair.shippedCount, pair.rebuiltCount)
    let longer = max(pair.shippedCount, pair.rebuiltCount)
    let found = differingPositions(pair.shipped, pair.rebuilt, common)
    if firstDifference == nil {
      firstDifference = (found?.first ?? (longer > common ? common : nil)).map { position + Int64($0) }
    }
    if longer > common {
      differenceEnd = position + Int64(longer)
    } else if let found {
      differenceEnd = position + Int64(found.last + 1)
    }
    differingBytes += Int64((found?.count ?? 0) + longer - common)
    position += Int64(longer)
  }

  mutating func report(to progress: any ProgressSink, name: String) {
    guard position - reported >= 32 << 20 else { return }
    reported = position
    progress.report(
      .advanced(done: position, total: max(shipped.size, rebuilt.size), unit: .bytes, detail: name))
  }
}

/// Where two buffers first and last differ within their first `count` bytes and at how many positions; nil when nowhere.
func differingPositions(_ left: [UInt8], _ right: [UInt8], _ count: Int) -> (first: Int, last: Int, count: Int)? {
  precondition(count <= left.count && count <= right.count, "the buffers are shorter than what is compared")
  return unsafe left.withUnsafeBufferPointer { left in
    unsafe right.withUnsafeBufferPointer { right in
      guard count > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress,
        unsafe memcmp(leftStart, rightStart, count) != 0
      else { return nil }
      var first: Int?
      var last = 0..<0
      var total = 0
      for start in stride(from: 0, to: count, by: 4096) {
        let end = min(start + 4096, count)
        guard unsafe memcmp(leftStart + start, rightStart + start, end - start) != 0 else { continue }
        if first == nil { first = (start..<end).first { unsafe left[$0] != right[$0] } }
        last = start..<end
        // No early exit in this loop: the compiler makes vector instructions of it.
        var unequal: UInt16 = 0
        for index in start..<end { unequal &+= unsafe leftStart[index] == rightStart[index] ? 0 : 1 }
        total += Int(unequal)
      }
      let lastPlace = last.last { unsafe left[$0] != right[$0] }
      guard let first, let lastPlace else { return nil }
      return (first, lastPlace, total)
    }
  }
}
