/// Decodes DEFLATE (RFC 1951) in small amounts, where a parser must read tables that are compressed.
///
/// Contents of files are not for it: they are `Shape.file` regions, which others decode.
struct Inflate {
  private let input: [UInt8]
  private let limit: Int
  private var place: Int
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var output: [UInt8] = []

  /// The bytes of a zlib stream (RFC 1950); nil where it is broken or gives more than the limit.
  static func zlib(_ input: [UInt8], limit: Int) -> [UInt8]? {
    guard input.count > 6, input[0] & 15 == 8, input[1] & 0x20 == 0 else { return nil }
    var decoder = Inflate(input: input, limit: limit, place: 2)
    return decoder.run() ? decoder.output : nil
  }

  private init(input: [UInt8], limit: Int, place: Int) { (self.input, self.limit, self.place) = (input, limit, place) }

  private mutating func run() -> Bool {
    while true {
      guard let isLast = take(1), let kind = take(2) else { return false }
      let isGood: Bool
      switch kind {
      case 0: isGood = stored()
      case 1: isGood = Self.fixed.map { block($0.lengths, $0.distances) } ?? false
      case 2: isGood = dynamic()
      default: isGood = false
      }
      guard isGood else { return false }
      if isLast == 1 { return true }
    }
  }

  private mutating func take(_ count: Int) -> Int? {
    while bitCount < count {
      guard place < input.count else { return nil }
      bits |= UInt32(input[place]) << UInt32(bitCount)
      place += 1
      bitCount += 8
    }
    let value = Int(bits & ((1 << UInt32(count)) - 1))
    bits >>= UInt32(count)
    bitCount -= count
    return value
  }

  private mutating func stored() -> Bool {
    // The rest of the byte is not used; whole bytes that were taken ahead are given back.
    place -= bitCount / 8
    (bits, bitCount) = (0, 0)
    guard place + 4 <= input.count else { return false }
    let count = Int(input[place]) | Int(input[place + 1]) << 8
    place += 4
    guard count <= input.count - place, count <= limit - output.count else { return false }
    output += input[place..<place + count]
    place += count
    return true
  }

  private mutating func dynamic() -> Bool {
    guard let lengthCount = take(5), let distanceCount = take(5), let codeCount = take(4) else { return false }
    var codeLengths = [Int](repeating: 0, count: 19)
    for index in 0..<codeCount + 4 {
      guard let length = take(3) else { return false }
      codeLengths[Self.codeOrder[index]] = length
    }
    guard let codes = Huffman(codeLengths) else { return false }
    let total = lengthCount + 257 + distanceCount + 1
    var lengths: [Int] = []
    while lengths.count < total {
      guard let symbol = decode(codes) else { return false }
      switch symbol {
      case 0..<16: lengths.append(symbol)
      case 16:
        guard let last = lengths.last, let more = take(2) else { return false }
        lengths += [Int](repeating: last, count: more + 3)
      default:
        guard let more = symbol == 17 ? take(3) : take(7) else { return false }
        lengths += [Int](repeating: 0, count: more + (symbol == 17 ? 3 : 11))
      }
    }
    guard lengths.count == total, let first = Huffman(Array(lengths[..<(lengthCount + 257)])),
      let second = Huffman(Array(lengths[(lengthCount + 257)...]))
    else { return false }
    return block(first, second)
  }

  private mutating func block(_ lengths: Huffman, _ distances: Huffman) -> Bool {
    while let symbol = decode(lengths) {
      if symbol < 256 {
        guard output.count < limit else { return false }
        output.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return true }
      guard symbol - 257 < Self.lengthBase.count, let more = take(Self.lengthBits[symbol - 257]),
        let code = decode(distances), code < Self.distanceBase.count, let further = take(Self.distanceBits[code])
      else { return false }
      let count = Self.lengthBase[symbol - 257] + more
      let distance = Self.distanceBase[code] + further
      guard distance <= output.count, count <= limit - output.count else { return false }
      for _ in 0..<count { output.append(output[output.count - distance]) }
    }
    return false
  }

  private mutating func decode(_ codes: Huffman) -> Int? {
    var (code, first, index) = (0, 0, 0)
    for length in 1...15 {
      guard let bit = take(1) else { return nil }
      code |= bit
      let count = codes.counts[length]
      if code - count < first { return codes.symbols[index + code - first] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }

  /// A code by how many of its words have each length, and its symbols in order.
  private struct Huffman {
    private(set) var counts = [Int](repeating: 0, count: 16)
    private(set) var symbols: [Int] = []

    /// Nil where more words are asked for than there are.
    init?(_ lengths: [Int]) {
      for length in lengths where length > 0 { counts[length] += 1 }
      var left = 1
      for length in 1...15 {
        left = left << 1 - counts[length]
        guard left >= 0 else { return nil }
      }
      for length in 1...15 where counts[length] > 0 {
        symbols += lengths.indices.filter { lengths[$0] == length }
      }
    }
  }

  private static let fixed: (lengths: Huffman, distances: Huffman)? = {
    let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    guard let first = Huffman(lengths), let second = Huffman([Int](repeating: 5, count: 30)) else { return nil }
    return (first, second)
  }()

  private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]

  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]

  private static let distanceBase = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12_289, 16_385, 24_577,
  ]

  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]
}
