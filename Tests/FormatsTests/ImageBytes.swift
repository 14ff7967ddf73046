/// Bytes of an image that a test puts together from fields at places.
struct ImageBytes {
  private(set) var bytes: [UInt8]

  init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

  mutating func put(_ value: [UInt8], at place: Int) {
    bytes.replaceSubrange(place..<place + value.count, with: value)
  }

  mutating func put(_ text: String, at place: Int) { put(Array(text.utf8), at: place) }

  mutating func put<Number: FixedWidthInteger>(big value: Number, at place: Int) { put(Self.big(value), at: place) }

  mutating func put<Number: FixedWidthInteger>(little value: Number, at place: Int) {
    put(Self.big(value).reversed(), at: place)
  }

  static func big<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
