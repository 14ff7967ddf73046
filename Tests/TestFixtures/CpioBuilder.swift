/// Writes cpio archives of the "new" ASCII format.
public struct CpioBuilder {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var inode = 0

  /// Starts an archive.
  public init() {}

  /// Adds an entry; the mode includes the type bits.
  public mutating func entry(
    _ name: String, _ data: [UInt8] = [], mode: Int = 0o100644, links: Int = 1, inode given: Int? = nil,
    device: (major: Int, minor: Int) = (0, 0)
  ) {
    inode += 1
    let fields = [
      given ?? inode, mode, 0, 0, links, 1_000_000_000, data.count, 8, 1, device.major, device.minor,
      name.utf8.count + 1, 0,
    ]
    bytes += Array("070701".utf8)
    for field in fields {
      let digits = String(field, radix: 16, uppercase: true)
      bytes += Array((String(repeating: "0", count: 8 - digits.utf8.count) + digits).utf8)
    }
    bytes += Array(name.utf8) + [0]
    pad()
    bytes += data
    pad()
  }

  /// The archive with the entry that ends it.
  public func finished() -> [UInt8] {
    var copy = self
    copy.entry("TRAILER!!!", mode: 0)
    return copy.bytes
  }

  private mutating func pad() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }
}
