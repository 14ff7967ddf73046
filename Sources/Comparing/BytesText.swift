import Digests
import Glibc
import Model

/// Bytes of a difference as people read them.
enum BytesText {
  /// How many bytes are shown whole; of more, the first `shown` and the digest of all.
  static let limit = 256
  static let shown = 48

  /// Hexadecimal pairs, then the printable characters among them, then the text that they lie in, if any.
  static func text(_ content: Content, _ range: Range<Int64>) throws(ComparisonError) -> String {
    guard !range.isEmpty else { return range.lowerBound >= content.size ? "(ends here)" : "(nothing)" }
    let bytes = try content.bytes(at: range.lowerBound, count: range.count > limit ? shown : range.count)
    var text = bytes.map { Hexadecimal.string([$0]) }.joined(separator: " ")
    text += "  |\(String(bytes.map { (0x20..<0x7F).contains($0) ? Character(Unicode.Scalar($0)) : "." }))|"
    if range.count > limit { text += " … \(range.count) bytes, sha256 \(try digest(content, range).hex)" }
    if let around = try printable(content, range) { text += ", in \"\(around)\"" }
    return text
  }

  /// Hexadecimal digits alone, for one of many stretches.
  static func hexadecimal(_ content: Content, _ range: Range<Int64>) throws(ComparisonError) -> String {
    let bytes = try content.bytes(at: range.lowerBound, count: range.count > limit ? shown : range.count)
    let text = Hexadecimal.string(bytes)
    guard range.count > limit else { return text.isEmpty ? "(nothing)" : text }
    return "\(text) … \(range.count) bytes, sha256 \(try digest(content, range).hex)"
  }

  /// Text that people read; of what is very long, the beginning and the digest of all.
  static func readable(_ bytes: ArraySlice<UInt8>) -> String {
    let limit = 64 << 10
    guard bytes.count > limit else { return ExactText.text(Array(bytes)) }
    var digest = StreamingDigest()
    unsafe bytes.withUnsafeBytes { unsafe digest.update($0.bytes) }
    return ExactText.text(Array(bytes.prefix(limit))) + "… \(bytes.count) bytes, sha256 \(digest.finishSHA256().hex)"
  }

  /// The run of printable characters that the bytes are within; nil where there is none that is longer than they are.
  private static func printable(_ content: Content, _ range: Range<Int64>) throws(ComparisonError) -> String? {
    guard range.count <= 64 else { return nil }
    let reach: Int64 = 120
    let start = max(0, range.lowerBound - reach)
    let bytes = try content.bytes(at: start, count: Int(range.upperBound + reach - start))
    let (first, last) = (Int(range.lowerBound - start), Int(range.upperBound - start))
    guard last <= bytes.count, bytes[first..<last].allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
    let from = bytes[..<first].lastIndex { !(0x20..<0x7F).contains($0) }.map { $0 + 1 } ?? 0
    let to = bytes[last...].firstIndex { !(0x20..<0x7F).contains($0) } ?? bytes.count
    return to - from > last - first ? String(decoding: bytes[from..<to], as: UTF8.self) : nil
  }

  static func digest(_ content: Content, _ range: Range<Int64>) throws(ComparisonError) -> SHA256Digest {
    var digest = StreamingDigest()
    var position = range.lowerBound
    while position < range.upperBound {
      let bytes = try content.bytes(at: position, count: Int(min(1 << 20, range.upperBound - position)))
      if bytes.isEmpty { break }
      unsafe digest.update(bytes.span.bytes)
      position += Int64(bytes.count)
    }
    return digest.finishSHA256()
  }

  /// How random bytes are, from 0 to 8 bits each; nil for few of them.
  static func entropy(_ bytes: [UInt8]) -> Double? {
    guard bytes.count >= 64 else { return nil }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / Double(bytes.count)
      return sum - share * log2(share)
    }
  }
}
