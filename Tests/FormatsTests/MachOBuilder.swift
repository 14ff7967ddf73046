/// A Mach-O library with one of each part that varies between builds.
struct MachOBuilder: Sendable {
  /// What a test changes.
  enum Field { case uuid, tool, path, code, signature, digest, version, stamp }

  private var values: [Field: UInt8] = [:]

  /// Gives a field another value.
  mutating func change(_ field: Field) { values[field, default: 0] ^= 1 }

  private func value(_ field: Field) -> UInt8 { values[field] ?? 0 }

  private let textPlace = 512
  private let signaturePlace = 608

  /// The library.
  func bytes() -> [UInt8] {
    let signature = signature()
    let commands = commands(signature.count)
    var bytes = [0xCF, 0xFA, 0xED, 0xFE] + word(0x0100_000C) + word(0) + word(6) + word(UInt32(commands.count))
    bytes += word(UInt32(commands.reduce(0) { $0 + $1.count })) + word(0x85) + word(0) + commands.flatMap { $0 }
    bytes = padded(bytes, to: textPlace)
    bytes += [0x40 | value(.code)] + [UInt8](repeating: 0x1F, count: 31)
    bytes += padded([0x80, 0x04, 0x10], to: 8)
    bytes += symbol(1, at: 0x200) + symbol(6, at: 0x210)
    bytes += padded(Array("\0_one\0_two\0".utf8), to: 16)
    return padded(bytes, to: signaturePlace) + signature
  }

  /// A universal file of the library and of one for another processor.
  func universal() -> [UInt8] {
    let one = bytes()
    var header: [UInt8] = [0xCA, 0xFE, 0xBA, 0xBE] + big(2)
    for (processor, offset) in [(0x0100_000C, 4096), (0x0100_0007, 8192)] as [(UInt32, UInt32)] {
      header += big(processor) + big(0) + big(offset) + big(UInt32(one.count)) + big(12)
    }
    return padded(padded(header, to: 4096) + one, to: 8192) + one
  }

  private func commands(_ signatureLength: Int) -> [[UInt8]] {
    let linkEdit = 544
    let section =
      name("__text") + name("__TEXT") + long(0x200) + long(32) + word(UInt32(textPlace)) + word(4) + word(0) + word(0)
      + word(0x8000_0400) + padded([], to: 12)
    return [
      command(0x19, segment("__TEXT", 0, 544, sections: 1) + section),
      command(0x19, segment("__LINKEDIT", linkEdit, signaturePlace + signatureLength - linkEdit, sections: 0)),
      command(0x1B, [value(.uuid)] + Array(1..<16)),
      command(0x32, word(1) + word(0x000B_0000) + word(0x000C_0100) + word(1) + word(3) + [value(.tool), 1, 2, 3]),
      command(0x2A, long(1 << 40 | 2 << 30 | 3 << 20)),
      command(
        0xD,
        word(24) + word(UInt32(value(.stamp))) + [value(.version), 2, 1, 0] + word(0x10000)
          + padded(Array("a.dylib".utf8), to: 8)),
      command(0x8000_001C, word(12) + padded(Array("/tmp/build\(value(.path))".utf8), to: 12)),
      command(0x2, word(552) + word(2) + word(584) + word(16)),
      command(0x26, word(544) + word(8)),
      command(0x1D, word(UInt32(signaturePlace)) + word(UInt32(signatureLength))),
    ]
  }

  private func command(_ kind: UInt32, _ content: [UInt8]) -> [UInt8] {
    word(kind) + word(UInt32(content.count + 8)) + content
  }

  private func segment(_ text: String, _ place: Int, _ size: Int, sections: UInt32) -> [UInt8] {
    name(text) + long(UInt64(place)) + long(UInt64(size)) + long(UInt64(place)) + long(UInt64(size)) + word(5) + word(5)
      + word(sections) + word(0)
  }

  private func symbol(_ name: UInt32, at address: UInt64) -> [UInt8] { word(name) + [0x0F, 1, 0, 0] + long(address) }

  /// A code directory, requirements and a message in CMS.
  private func signature() -> [UInt8] {
    var directory = big(0x20100) + big(0x20002) + big(54) + big(48) + big(0) + big(1) + big(608)
    directory += [32, 2, 0, 12] + big(0) + big(0) + Array("a.out\0".utf8)
    directory += [value(.digest)] + [UInt8](repeating: 0xDD, count: 31)
    let blobs = [
      blob(0xFADE_0C02, directory), blob(0xFADE_0C01, big(0)),
      blob(0xFADE_0B01, [0x30, 0x02, 0x05, value(.signature)]),
    ]
    var index: [UInt8] = []
    var content: [UInt8] = []
    for (kind, blob) in zip([0, 2, 0x10000] as [UInt32], blobs) {
      index += big(kind) + big(UInt32(12 + 24 + content.count))
      content += blob
    }
    return padded(blob(0xFADE_0CC0, big(3) + index + content), to: 160)
  }

  private func blob(_ magic: UInt32, _ content: [UInt8]) -> [UInt8] {
    big(magic) + big(UInt32(content.count + 8)) + content
  }

  private func name(_ text: String) -> [UInt8] { padded(Array(text.utf8), to: 16) }

  private func word(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

  private func long(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

  private func big(_ number: UInt32) -> [UInt8] { word(number).reversed() }

  private func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }
}
