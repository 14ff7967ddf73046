/// A stretch of a content cut where its bytes say so, so that what was inserted moves no cut after it.
struct ChunkedContent {
  /// A digest of each chunk; equal chunks have equal ones, and whoever relies on the converse checks the bytes.
  private(set) var digests: [UInt64] = []
  /// Where each chunk begins, and the end of the last one.
  private(set) var bounds: [Int64]

  /// - Parameter average: about how long a chunk is, in bytes, a power of two.
  init(_ content: Content, _ range: Range<Int64>, average: Int) throws(ComparisonError) {
    let mask = UInt64(average - 1) << 40
    bounds = [range.lowerBound]
    var buffer = [UInt8](repeating: 0, count: Int(min(1 << 20, Int64(range.count))))
    var (rolling, digest) = (UInt64(0), UInt64(0))
    var length = 0
    var position = range.lowerBound
    while position < range.upperBound {
      let count = min(try content.read(at: position, into: &buffer), Int(range.upperBound - position))
      for index in 0..<count {
        let byte = buffer[index]
        rolling = rolling << 1 &+ Self.gear[Int(byte)]
        digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        digest ^= digest >> 29
        length += 1
        if length >= average / 4, rolling & mask == 0 || length >= average * 8 {
          digests.append(digest)
          bounds.append(position + Int64(index) + 1)
          (rolling, digest, length) = (0, 0, 0)
        }
      }
      position += Int64(count)
    }
    if length > 0 {
      digests.append(digest)
      bounds.append(range.upperBound)
    }
  }

  /// An arbitrary number for each byte, the same everywhere.
  private static let gear: [UInt64] = {
    var state: UInt64 = 0
    return (0..<256).map { _ in
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }()
}
