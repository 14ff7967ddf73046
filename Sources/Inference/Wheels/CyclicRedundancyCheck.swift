/// The CRC-32 of zip files, for telling which member of a source archive an entry is.
struct CyclicRedundancyCheck {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  private var state: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~state }

  mutating func update(_ bytes: RawSpan) {
    var state = state
    let table = Self.table
    for place in 0..<bytes.byteCount {
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)
      state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8)
    }
    self.state = state
  }
}
