import Model

/// Text in UTF-8: names the first line that differs.
struct TextFormat: Format {
  /// How many bytes of a line are shown on either side of the first differing byte.
  private static let context = 60

  func name(of head: ContentHead) -> String { "text" }

  func recognises(_ head: ContentHead) -> Bool {
    guard !head.bytes.isEmpty else { return false }
    return Self.isText(head.bytes, cutAtEnd: head.bytes.count == ContentHead.length)
  }

  func explain(_ pair: PartPair, with explainer: Explainer) async throws -> [Difference] {
    guard let offset = pair.bytes.firstDifference else { return [] }
    let shipped = try line(around: offset, of: pair.shipped)
    let rebuilt = try line(around: offset, of: pair.rebuilt)
    // Only the beginning was looked at so far: what is text there may be something else here.
    guard let shipped, let rebuilt else {
      return [try Unexplained.bytes(pair, notes: .init(shipped: nil, rebuilt: nil))]
    }
    return [
      Difference(
        path: pair.path, region: "line \(try lineNumber(of: offset, in: pair.shipped))", kind: .text,
        offset: offset, length: pair.bytes.differingBytes, shipped: shipped, rebuilt: rebuilt)
    ]
  }

  /// The line that has a byte, shortened around it, with what cannot be seen spelled out; nil when it is no text.
  private func line(around offset: Int64, of content: Content) throws -> String? {
    guard offset < content.size else { return "(ends here)" }
    let from = max(0, offset - Int64(Self.context))
    let bytes = try content.bytes(at: from, count: Int(offset - from) + Self.context)
    let place = Int(offset - from)
    let feed = UInt8(ascii: "\n")
    var start = bytes[..<place].lastIndex(of: feed).map { $0 + 1 } ?? 0
    var end = bytes[place...].firstIndex(of: feed) ?? bytes.count
    let cutFront = start == 0 && from > 0
    let cutBack = end == bytes.count && from + Int64(end) < content.size
    while cutFront, start < place, bytes[start] & 0xC0 == 0x80 { start += 1 }
    while cutBack, end > place + 1, bytes[end - 1] & 0x80 != 0 { end -= 1 }
    let line = bytes[start..<end]
    guard !line.contains(0) else { return nil }
    let text = ExactText.text(Array(line)).unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
    return (cutFront ? "…" : "") + text + (cutBack ? "…" : "")
  }

  private func lineNumber(of offset: Int64, in content: Content) throws -> Int {
    var number = 1
    var position: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: 128 << 10)
    while position < offset {
      let count = min(try content.read(at: position, into: &buffer), Int(offset - position))
      if count == 0 { break }
      number += buffer[..<count].count { $0 == UInt8(ascii: "\n") }
      position += Int64(count)
    }
    return number
  }

  static func isText(_ bytes: [UInt8], cutAtEnd: Bool) -> Bool {
    guard !bytes.contains(0) else { return false }
    // A character may be cut where the looking ends.
    for dropped in 0...(cutAtEnd ? min(3, bytes.count - 1) : 0)
    where String(validating: bytes.dropLast(dropped), as: UTF8.self) != nil {
      return true
    }
    return false
  }
}
