/// Writes ar archives as Debian packages are.
public struct ArBuilder {
  /// The archive so far; an ar has no mark of its end.
  public private(set) var bytes = Array("!<arch>\n".utf8)

  /// Starts an archive.
  public init() {}

  /// Adds a member with a name of at most 15 bytes.
  public mutating func member(_ name: String, _ data: [UInt8], mode: Int = 0o100644) {
    func field(_ text: String, _ width: Int) -> [UInt8] {
      Array((text + String(repeating: " ", count: max(0, width - text.utf8.count))).utf8.prefix(width))
    }
    bytes += field(name, 16) + field("1000000000", 12) + field("0", 6) + field("0", 6)
    bytes += field(String(mode, radix: 8), 8) + field(String(data.count), 10) + [0x60, 0x0A] + data
    if data.count % 2 == 1 { bytes.append(0x0A) }
  }
}
