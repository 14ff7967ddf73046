/// A POSIX ustar header block.
public struct TarHeader: Sendable {
  /// A field by its place in the block.
  public enum Field: Sendable {
    case name, mode, userID, groupID, size, modified, link

    var range: Range<Int> {
      switch self {
      case .name: 0..<100
      case .mode: 100..<108
      case .userID: 108..<116
      case .groupID: 116..<124
      case .size: 124..<136
      case .modified: 136..<148
      case .link: 157..<257
      }
    }
  }

  /// The size of a block in bytes; headers and data fill whole ones.
  public static let blockSize = 512

  /// How many zeros follow so many bytes of data.
  public static func padding(_ count: Int) -> Int { (blockSize - count % blockSize) % blockSize }

  private var block: [UInt8]

  /// Makes a header of no name, no size, and no owner.
  public init() {
    block = [UInt8](repeating: 0, count: 512)
    block.replaceSubrange(257..<265, with: Array("ustar\u{0}00".utf8))
    set(0, .size)
    set(0, in: 329..<337)
    set(0, in: 337..<345)
  }

  /// The type flag.
  public var type: UInt8 {
    get { block[156] }
    set { block[156] = newValue }
  }

  /// Sets a text; false when there is no room for it, and then the field keeps what fits.
  @discardableResult
  public mutating func set(_ text: [UInt8], _ field: Field) -> Bool {
    let fitting = text.prefix(field.range.count)
    block.replaceSubrange(field.range.lowerBound..<(field.range.lowerBound + fitting.count), with: fitting)
    return fitting.count == text.count
  }

  /// Sets a number; false when there is no room for it, and then the field is zero.
  @discardableResult
  public mutating func set(_ number: UInt64, _ field: Field) -> Bool { set(number, in: field.range) }

  @discardableResult
  private mutating func set(_ number: UInt64, in range: Range<Int>) -> Bool {
    let width = range.count - 1
    let digits = Array(String(number, radix: 8).utf8)
    let fits = digits.count <= width
    let written = fits ? digits : [UInt8(ascii: "0")]
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: width - written.count)
    block.replaceSubrange(range, with: zeros + written + [0])
    return fits
  }

  /// The block with its checksum.
  public var bytes: [UInt8] {
    var block = block
    block.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: " "), count: 8))
    let digits = Array(String(block.reduce(0) { $0 + Int($1) }, radix: 8).utf8)
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 6 - digits.count)
    block.replaceSubrange(148..<156, with: zeros + digits + [0, UInt8(ascii: " ")])
    return block
  }
}

/// The records of a pax extended header, in the order in which they were added.
public struct PaxRecords: Sendable {
  /// All of them, as the header's data.
  public private(set) var bytes: [UInt8] = []

  /// Makes none.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { bytes.isEmpty }

  /// Adds `LENGTH KEY=VALUE\n`, where the length counts its own digits.
  public mutating func add(_ key: String, _ value: [UInt8]) { add(Array(key.utf8), value) }

  /// Adds `LENGTH KEY=VALUE\n`, where the length counts its own digits.
  public mutating func add(_ key: [UInt8], _ value: [UInt8]) {
    let rest = 1 + key.count + 1 + value.count + 1
    var length = rest + 1
    while String(length).utf8.count + rest != length { length = String(length).utf8.count + rest }
    bytes += Array("\(length) ".utf8) + key + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
  }
}

extension PaxRecords {
  /// The pax header that carries the records: its block, its data, and zeros up to the next block.
  public var header: [UInt8] {
    var header = TarHeader()
    header.set(Array("././@PaxHeader".utf8), .name)
    header.set(0o644, .mode)
    header.set(0, .userID)
    header.set(0, .groupID)
    header.set(0, .modified)
    header.set(UInt64(bytes.count), .size)
    header.type = UInt8(ascii: "x")
    return header.bytes + bytes + [UInt8](repeating: 0, count: TarHeader.padding(bytes.count))
  }
}
