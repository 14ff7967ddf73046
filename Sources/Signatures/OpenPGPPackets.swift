import Model

/// Packets of OpenPGP (RFC 9580, 4.2), in armour (6.2) or not.
enum OpenPGPPackets {
  /// A packet of a message.
  struct Packet {
    let tag: UInt8
    let body: [UInt8]
  }

  /// The most packets of a message.
  private static let limit = 10_000

  /// All packets of some bytes; throws where they are anything else.
  static func read(_ bytes: [UInt8], kind: String) throws(SignatureError) -> [Packet] {
    let isArmoured = bytes.starts(with: Array("-----BEGIN PGP \(kind)-----".utf8))
    var rest = (isArmoured ? try unarmoured(bytes, kind: kind) : bytes)[...]
    var packets: [Packet] = []
    while let first = rest.popFirst() {
      guard first & 0x80 != 0, packets.count < limit, let length = length(first, &rest), length <= rest.count else {
        throw SignatureError("it does not consist of OpenPGP packets")
      }
      let tag = first & 0x40 != 0 ? first & 0x3F : first >> 2 & 0x0F
      packets.append(Packet(tag: tag, body: Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    guard !packets.isEmpty else { throw SignatureError("it has no OpenPGP packets") }
    return packets
  }

  /// The length of a packet; nil where there is none, or where it comes in parts, which neither keys nor signatures do.
  private static func length(_ first: UInt8, _ rest: inout ArraySlice<UInt8>) -> Int? {
    func number(_ count: Int) -> Int? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
    guard first & 0x40 != 0 else { return first & 3 == 3 ? nil : number(1 << Int(first & 3)) }
    return newLength(&rest)
  }

  /// A length of the newer form, which subpackets have as well.
  static func newLength(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard let short = rest.popFirst() else { return nil }
    switch short {
    case ..<192: return Int(short)
    case 192..<224:
      guard let low = rest.popFirst() else { return nil }
      return (Int(short) - 192) << 8 + Int(low) + 192
    case 255:
      guard rest.count >= 4 else { return nil }
      defer { rest = rest.dropFirst(4) }
      return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    default: return nil
    }
  }

  /// What an armour holds; nothing may be around it, and of its headers only those that say what it is.
  private static func unarmoured(_ bytes: [UInt8], kind: String) throws(SignatureError) -> [UInt8] {
    let odd = SignatureError("its armour is not as it must be")
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }
    guard let end = lines.firstIndex(of: "-----END PGP \(kind)-----"), lines[(end + 1)...].allSatisfy(\.isEmpty),
      let blank = lines[1..<end].firstIndex(of: "")
    else { throw odd }
    let headers = ["Version: ", "Comment: ", "Hash: ", "Charset: "]
    guard lines[1..<blank].allSatisfy({ line in line.utf8.count <= 96 && headers.contains { line.hasPrefix($0) } })
    else { throw odd }
    var text = lines[(blank + 1)..<end]
    // The checksum is of no use against anybody, but nothing else may stand in its place.
    if let last = text.last, last.hasPrefix("=") {
      guard Base64.bytes(last.dropFirst())?.count == 3 else { throw odd }
      text.removeLast()
    }
    guard let bytes = Base64.bytes(text.joined()) else { throw odd }
    return bytes
  }

  /// A number whose length in bits stands before it, without leading zeros.
  static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard rest.count >= 2 else { return nil }
    let bits = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
    let count = (bits + 7) / 8
    rest = rest.dropFirst(2)
    guard count > 0, count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count).drop { $0 == 0 })
  }
}
