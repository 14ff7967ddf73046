import Formats
import Testing

/// Files that break their format's rules in a way that once ended the process, found by fuzzing.
@Suite struct HostileInputTests {
  static let inputs: [(format: String, bytes: [UInt8])] = [
    // Zeros from within the stream's header to the end were taken for padding.
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + [UInt8](repeating: 0, count: 40)),
    // A second frame whose header is longer than what is left.
    ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0, 0x28, 0xB5, 0x2F, 0xFD, 0xFF, 0]),
  ]

  @Test(arguments: inputs.indices)
  func isLaidOut(index: Int) throws {
    let (name, bytes) = Self.inputs[index]
    let format = try #require(try LayoutCheck.format(of: bytes))
    #expect(format.name == name)
    var source = ByteSource(bytes)
    let layout = try format.layout(of: &source)
    #expect(layout.note != nil)
    #expect(layout.regions.reduce(0) { $0 + $1.length } == Int64(bytes.count))
    try LayoutCheck.survives(bytes)
  }
}
