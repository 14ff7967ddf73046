import Formats
import Testing

@Suite struct LinuxBootImageTests {
  @Test func aKernelIsKnownBeforeItsHeadersForUEFI() throws {
    let lines = try LayoutCheck.lines(of: Self.image())
    #expect(try LayoutCheck.format(of: Self.image())?.name == "bzImage")
    for line in [
      "machine 2 x86-64 (34404)", "time stamp 4 none", "setup header setup sectors 1 1",
      "setup header protocol version 2 0x20f", "kernel version 30 6.1.0 (me@host) #1 2026-11-16",
      "unpacker start 64 opaque", "payload 96 file lz4 vmlinux", "payload size 4 65536", "unpacker 348 opaque",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(!lines.contains { $0.hasSuffix("unexplained") })
  }

  @Test func aSignatureIsAllThatASignedKernelDiffersBy() throws {
    let differences = try LayoutCheck.differences(Self.image(), Self.image(signature: 64))
    #expect(differences.prefix(3) == ["checksum", "certificate table address", "certificate table size"])
    #expect(differences.dropFirst(3).allSatisfy { $0.hasPrefix("certificate: ") })
  }

  @Test func damagedKernelsAreTiled() throws {
    try LayoutCheck.survives(Self.image(signature: 64))
    try LayoutCheck.survives(Self.armImage())
  }

  @Test func anARM64KernelHasItsHeader() throws {
    let lines = try LayoutCheck.lines(of: Self.armImage())
    #expect(lines.contains("image size 8 8192") && lines.contains("kernel 1024 opaque"))
    #expect(!lines.contains { $0.hasSuffix("unexplained") })
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func put(_ value: [UInt8], at place: Int, in bytes: inout [UInt8]) {
    bytes.replaceSubrange(place..<place + value.count, with: value)
  }

  /// PE headers without sections, 152 + 24 bytes.
  private static func putHeaders(at place: Int, in bytes: inout [UInt8], machine: Int, signature: Range<Int>?) {
    put(Array("PE\0\0".utf8) + number(machine, 2), at: place, in: &bytes)
    put(number(160, 2), at: place + 20, in: &bytes)
    put(number(0x20B, 2), at: place + 24, in: &bytes)
    put(number(6, 4), at: place + 24 + 108, in: &bytes)
    guard let signature else { return }
    put(number(0xABCD, 4), at: place + 24 + 64, in: &bytes)
    put(number(signature.lowerBound, 4) + number(signature.count, 4), at: place + 24 + 144, in: &bytes)
  }

  /// A kernel of 1,536 bytes: a boot sector, one setup sector, 512 bytes that unpack.
  static func image(signature: Int = 0) -> [UInt8] {
    var bytes = [UInt8](repeating: 0x90, count: 512) + [UInt8](repeating: 0, count: 1024)
    put(Array("MZ".utf8), at: 0, in: &bytes)
    put(number(0x40, 4), at: 60, in: &bytes)
    for index in 0x40..<0x40 + 184 { bytes[index] = 0 }
    putHeaders(
      at: 0x40, in: &bytes, machine: 0x8664, signature: signature > 0 ? bytes.count..<bytes.count + signature : nil)
    for index in 0x1F1..<0x202 { bytes[index] = 0 }
    bytes[0x1F1] = 1
    put(number(32, 4), at: 0x1F4, in: &bytes)
    put([0x55, 0xAA, 0xEB, 0x6A] + Array("HdrS".utf8) + number(0x20F, 2), at: 0x1FE, in: &bytes)
    put(number(0x100, 2), at: 0x20E, in: &bytes)
    put(Array("6.1.0 (me@host) #1 2026-11-16\0".utf8), at: 0x300, in: &bytes)
    put(number(64, 4) + number(100, 4), at: 0x248, in: &bytes)
    put([0x02, 0x21, 0x4C, 0x18], at: 1024 + 64, in: &bytes)
    put(number(65536, 4), at: 1024 + 64 + 96, in: &bytes)
    return bytes + (signature > 0 ? number(signature, 4) + [0, 2, 2, 0] : [])
      + [UInt8](repeating: 0x30, count: max(0, signature - 8))
  }

  static func armImage() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64 + 184 + 1024)
    put(Array("MZ".utf8), at: 0, in: &bytes)
    put(number(8192, 8), at: 16, in: &bytes)
    put([0x41, 0x52, 0x4D, 0x64] + number(64, 4), at: 56, in: &bytes)
    putHeaders(at: 64, in: &bytes, machine: 0xAA64, signature: nil)
    return bytes
  }
}
