import Model

/// OpenPGP packets as text between armour lines.
enum OpenPGPArmour {
  static func layOut(_ bytes: [UInt8], base: Int64, into layout: inout LayoutBuilder) throws(FormatError) {
    var index = 0
    while index < bytes.count {
      guard let block = TextArmour(bytes, from: index) else {
        let line = TextLines.line(of: bytes, from: index, to: bytes.count)
        guard !bytes[line].starts(with: TextArmour.begin) else {
          throw .malformed(at: base + Int64(index), "an armour has no end")
        }
        try layout.add("text", at: base + Int64(index), count: Int64(line.count), .field(.text), role: .text)
        index = line.upperBound
        continue
      }
      let group = layout.group(block.label)
      func add(
        _ name: String, _ range: Range<Int>, _ encoding: Encoding, _ role: Difference.Role?,
        _ layout: inout LayoutBuilder
      ) throws(FormatError) {
        guard !range.isEmpty else { return }
        try layout.add(
          name, at: base + Int64(range.lowerBound), count: Int64(range.count), .field(encoding), role: role, in: group)
      }
      try add("armour begin", block.firstLine, .text, nil, &layout)
      for header in block.headers {
        let field = HeaderField(bytes, from: header.lowerBound, to: header.upperBound)
        try add(field?.name ?? "header", header, .text, .generator, &layout)
      }
      try add("packets", block.body, .custom(packets), .signature, &layout)
      try add("armour checksum", block.checksum, .text, .checksum, &layout)
      try add("armour end", block.lastLine, .text, nil, &layout)
      index = block.lastLine.upperBound
    }
  }

  /// A signature in armour, in words.
  static func summary(_ bytes: [UInt8]) -> String? {
    guard let block = TextArmour(bytes, from: 0) else { return nil }
    return packets(Array(bytes[block.body]))
  }

  /// What the packets in base64 say of themselves: who signed when.
  private static func packets(_ text: [UInt8]) -> String? {
    guard let bytes = Base64Text.decode(text[...]) else { return nil }
    var parts: [String] = []
    var place = 0
    while parts.count < 16, let packet = OpenPGPPacket(bytes, at: place, to: bytes.count, size: Int64(bytes.count)),
      packet.bodyEnd <= Int64(bytes.count), packet.body < bytes.count
    {
      parts.append(packet.name + details(of: packet, bytes))
      place = Int(packet.bodyEnd)
    }
    // Two that say the same still differ in their numbers.
    return parts.isEmpty
      ? nil : parts.joined(separator: "; ") + "; ends in " + Hexadecimal.string(Array(bytes.suffix(8)))
  }

  private static func details(of packet: OpenPGPPacket, _ bytes: [UInt8]) -> String {
    let end = Int(packet.bodyEnd)
    if [5, 6, 7, 14].contains(packet.tag), packet.body + 6 <= end {
      return " made " + Encoding.seconds(.big).text(Array(bytes[(packet.body + 1)..<(packet.body + 5)]))
    }
    if packet.tag == 13 { return " " + Encoding.text.text(Array(bytes[packet.body..<end])) }
    guard packet.tag == 2, packet.body + 6 <= end, bytes[packet.body] == 4 else { return "" }
    var text = ""
    var place = packet.body + 4
    for _ in 0..<2 where place + 2 <= end {
      let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
      guard place + 2 + length <= end else { break }
      for part in OpenPGPSubpacket.read(bytes, (place + 2)..<(place + 2 + length))
      where ["creation time", "issuer key ID", "issuer fingerprint"].contains(part.name) {
        text += ", \(part.name) \(part.encoding.text(Array(bytes[part.range])))"
      }
      place += 2 + length
    }
    return text
  }
}
