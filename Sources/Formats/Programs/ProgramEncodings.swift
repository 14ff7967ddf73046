import Model

extension Encoding {
  /// Seconds since 1970 that may as well be a digest: the date and the number.
  static func stamp(_ order: ByteOrder) -> Encoding {
    .custom { bytes in
      guard (1...8).contains(bytes.count) else { return nil }
      let ordered = order == .big ? bytes : bytes.reversed()
      let number = ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard number != 0 else { return "none" }
      return "\(Encoding.seconds(order).text(bytes)) (0x\(String(number, radix: 16)))"
    }
  }

  /// Two halves of a version, the larger unit first.
  static let majorMinorBytes = Encoding.custom { bytes in
    bytes.count == 2 ? "\(bytes[0]).\(bytes[1])" : nil
  }

  /// A GUID as Windows stores it: the first three parts little-endian.
  static let guid = Encoding.custom { bytes in
    guard bytes.count == 16 else { return nil }
    let parts = [
      Array(bytes[0..<4].reversed()), Array(bytes[4..<6].reversed()), Array(bytes[6..<8].reversed()),
      Array(bytes[8..<10]), Array(bytes[10...]),
    ]
    return parts.map { Hexadecimal.string($0) }.joined(separator: "-")
  }

  /// Text in UTF-16, little-endian, without the NULs at its end.
  static let utf16 = Encoding.custom { bytes in
    var units: [UInt16] = []
    for index in stride(from: 0, to: min(bytes.count, textLimit) - 1, by: 2) {
      units.append(UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
    }
    while units.last == 0 { units.removeLast() }
    return String(decoding: units, as: UTF16.self)
  }
}
