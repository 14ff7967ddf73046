import Model

/// How a field's bytes become a value that people read.
public enum Encoding: Sendable {
  /// Hexadecimal pairs.
  case bytes
  /// Text, NULs and spaces at its end left out; bytes that are no UTF-8 are shown as `\xNN`.
  case text
  /// A number, decimal.
  case unsigned(ByteOrder)
  /// A number that may be negative, decimal.
  case signed(ByteOrder)
  /// A number, hexadecimal.
  case hexadecimal(ByteOrder)
  /// Seconds since 1970, binary.
  case seconds(ByteOrder)
  /// Seconds since 1970 as decimal digits.
  case decimalSeconds
  /// Seconds since 1970 as octal digits.
  case octalSeconds
  /// Permission bits as octal digits.
  case octalMode
  /// Permission bits, binary.
  case mode(ByteOrder)
  /// MS-DOS time, then date, two bytes each, little-endian; it has no time zone.
  case dosTime
  /// One of these numbers; another one is shown as it is.
  case names(ByteOrder, [UInt64: String])
  /// Any of these bits; other bits are shown as they are.
  case bits(ByteOrder, [(bit: UInt64, name: String)])
  /// As the format itself says; nil where the bytes make no sense as such.
  case custom(@Sendable ([UInt8]) -> String?)

  /// The most bytes of a value that are shown as text; what is longer is told by its beginning and length.
  public static let textLimit = 64 << 10

  /// The value as people read it.
  public func text(_ bytes: [UInt8]) -> String {
    switch self {
    case .bytes: Hexadecimal.string(bytes)
    case .text: Self.trimmed(bytes)
    case .unsigned(let order): Self.number(bytes, order).map { String($0) } ?? Hexadecimal.string(bytes)
    case .signed(let order): Self.signed(bytes, order).map { String($0) } ?? Hexadecimal.string(bytes)
    case .hexadecimal(let order):
      Self.number(bytes, order).map { "0x" + String($0, radix: 16) } ?? Hexadecimal.string(bytes)
    case .seconds(let order): Self.seconds(Self.number(bytes, order)) ?? Hexadecimal.string(bytes)
    case .decimalSeconds: Self.seconds(Self.digits(bytes, radix: 10)) ?? Self.trimmed(bytes)
    case .octalSeconds: Self.seconds(Self.digits(bytes, radix: 8)) ?? Self.trimmed(bytes)
    case .octalMode: Self.digits(bytes, radix: 8).map(Self.mode) ?? Self.trimmed(bytes)
    case .mode(let order): Self.number(bytes, order).map(Self.mode) ?? Hexadecimal.string(bytes)
    case .dosTime: Self.dosTime(bytes) ?? Hexadecimal.string(bytes)
    case .names(let order, let names):
      Self.number(bytes, order).map { number in
        names[number].map { "\($0) (\(number))" } ?? String(number)
      } ?? Hexadecimal.string(bytes)
    case .bits(let order, let names):
      Self.number(bytes, order).map { Self.bits($0, names) } ?? Hexadecimal.string(bytes)
    case .custom(let read): read(bytes) ?? Hexadecimal.string(bytes)
    }
  }

  private static func number(_ bytes: [UInt8], _ order: ByteOrder) -> UInt64? {
    guard (1...8).contains(bytes.count) else { return nil }
    let ordered = order == .big ? bytes : bytes.reversed()
    return ordered.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func signed(_ bytes: [UInt8], _ order: ByteOrder) -> Int64? {
    guard let number = number(bytes, order) else { return nil }
    let unused = 64 - 8 * bytes.count
    return Int64(bitPattern: number << UInt64(unused)) >> Int64(unused)
  }

  /// Digits with spaces or NULs around them.
  private static func digits(_ bytes: [UInt8], radix: Int) -> UInt64? {
    let text = trimmed(bytes).drop { $0 == " " }
    return text.first == "+" ? nil : UInt64(text, radix: radix)
  }

  private static func seconds(_ number: UInt64?) -> String? {
    number.flatMap { Int64(exactly: $0) }.map { TimeText.text($0) }
  }

  private static func mode(_ number: UInt64) -> String { "0" + String(number, radix: 8) }

  private static func bits(_ number: UInt64, _ names: [(bit: UInt64, name: String)]) -> String {
    var rest = number
    var found: [String] = []
    for (bit, name) in names where number & bit == bit && bit != 0 {
      found.append(name)
      rest &= ~bit
    }
    if rest != 0 { found.append("0x" + String(rest, radix: 16)) }
    return found.isEmpty ? "none" : found.joined(separator: ", ")
  }

  private static func dosTime(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 else { return nil }
    let (time, date) = (Int(bytes[0]) | Int(bytes[1]) << 8, Int(bytes[2]) | Int(bytes[3]) << 8)
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    return "\(1980 + date >> 9)-\(padded(date >> 5 & 15))-\(padded(date & 31)) "
      + "\(padded(time >> 11)):\(padded(time >> 5 & 63)):\(padded((time & 31) * 2))"
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    let end = bytes.lastIndex { $0 != 0 && $0 != 0x20 && $0 != 0x0A }.map { $0 + 1 } ?? 0
    return ExactText.text(Array(bytes[..<min(end, textLimit)]))
  }
}
