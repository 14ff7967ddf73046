/// Wraps a cpio archive as an RPM package, version 3, with headers that say nothing.
public enum RpmBuilder {
  /// The package's bytes.
  public static func package(_ payload: [UInt8]) -> [UInt8] {
    let lead: [UInt8] = [0xED, 0xAB, 0xEE, 0xDB, 3, 0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 86)
    // A header: its magic, four reserved bytes, one index entry, its data of eight bytes.
    let header: [UInt8] =
      [0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0] + [0, 0, 0, 1] + [0, 0, 0, 8]
      + [0, 0, 3, 0xE8, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8] + [UInt8](repeating: 0, count: 8)
    return lead + header + header + payload
  }
}
