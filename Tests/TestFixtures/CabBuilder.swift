/// Writes cabinets of one uncompressed folder in one block.
public enum CabBuilder {
  /// The cabinet's bytes; all files together must be below 32 KiB.
  public static func cabinet(_ files: [(name: String, data: [UInt8])]) -> [UInt8] {
    let data = files.flatMap(\.data)
    var entries: [UInt8] = []
    var offset = 0
    for file in files {
      // Size, offset in the folder, folder 0, date and time, the attribute that the name is UTF-8.
      entries += le(file.data.count, 4) + le(offset, 4) + le(0, 2) + le(0x2B29, 2) + le(0x0D60, 2) + le(0x80, 2)
      entries += Array(file.name.utf8) + [0]
      offset += file.data.count
    }
    let filesOffset = 36 + 8
    let dataOffset = filesOffset + entries.count
    // A checksum of zero says that there is none.
    let block = le(0, 4) + le(data.count, 2) + le(data.count, 2) + data
    let header =
      Array("MSCF".utf8) + le(0, 4) + le(dataOffset + block.count, 4) + le(0, 4) + le(filesOffset, 4) + le(0, 4)
      + [3, 1] + le(1, 2) + le(files.count, 2) + le(0, 2) + le(0, 2) + le(0, 2)
    return header + le(dataOffset, 4) + le(1, 2) + le(0, 2) + entries + block
  }

  private static func le(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
