import Model

/// The constants of a class, by number from 1.
struct JavaConstantPool: Structure {
  /// The most bytes of a text that become a part of a name.
  private static let nameLimit = 120

  /// Where each constant is, from its tag; zero for a number that has none.
  private let places: [Int64]
  /// The first byte behind the constants.
  let end: Int64
  private let start: Int64
  private let bytes: [UInt8]

  /// Finds the constants; `start` is where their count is.
  init(_ source: inout ByteSource, at start: Int64) throws(FormatError) {
    let count = try source.u16(at: start, .big)
    var places: [Int64] = [0]
    var place = start + 2
    while places.count < count {
      places.append(place)
      let tag = try source.byte(at: place)
      switch tag {
      case 1: place += 3 + Int64(try source.u16(at: place + 1, .big))
      case 3, 4, 9, 10, 11, 12, 17, 18: place += 5
      case 5, 6:
        // Numbers of eight bytes take two numbers.
        places.append(0)
        place += 9
      case 7, 8, 16, 19, 20: place += 3
      case 15: place += 4
      default: throw .malformed(at: place, "a constant is of no kind")
      }
    }
    self.places = places
    self.start = start
    end = place
    bytes = try source.bytes(at: start, count: Int(place - start))
  }

  private func byte(_ place: Int64) -> UInt8 { bytes[Int(place - start)] }

  private func u16(_ place: Int64) -> Int { Int(byte(place)) << 8 | Int(byte(place + 1)) }

  /// A constant's text; empty where it is none.
  func utf8(_ index: Int) -> String {
    guard index > 0, index < places.count, places[index] > 0, byte(places[index]) == 1 else { return "" }
    let place = Int(places[index] - start) + 3
    return ExactText.text(Array(bytes[place..<place + min(u16(places[index] + 1), Self.nameLimit)]))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var literals: Set<Int> = []
    for place in places where place > 0 && byte(place) == 8 { literals.insert(u16(place + 1)) }
    for (index, place) in places.enumerated() where place > 0 {
      let tag = byte(place)
      let next = places[(index + 1)...].first { $0 > 0 } ?? end
      let text = text(index, depth: 0)
      let isLiteral = literals.contains(index)
      let name = "\(isLiteral ? "literal" : Self.kinds[tag] ?? "constant") \(text)"
      switch tag {
      case 1:
        try layout.add(
          name, at: place, count: next - place, .field(.custom { ExactText.text(Array($0.dropFirst(3))) }),
          role: isLiteral ? .text : .name)
      case 3...6:
        try layout.add(
          Self.kinds[tag] ?? "", at: place, count: next - place, .field(.custom(Self.number)), role: .data)
      default:
        // What a reference refers to is in its name; its bytes are numbers of other constants.
        try layout.add(name, at: place, count: next - place, .field(.bytes), role: .offset)
      }
    }
  }

  /// What a constant refers to, resolved.
  private func text(_ index: Int, depth: Int) -> String {
    guard depth < 4, index > 0, index < places.count, places[index] > 0 else { return "" }
    let place = places[index]
    switch byte(place) {
    case 1: return utf8(index)
    case 7, 8, 16, 19, 20: return utf8(u16(place + 1))
    case 9, 10, 11, 12, 17, 18:
      let second = text(u16(place + 3), depth: depth + 1)
      // The first of a dynamic constant is the number of its bootstrap method.
      return byte(place) >= 17 ? second : text(u16(place + 1), depth: depth + 1) + "." + second
    case 15: return text(u16(place + 2), depth: depth + 1)
    default: return ""
    }
  }

  /// The constant that two bytes are the number of.
  @Sendable func name(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 2 else { return nil }
    let index = Int(bytes[0]) << 8 | Int(bytes[1])
    return "\(index): \(text(index, depth: 0))"
  }

  /// What a constant is, the same for no other one: without the numbers of those that it refers to.
  func meaning(_ index: Int, depth: Int = 0) -> String {
    guard depth < 4, index > 0, index < places.count, places[index] > 0 else { return "none" }
    let place = places[index]
    let kind = Self.kinds[byte(place)] ?? ""
    switch byte(place) {
    // Longer texts are told apart by their numbers.
    case 1: return u16(place + 1) > Self.nameLimit ? "text #\(index)" : "text \(utf8(index))"
    case 3...6:
      let end = places[(index + 1)...].first { $0 > 0 } ?? end
      return "\(kind) \(Hexadecimal.string(bytes[Int(place - start)..<Int(end - start)]))"
    case 7, 8, 16, 19, 20: return "\(kind) \(meaning(u16(place + 1), depth: depth + 1))"
    case 9...12:
      return "\(kind) \(meaning(u16(place + 1), depth: depth + 1)) \(meaning(u16(place + 3), depth: depth + 1))"
    case 15: return "\(kind) \(byte(place + 1)) \(meaning(u16(place + 2), depth: depth + 1))"
    default: return "\(kind) \(u16(place + 1)) \(meaning(u16(place + 3), depth: depth + 1))"
    }
  }

  private static let kinds: [UInt8: String] = [
    1: "text", 3: "integer", 4: "float", 5: "long", 6: "double", 7: "class", 8: "string", 9: "field reference",
    10: "method reference", 11: "interface method reference", 12: "name and type", 15: "method handle",
    16: "method type", 17: "dynamic constant", 18: "dynamic call", 19: "module", 20: "package",
  ]

  @Sendable private static func number(_ bytes: [UInt8]) -> String? {
    guard let tag = bytes.first, bytes.count == 5 || bytes.count == 9 else { return nil }
    let bits = bytes.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch tag {
    case 3: return String(Int32(truncatingIfNeeded: bits))
    case 4: return String(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case 5: return String(Int64(bitPattern: bits))
    default: return String(Double(bitPattern: bits))
    }
  }
}
