/// What `[build-system]` of a pyproject.toml says (PEP 518, PEP 517).
struct BuildSystemTable: Hashable, Sendable {
  /// The requirements; nil when the table does not list them.
  var requires: [String]?
  /// The back end's object, for example `flit_core.buildapi`.
  var backend: String?
  /// Folders of the source that the back end itself is in.
  var backendPath: [String]?

  /// The longest file that is read, in bytes.
  static let sizeLimit = 1 << 20

  /// Reads a pyproject.toml; nil when it is not the TOML that this reader knows, or is longer than it reads.
  init?(_ text: String) {
    guard text.utf8.count <= Self.sizeLimit else { return nil }
    var reader = TOMLScanner(text)
    guard let values = reader.values(below: "build-system") else { return nil }
    if case .list(let items) = values["requires"] { requires = items }
    if case .text(let text) = values["build-backend"] { backend = text }
    if case .list(let items) = values["backend-path"] { backendPath = items }
  }
}

/// Reads the strings and lists of strings of one table of a TOML file, and steps over all else.
struct TOMLScanner {
  enum Value: Hashable {
    case text(String)
    case list([String])
    /// A number, a date, a table: of no use here.
    case other
  }

  private let bytes: [UInt8]
  private var place = 0
  private static let depthLimit = 50

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The values directly in a table, by their keys; nil when the file is no TOML.
  mutating func values(below table: String) -> [String: Value]? {
    var found: [String: Value] = [:]
    var current: [String] = []
    let wanted = table.split(separator: ".").map(String.init)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    while skipBlank(), place < bytes.count {
      if take("[") {
        let isList = take("[")
        guard let key = key(), take("]"), !isList || take("]") else { return nil }
        // Lists of tables are never the wanted one.
        current = isList ? key + ["[]"] : key
        continue
      }
      guard let key = key(), take("="), let value = value(depth: 0), endsLine() else { return nil }
      let path = current + key
      if path.count == wanted.count + 1, path.starts(with: wanted) { found[path[wanted.count]] = value }
    }
    return found
  }

  /// A key with its dotted parts.
  private mutating func key() -> [String]? {
    var parts: [String] = []
    repeat {
      skipSpaces()
      if let first = peek, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
        guard let part = string() else { return nil }
        parts.append(part)
      } else {
        let start = place
        while let byte = peek, Self.isBare(byte) { place += 1 }
        guard place > start else { return nil }
        parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
      }
      skipSpaces()
    } while parts.count < 20 && take(".")
    return parts
  }

  private mutating func value(depth: Int) -> Value? {
    skipSpaces()
    guard let first = peek, depth < Self.depthLimit else { return nil }
    switch first {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return string().map { .text($0) }
    case UInt8(ascii: "["):
      place += 1
      var items: [String] = []
      while true {
        skipBlank()
        if take("]") { return .list(items) }
        guard let item = value(depth: depth + 1) else { return nil }
        if case .text(let text) = item { items.append(text) }
        skipBlank()
        if !take(",") {
          guard take("]") else { return nil }
          return .list(items)
        }
      }
    case UInt8(ascii: "{"):
      place += 1
      while true {
        skipBlank()
        if take("}") { return .other }
        guard key() != nil, take("="), value(depth: depth + 1) != nil else { return nil }
        skipBlank()
        if !take(",") { return take("}") ? .other : nil }
      }
    default:
      let start = place
      while let byte = peek, Self.isBare(byte) || "+.:".utf8.contains(byte) || isSpaceOfTime { place += 1 }
      return place > start ? .other : nil
    }
  }

  /// A string of any of the four forms.
  private mutating func string() -> String? {
    guard let quote = peek else { return nil }
    let isLong = place + 2 < bytes.count && bytes[place + 1] == quote && bytes[place + 2] == quote
    place += isLong ? 3 : 1
    let escapes = quote == UInt8(ascii: "\"")
    var result: [UInt8] = []
    while let byte = peek {
      if byte == quote {
        if !isLong {
          place += 1
          return String(decoding: result, as: UTF8.self)
        }
        if place + 2 < bytes.count, bytes[place + 1] == quote, bytes[place + 2] == quote {
          place += 3
          return String(decoding: result, as: UTF8.self)
        }
      }
      if byte == UInt8(ascii: "\n"), !isLong { return nil }
      place += 1
      if byte == UInt8(ascii: "\\"), escapes {
        guard let escaped = peek else { return nil }
        place += 1
        switch escaped {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(escaped)
        // Other escapes are in no requirement.
        default: result += [UInt8(ascii: "\\"), escaped]
        }
      } else {
        result.append(byte)
      }
    }
    return nil
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ text: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: text) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpaces() {
    while let byte = peek, byte == 0x20 || byte == 0x09 { place += 1 }
  }

  /// Between a date and its time may be a space.
  private var isSpaceOfTime: Bool {
    peek == 0x20 && place + 1 < bytes.count && (0x30...0x39).contains(bytes[place + 1])
  }

  /// Whether nothing but a comment follows on the line.
  private mutating func endsLine() -> Bool {
    skipSpaces()
    return peek.map { "#\r\n".utf8.contains($0) } ?? true
  }

  /// Steps over spaces, line ends and comments.
  @discardableResult
  private mutating func skipBlank() -> Bool {
    while let byte = peek {
      if byte == UInt8(ascii: "#") {
        while let next = peek, next != 0x0A { place += 1 }
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        place += 1
      } else {
        break
      }
    }
    return true
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}
