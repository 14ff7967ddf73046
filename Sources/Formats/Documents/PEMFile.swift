import Model

/// Certificates, keys and signatures in text armour, RFC 7468; one block or many.
struct PEMFile: Format {
  let name = "PEM"

  private static let suffixes = [".pem", ".crt", ".cer"]

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit else { return false }
    if head.has(TextArmour.begin) { return !head.has("-----BEGIN PGP ") }
    // Bundles have each certificate's text before it.
    guard let name = head.name, Self.suffixes.contains(where: { name.hasSuffix($0) }) else { return false }
    let text = String(decoding: head.bytes, as: UTF8.self)
    return text.contains("\n-----BEGIN ") && !text.contains("-----BEGIN PGP ")
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var index = 0
    while index < bytes.count {
      if let block = TextArmour(bytes, from: index) {
        try Self.add(block, bytes, base: range.lowerBound, to: &layout)
        index = block.lastLine.upperBound
        continue
      }
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      guard !bytes[line].starts(with: TextArmour.begin) else {
        throw .malformed(at: range.lowerBound + Int64(index), "an armour has no end")
      }
      try layout.add(
        "text", at: range.lowerBound + Int64(index), count: Int64(line.count), .field(.text), role: .text)
      index = line.upperBound
    }
  }

  private static func add(
    _ block: TextArmour, _ bytes: [UInt8], base: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let subject = block.label == "CERTIFICATE" ? Base64Text.decode(bytes[block.body]).flatMap(DERFile.subject) : nil
    let group = layout.group(subject.map { "\(block.label) of \($0)" } ?? block.label)
    let parts: [(String, Range<Int>, Encoding, Difference.Role?)] =
      [("armour begin", block.firstLine, .text, nil)]
      + block.headers.map { ("header", $0, .text, nil) }
      + [
        ("content", block.body, .custom(summary), block.label.hasPrefix("CERTIFICATE") ? .identity : .signature),
        ("armour checksum", block.checksum, .text, .checksum), ("armour end", block.lastLine, .text, nil),
      ]
    for (name, range, encoding, role) in parts where !range.isEmpty {
      try layout.add(
        name, at: base + Int64(range.lowerBound), count: Int64(range.count), .field(encoding), role: role, in: group)
    }
  }

  /// What the block says of itself: each named value of its DER that fits a line.
  private static func summary(_ text: [UInt8]) -> String? {
    guard let bytes = Base64Text.decode(text[...]) else { return nil }
    var source = ByteSource(bytes)
    guard let layout = try? DERFile().layout(of: &source), layout.note == nil else { return nil }
    var parts: [String] = []
    for region in layout.regions where !region.name.hasSuffix("length") && parts.count < 64 {
      guard case .field(let encoding) = region.shape, region.length <= 4096 else { continue }
      guard let value = try? source.bytes(at: region.offset, count: Int(region.length)) else { continue }
      parts.append("\(region.name): \(encoding.text(value))")
    }
    return parts.joined(separator: "; ")
  }
}
