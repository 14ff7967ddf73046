/// A PE image with one of each part that varies between builds.
struct PEBuilder: Sendable {
  /// What a test changes.
  enum Field { case timeStamp, checksum, pdbAge, resourceTime, certificateByte, code }

  var timeStamp: UInt32 = 1_600_000_000
  var checksum: UInt32 = 0x1234
  var pdbAge: UInt32 = 3
  var resourceTime: UInt32 = 0
  var certificateByte: UInt32 = 0x55
  var code: UInt32 = 0xC3
  /// The kind of the second debug entry; 16 says that stamps are digests.
  var debugKind: UInt32 = 16

  private static let sections: [(name: String, size: Int, characteristics: UInt32)] = [
    (".text", 16, 0x6000_0020), (".rdata", 200, 0x4000_0040), (".rsrc", 512, 0x4000_0040),
  ]

  /// Gives a field another value.
  mutating func change(_ field: Field) {
    switch field {
    case .timeStamp: timeStamp ^= 0x11
    case .checksum: checksum ^= 0x11
    case .pdbAge: pdbAge ^= 0x11
    case .resourceTime: resourceTime ^= 0x11
    case .certificateByte: certificateByte ^= 0x11
    case .code: code ^= 0x11
    }
  }

  /// The image.
  func bytes() -> [UInt8] {
    let headersLength = 0x400
    var bytes = dosHeader() + Array("PE\0\0".utf8) + coffHeader() + optionalHeader()
    for (index, section) in Self.sections.enumerated() {
      bytes += padded(Array(section.name.utf8), to: 8) + word(UInt32(section.size)) + word(UInt32(0x1000 * (index + 1)))
      bytes += word(0x200) + word(UInt32(headersLength + 0x200 * index)) + [UInt8](repeating: 0, count: 12)
      bytes += word(section.characteristics)
    }
    bytes = padded(bytes, to: headersLength)
    bytes += padded(word(code) + [UInt8](repeating: 0x90, count: 12), to: 0x200)
    bytes += padded(debugData(), to: 0x200)
    bytes += padded(resources(), to: 0x200)
    bytes += Array("overlay".utf8) + [0]
    bytes += word(24) + half(0x200) + half(2) + [0x30, 10] + [UInt8](repeating: UInt8(certificateByte), count: 10)
    return padded(bytes, to: bytes.count + 4)
  }

  private func dosHeader() -> [UInt8] {
    let key: UInt32 = 0x0BAD_CAFE
    var rich = word(0x536E_6144 ^ key) + word(key) + word(key) + word(key)
    rich += word((260 << 16 | 31234) ^ key) + word(7 ^ key) + Array("Rich".utf8) + word(key)
    return padded(Array("MZ".utf8), to: 60) + word(0xA0) + padded(Array("stub".utf8), to: 0x40) + padded(rich, to: 32)
  }

  private func coffHeader() -> [UInt8] {
    half(0x8664) + half(UInt32(Self.sections.count)) + word(timeStamp) + word(0) + word(0) + half(240) + half(0x22)
  }

  private func optionalHeader() -> [UInt8] {
    var header = half(0x20B) + [14, 29] + padded([], to: 20)
    header += padded([0, 0, 0, 0x40, 1], to: 8) + word(0x1000) + word(0x200)
    header += padded([6], to: 12) + padded([], to: 4) + word(0x4000) + word(0x400) + word(checksum)
    header += half(3) + half(0x160) + padded([], to: 32) + padded([], to: 4) + word(16)
    var directories = [[UInt32]](repeating: [0, 0], count: 16)
    directories[2] = [0x3000, UInt32(resources().count)]
    directories[4] = [0xA08, 24]
    directories[6] = [0x2000, 56]
    for directory in directories { header += word(directory[0]) + word(directory[1]) }
    return header
  }

  /// Two debug entries and what they point at.
  private func debugData() -> [UInt8] {
    let codeView = Array("RSDS".utf8) + Array(0..<16) + word(pdbAge) + Array("C:\\a.pdb\0".utf8)
    let digest = word(8) + Array("abcdefgh".utf8)
    var bytes = debugEntry(2, codeView.count, at: 56)
    bytes += debugEntry(debugKind, digest.count, at: 56 + codeView.count)
    return bytes + codeView + digest
  }

  private func debugEntry(_ kind: UInt32, _ size: Int, at offset: Int) -> [UInt8] {
    word(0) + word(7) + word(0) + word(kind) + word(UInt32(size)) + word(UInt32(0x2000 + offset))
      + word(UInt32(0x600 + offset))
  }

  /// A tree with one version resource.
  private func resources() -> [UInt8] {
    var bytes: [UInt8] = []
    for (key, next) in [(16, 0x8000_0018), (1, 0x8000_0030), (1033, 0x48)] as [(UInt32, UInt32)] {
      bytes += word(0) + word(key == 16 ? resourceTime : 0) + word(0) + half(0) + half(1) + word(key) + word(next)
    }
    let version = versionInformation()
    return bytes + word(0x3058) + word(UInt32(version.count)) + word(1252) + word(0) + version
  }

  private func versionInformation() -> [UInt8] {
    let numbers = word(0xFEEF_04BD) + word(0x10000) + word(0x0001_0002) + word(0x0003_0004) + padded([], to: 36)
    let text = block("CompanyName", wide("Maker") + [0, 0], isText: true, [])
    let strings = block("StringFileInfo", [], isText: true, block("040904b0", [], isText: true, text))
    return block("VS_VERSION_INFO", numbers, isText: false, strings)
  }

  private func block(_ key: String, _ value: [UInt8], isText: Bool, _ inner: [UInt8]) -> [UInt8] {
    var bytes = half(UInt32(isText ? value.count / 2 : value.count)) + half(isText ? 1 : 0) + wide(key) + [0, 0]
    bytes = padded(bytes, to: (bytes.count + 2 + 3) / 4 * 4 - 2) + value
    if !inner.isEmpty { bytes = padded(bytes, to: (bytes.count + 2 + 3) / 4 * 4 - 2) + inner }
    return half(UInt32(bytes.count + 2)) + bytes
  }

  private func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { half(UInt32($0)) } }

  private func word(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

  private func half(_ number: UInt32) -> [UInt8] { Array(word(number)[..<2]) }

  private func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }
}
