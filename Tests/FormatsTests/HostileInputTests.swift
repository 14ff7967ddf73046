import Formats
import Testing

/// Files that break their format's rules in a way that once ended the process, found by fuzzing.
@Suite struct HostileInputTests {
  static let inputs: [(format: String, bytes: [UInt8])] = [
    // Zeros from within the stream's header to the end were taken for padding.
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + [UInt8](repeating: 0, count: 40)),
    // A second frame whose header is longer than what is left.
    ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0, 0x28, 0xB5, 0x2F, 0xFD, 0xFF, 0]),
    // A structure block that ends within its last token, which was then read again and again.
    ("device tree", deviceTree),
  ]

  /// Its structure block has ten bytes: a node's beginning and half of an empty token.
  private static var deviceTree: [UInt8] {
    let header: [UInt32] = [0xD00D_FEED, 72, 56, 68, 40, 17, 16, 0, 4, 10, 0, 0, 0, 0]
    let tree: [UInt32] = [1, 0, 4, 0]
    return (header + tree).flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
  }

  @Test(arguments: inputs.indices)
  func isLaidOut(index: Int) throws {
    let (name, bytes) = Self.inputs[index]
    let format = try #require(try LayoutCheck.format(of: bytes))
    #expect(format.name == name)
    var source = ByteSource(bytes)
    let layout = try format.layout(of: &source)
    #expect(layout.note != nil)
    #expect(layout.regions.count <= bytes.count)
    #expect(layout.regions.reduce(0) { $0 + $1.length } == Int64(bytes.count))
    try LayoutCheck.survives(bytes)
  }
}
