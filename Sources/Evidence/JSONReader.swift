/// Reads JSON of which there are no two readings: no name twice, nothing after the value, no odd characters.
///
/// Readers that differ on such things let one text mean two things, one for who signs and one for who verifies.
struct JSONReader {
  /// How much is read of what an adversary may have written.
  struct Limits {
    /// In bytes.
    var size = 64 << 20
    /// Lists and objects within each other.
    var depth = 64
    /// Values, of all kinds.
    var values = 2_000_000
  }

  private let bytes: [UInt8]
  private let name: String
  private let limits: Limits
  private var place = 0
  private var values = 0

  /// Reads the one value of a text.
  ///
  /// - Parameter name: what it is called in an error.
  /// - Throws: `EvidenceError` with the place where it is wrong.
  static func read(_ bytes: [UInt8], named name: String, limits: Limits = Limits()) throws(EvidenceError) -> JSONTree {
    guard bytes.count <= limits.size else {
      throw EvidenceError(.tooMuch, "reading \(name): it has \(bytes.count) bytes, and at most \(limits.size) are read")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw EvidenceError(.malformed, "reading \(name): it is not UTF-8")
    }
    var reader = JSONReader(bytes: bytes, name: name, limits: limits)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.place == bytes.count else { throw reader.malformed("there is more after the value") }
    return value
  }

  private init(bytes: [UInt8], name: String, limits: Limits) {
    self.bytes = bytes
    self.name = name
    self.limits = limits
  }

  private mutating func value(depth: Int) throws(EvidenceError) -> JSONTree {
    skipSpace()
    values += 1
    guard depth <= limits.depth, values <= limits.values else {
      throw EvidenceError(
        .tooMuch,
        "reading \(name): at byte \(place) it is nested deeper than \(limits.depth) or has over \(limits.values) values"
      )
    }
    switch peek {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(let byte) where byte == UInt8(ascii: "-") || Self.isDigit(byte): return .number(try number())
    case .some: throw malformed("no value begins so")
    case nil: throw malformed("it ends where a value belongs")
    }
  }

  private mutating func object(_ depth: Int) throws(EvidenceError) -> JSONTree {
    place += 1
    var members: [JSONTree.Member] = []
    var names: Set<[UInt8]> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw malformed("a name in quotes belongs here") }
      let start = place
      let name = try text()
      // By bytes: two names that look alike are two.
      guard names.insert(Array(name.utf8)).inserted else {
        place = start
        throw malformed("the name \"\(name.prefix(40))\" is there twice")
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw malformed("a colon belongs here") }
      members.append(JSONTree.Member(name, try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw malformed("a comma or the end of the object belongs here") }
    }
  }

  private mutating func list(_ depth: Int) throws(EvidenceError) -> JSONTree {
    place += 1
    var values: [JSONTree] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .list([]) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .list(values) }
      guard take(UInt8(ascii: ",")) else { throw malformed("a comma or the end of the list belongs here") }
    }
  }

  private mutating func text() throws(EvidenceError) -> String {
    place += 1
    var content: [UInt8] = []
    while place < bytes.count {
      let start = place
      while place < bytes.count, bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\""),
        bytes[place] != UInt8(ascii: "\\")
      {
        place += 1
      }
      content.append(contentsOf: bytes[start..<place])
      if take(UInt8(ascii: "\"")) { return String(decoding: content, as: UTF8.self) }
      guard take(UInt8(ascii: "\\")) else { break }
      try escape(into: &content)
    }
    throw malformed(place < bytes.count ? "a control character is within a text" : "it ends within a text")
  }

  private mutating func escape(into content: inout [UInt8]) throws(EvidenceError) {
    guard let letter = peek else { throw malformed("it ends within a text") }
    place += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var code = try fourDigits()
      if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = try fourDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw malformed("half a character is escaped") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed("half a character is escaped") }
      content.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw malformed("there is no such escape")
    }
  }

  private mutating func fourDigits() throws(EvidenceError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw malformed("four hexadecimal digits belong here")
      }
      code = code << 4 | UInt32(digit)
      place += 1
    }
    return code
  }

  private mutating func number() throws(EvidenceError) -> String {
    let start = place
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func digits() throws(EvidenceError) {
    let start = place
    while let byte = peek, Self.isDigit(byte) { place += 1 }
    guard place > start else { throw malformed("a digit belongs here") }
  }

  private mutating func word(_ word: String, _ value: JSONTree) throws(EvidenceError) -> JSONTree {
    guard bytes[place...].starts(with: word.utf8) else { throw malformed("no value begins so") }
    place += word.utf8.count
    return value
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private func malformed(_ reason: String) -> EvidenceError {
    EvidenceError(.malformed, "reading \(name): at byte \(place) it is not the JSON that it must be: \(reason)")
  }
}
