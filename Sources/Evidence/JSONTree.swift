/// A value of JSON, RFC 8259, with the members of objects in the order in which they are written.
public indirect enum JSONTree: Hashable, Sendable {
  case null
  case bool(Bool)
  /// As it is written.
  case number(String)
  case text(String)
  case list([JSONTree])
  case object([Member])

  /// One name of an object and its value.
  public struct Member: Hashable, Sendable {
    /// Once in an object.
    public let name: String
    /// What it stands for.
    public let value: JSONTree

    /// Makes a member of its parts.
    public init(_ name: String, _ value: JSONTree) {
      self.name = name
      self.value = value
    }
  }

  /// A whole number.
  public static func integer(_ number: some BinaryInteger) -> JSONTree { .number(String(number)) }

  /// An object without the members whose value is nil.
  public static func members(_ members: KeyValuePairs<String, JSONTree?>) -> JSONTree {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  /// An object of texts, sorted by the bytes of the names.
  public static func texts(_ texts: [String: String]) -> JSONTree {
    .object(texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { Member($0.key, .text($0.value)) })
  }

  /// The value of a name in an object; nil when there is none or this is no object.
  public subscript(name: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text that this is.
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The values of the list that this is.
  public var list: [JSONTree]? { if case .list(let list) = self { list } else { nil } }
  /// The members of the object that this is.
  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  /// The whole number that this is.
  public var integer: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }

  /// The value as bytes: without white space, and the same for the same value.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  private func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += Array("null".utf8)
    case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
    case .number(let digits): bytes += Array(digits.utf8)
    case .text(let text): Self.write(text, to: &bytes)
    case .list(let list):
      bytes.append(UInt8(ascii: "["))
      for (place, value) in list.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (place, member) in members.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Only what must be is escaped, the control characters beyond ASCII's first not among it.
  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case ..<0x20: bytes += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
