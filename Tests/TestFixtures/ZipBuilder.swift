/// Writes zip archives of stored members record by record, so that hostile ones are possible too.
public struct ZipBuilder {
  /// What was written so far of the members.
  public private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// Starts an archive.
  public init() {}

  /// Adds a member as Unix zip programs do; the mode includes the type bits.
  public mutating func member(
    _ name: String, _ data: [UInt8], mode: UInt32 = 0o100644, declaredSize: UInt32? = nil,
    checksum: UInt32? = nil
  ) {
    let offset = UInt32(bytes.count)
    let crc = checksum ?? Self.crc32(data)
    let size = declaredSize ?? UInt32(data.count)
    // Version 2.0; the flag that names are UTF-8; stored; 2001-09-09.
    let common =
      le16(20) + le16(0x0800) + le16(0) + le16(0x0D60) + le16(0x2B29) + le32(crc) + le32(size) + le32(size)
      + le16(UInt16(name.utf8.count)) + le16(0)
    bytes += le32(0x0403_4B50) + common + Array(name.utf8) + data
    directory +=
      le32(0x0201_4B50) + le16(0x031E) + common + le16(0) + le16(0) + le16(0) + le32(mode << 16)
      + le32(offset)
      + Array(name.utf8)
    count += 1
  }

  /// The archive with its central directory.
  public func finished(comment: String = "") -> [UInt8] {
    bytes + directory + le32(0x0605_4B50) + le16(0) + le16(0) + le16(count) + le16(count)
      + le32(UInt32(directory.count)) + le32(UInt32(bytes.count)) + le16(UInt16(comment.utf8.count))
      + Array(comment.utf8)
  }

  private func le16(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
  private func le32(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// The checksum of zip and gzip.
  public static func crc32(_ data: [UInt8]) -> UInt32 {
    ~data.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }
}
