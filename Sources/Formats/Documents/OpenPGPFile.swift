import Model

/// OpenPGP signatures and keys, RFC 9580, binary or in armour.
struct OpenPGPFile: Format {
  let name = "OpenPGP"

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit else { return false }
    if head.has("-----BEGIN PGP ") { return !head.has("-----BEGIN PGP SIGNED") }
    guard let packet = OpenPGPPacket(head.bytes, at: 0, to: head.bytes.count, size: head.size),
      [2, 5, 6].contains(packet.tag), packet.bodyEnd <= head.size, packet.body < head.bytes.count
    else { return false }
    // A file of any kind may begin with such a byte, so the body must look like one as well.
    let body = head.bytes[packet.body...]
    guard let version = body.first, (3...6).contains(version), body.count > 12 else { return false }
    if packet.bodyEnd < head.size {
      guard packet.bodyEnd < Int64(head.bytes.count) else { return packet.tag != 2 }
      return head.bytes[Int(packet.bodyEnd)] & 0x80 != 0
    }
    return true
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    if bytes.starts(with: TextArmour.begin) {
      return try OpenPGPArmour.layOut(bytes, base: range.lowerBound, into: &layout)
    }
    var place = 0
    while place < bytes.count {
      guard let packet = OpenPGPPacket(bytes, at: place, to: bytes.count, size: Int64(bytes.count)) else {
        throw .malformed(at: range.lowerBound + Int64(place), "a packet has no header")
      }
      let end = Int(min(packet.bodyEnd, Int64(bytes.count)))
      let group = layout.group(packet.name)
      try layout.add(
        "header", at: range.lowerBound + Int64(place), count: Int64(packet.body - place), .field(.bytes), role: .size,
        in: group)
      try packet.layOutBody(bytes, to: end, base: range.lowerBound, in: group, into: &layout)
      guard packet.bodyEnd <= Int64(bytes.count) else { throw .truncated(at: range.upperBound) }
      place = end
    }
  }
}

/// One packet: its kind and where its body is.
struct OpenPGPPacket {
  let tag: UInt8
  let body: Int
  /// May be beyond the file's end.
  let bodyEnd: Int64

  private static let names: [UInt8: String] = [
    1: "encrypted session key", 2: "signature", 4: "one-pass signature", 5: "secret key", 6: "public key",
    7: "secret subkey", 8: "compressed data", 9: "encrypted data", 10: "marker", 11: "literal data", 12: "trust",
    13: "user ID", 14: "public subkey", 17: "user attribute", 18: "encrypted data", 21: "padding",
  ]

  var name: String { Self.names[tag] ?? "packet of kind \(tag)" }

  /// Reads a header, old or new; a body of partial or unknown length reaches to the file's end.
  init?(_ bytes: [UInt8], at place: Int, to end: Int, size: Int64) {
    guard place + 2 <= end, bytes[place] & 0x80 != 0 else { return nil }
    func number(_ count: Int, at start: Int) -> Int64? {
      guard start + count <= end else { return nil }
      return bytes[start..<start + count].reduce(0) { $0 << 8 | Int64($1) }
    }
    let length: Int64?
    if bytes[place] & 0x40 == 0 {
      tag = bytes[place] >> 2 & 15
      let kind = Int(bytes[place] & 3)
      body = place + 1 + (kind == 3 ? 0 : 1 << kind)
      length = kind == 3 ? size - Int64(body) : number(1 << kind, at: place + 1)
    } else {
      tag = bytes[place] & 63
      let first = bytes[place + 1]
      switch first {
      case ..<192: (body, length) = (place + 2, Int64(first))
      case 192..<224:
        (body, length) = (place + 3, number(1, at: place + 2).map { (Int64(first) - 192) << 8 + $0 + 192 })
      case 255: (body, length) = (place + 6, number(4, at: place + 2))
      default: (body, length) = (place + 2, size - Int64(place + 2))
      }
    }
    guard let length, length >= 0 else { return nil }
    bodyEnd = Int64(body) + length
  }

  func layOutBody(
    _ bytes: [UInt8], to end: Int, base: Int64, in group: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard body <= end else { throw .truncated(at: base + Int64(end)) }
    switch tag {
    case 2 where body + 6 <= end && bytes[body] >= 4 && bytes[body] <= 5:
      try layOutSignature(bytes, to: end, base: base, in: group, into: &layout)
    case 5 where body + 6 <= end, 6 where body + 6 <= end, 7 where body + 6 <= end, 14 where body + 6 <= end:
      try layout.add("version", at: base + Int64(body), count: 1, .field(.unsigned(.big)), in: group)
      try layout.add(
        "creation time", at: base + Int64(body + 1), count: 4, .field(.seconds(.big)), role: .time, in: group)
      try layout.add(
        "algorithm", at: base + Int64(body + 5), count: 1, .field(.names(.big, Self.algorithms)), in: group)
      try layout.add(
        "key material", at: base + Int64(body + 6), count: Int64(end - body - 6), .opaque, role: .data, in: group)
    case 13:
      try layout.add("text", at: base + Int64(body), count: Int64(end - body), .field(.text), role: .owner, in: group)
    default:
      try layout.add("body", at: base + Int64(body), count: Int64(end - body), .opaque, role: .data, in: group)
    }
  }

  private func layOutSignature(
    _ bytes: [UInt8], to end: Int, base: Int64, in group: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    for (index, (name, encoding)) in [
      ("version", Encoding.unsigned(.big)), ("type", .hexadecimal(.big)),
      ("key algorithm", .names(.big, Self.algorithms)), ("digest algorithm", .names(.big, Self.digests)),
    ].enumerated() {
      try layout.add(
        name, at: base + Int64(body + index), count: 1, .field(encoding), role: .signature, in: group)
    }
    var place = body + 4
    for kind in ["hashed", "unhashed"] {
      guard place + 2 <= end else { throw .truncated(at: base + Int64(end)) }
      let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
      try layout.add(
        "\(kind) length", at: base + Int64(place), count: 2, .field(.unsigned(.big)), role: .size, in: group)
      place += 2
      guard place + length <= end else { throw .truncated(at: base + Int64(end)) }
      for part in OpenPGPSubpacket.read(bytes, place..<place + length) {
        try layout.add(
          part.name, at: base + Int64(part.range.lowerBound), count: Int64(part.range.count), .field(part.encoding),
          role: part.role, in: group)
      }
      place += length
    }
    guard place + 2 <= end else { throw .truncated(at: base + Int64(end)) }
    try layout.add("digest start", at: base + Int64(place), count: 2, .field(.bytes), role: .signature, in: group)
    try layout.add(
      "signature", at: base + Int64(place + 2), count: Int64(end - place - 2), .field(.bytes), role: .signature,
      in: group)
  }

  static let algorithms: [UInt64: String] = [
    1: "RSA", 2: "RSA", 3: "RSA", 16: "Elgamal", 17: "DSA", 18: "ECDH", 19: "ECDSA", 22: "EdDSA", 25: "X25519",
    27: "Ed25519", 28: "Ed448",
  ]
  private static let digests: [UInt64: String] = [
    1: "MD5", 2: "SHA-1", 8: "SHA-256", 9: "SHA-384", 10: "SHA-512", 11: "SHA-224", 12: "SHA3-256", 14: "SHA3-512",
  ]
}

/// A part of a signature that says something about it.
struct OpenPGPSubpacket {
  let name: String
  /// With its length and kind.
  let range: Range<Int>
  let value: Range<Int>
  let encoding: Encoding
  let role: Difference.Role

  /// Those of a range, as far as they keep the rules.
  static func read(_ bytes: [UInt8], _ range: Range<Int>) -> [OpenPGPSubpacket] {
    var found: [OpenPGPSubpacket] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let first = Int(bytes[place])
      let header = first < 192 ? 1 : first < 255 ? 2 : 5
      guard place + header < range.upperBound else { break }
      let length =
        switch header {
        case 1: first
        case 2: (first - 192) << 8 + Int(bytes[place + 1]) + 192
        default: bytes[(place + 1)..<(place + 5)].reduce(0) { $0 << 8 | Int($1) }
        }
      guard length >= 1, length <= range.upperBound - place - header else { break }
      let kind = bytes[place + header] & 0x7F
      let value = (place + header + 1)..<(place + header + length)
      let known = kinds[kind]
      found.append(
        OpenPGPSubpacket(
          name: known?.name ?? "part of kind \(kind)", range: place..<value.upperBound, value: value,
          encoding: .custom { bytes in
            let value = Array(bytes.dropFirst(header + 1))
            return kind == 2 || kind == 3
              ? Encoding.seconds(.big).text(value)
              : kind == 20 || kind == 28 || kind == 26 ? ExactText.text(value) : Hexadecimal.string(value)
          }, role: known?.role ?? .signature))
      place = value.upperBound
    }
    return found
  }

  private static let kinds: [UInt8: (name: String, role: Difference.Role)] = [
    2: ("creation time", .time), 3: ("expiration time", .time), 9: ("key expiration time", .time),
    16: ("issuer key ID", .signature), 20: ("notation", .signature), 26: ("policy", .signature),
    28: ("signer's user ID", .signature), 33: ("issuer fingerprint", .signature),
  ]
}
