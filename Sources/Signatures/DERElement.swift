/// One element of DER: where its content is, and where it ends.
struct DERElement {
  let tag: UInt8
  /// Indices of the bytes that were read.
  let content: Range<Int>

  var end: Int { content.upperBound }

  /// Reads the element that some bytes begin with.
  init(_ bytes: ArraySlice<UInt8>) throws(SignatureError) {
    let cut = SignatureError("its encoding is cut off")
    let start = bytes.startIndex
    guard bytes.count >= 2 else { throw cut }
    tag = bytes[start]
    let first = Int(bytes[start + 1])
    guard first >= 0x80 else {
      guard first <= bytes.count - 2 else { throw cut }
      content = start + 2..<start + 2 + first
      return
    }
    let count = first & 0x7F
    guard (1...4).contains(count), bytes.count >= 2 + count else { throw SignatureError("a length is not DER's") }
    let length = bytes[start + 2..<start + 2 + count].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - 2 - count else { throw cut }
    content = start + 2 + count..<start + 2 + count + length
  }
}
