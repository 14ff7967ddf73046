import Model

/// The elements of the long lists of a report as JSON, with the bytes that Foundation's encoder gives them, sorted and
/// pretty-printed, at a fraction of its time.
struct JSONElements {
  private var bytes: [UInt8] = []
  private var depth: Int

  private init(indentation: Int) { depth = indentation / 2 + 1 }

  /// The elements of a list whose closing bracket is so far indented, without the brackets; nil for lists and values that
  /// this does not know.
  static func lines(_ list: [some Encodable], indentation: Int) -> [UInt8]? {
    guard isKnown else { return nil }
    var elements = JSONElements(indentation: indentation)
    if let differences = list as? [Difference] {
      elements.reserve(512 * differences.count)
      elements.list(differences) { $0.add($1) }
    } else if let accounting = list as? [Accounting] {
      elements.reserve(512 * accounting.count)
      elements.list(accounting) { $0.add($1) }
    } else {
      return nil
    }
    return elements.bytes
  }

  /// Whether the values have the fields that are written here and no others.
  private static let isKnown: Bool = {
    func count(_ value: Any) -> Int { Mirror(reflecting: value).children.count }
    let size = Accounting.Count(size: 0)
    return count(Difference(path: [], kind: .bytes)) == 14 && count(Cause(name: "", confidence: 0, evidence: "")) == 4
      && count(Accounting(path: [], shipped: size, rebuilt: size)) == 5 && count(size) == 4
      && count(Accounting.Segment(length: 0, state: .equal)) == 2
  }()

  private mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  private mutating func add(_ difference: Difference) {
    object { object in
      if let cause = difference.cause {
        object.key("cause")
        object.object { object in
          object.key("confidence")
          object.number(cause.confidence)
          object.text("evidence", cause.evidence)
          object.text("follows", cause.follows)
          object.text("name", cause.name)
        }
      }
      object.text("exception", difference.exception)
      object.text("fix", difference.fix)
      object.text("format", difference.format)
      object.text("id", difference.id)
      object.text("kind", difference.kind.rawValue)
      object.number("length", difference.length)
      object.number("offset", difference.offset)
      object.path(difference.path)
      object.text("places", difference.places)
      object.text("rebuilt", difference.rebuilt)
      object.text("region", difference.region)
      object.text("role", difference.role?.rawValue)
      object.text("shipped", difference.shipped)
    }
  }

  private mutating func add(_ accounting: Accounting) {
    object { object in
      object.text("format", accounting.format)
      object.path(accounting.path)
      object.count("rebuilt", accounting.rebuilt)
      object.key("segments")
      object.array(accounting.segments) { array, segment in
        array.object { object in
          object.number("length", segment.length)
          object.text("state", segment.state.rawValue)
        }
      }
      object.count("shipped", accounting.shipped)
    }
  }

  private mutating func count(_ name: String, _ count: Accounting.Count) {
    key(name)
    object { object in
      object.number("equal", count.equal)
      object.number("named", count.named)
      object.number("size", count.size)
      object.number("unexplained", count.unexplained)
    }
  }

  private mutating func path(_ path: [String]) {
    key("path")
    array(path) { $0.quoted($1) }
  }

  /// Begins a line, after a comma where it is not the first of its object or list.
  private mutating func newLine() {
    if let last = bytes.last, last != UInt8(ascii: "\n") {
      bytes.append(UInt8(ascii: ","))
      bytes.append(UInt8(ascii: "\n"))
    }
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func list<Element>(_ elements: [Element], _ add: (inout Self, Element) -> Void) {
    for element in elements {
      newLine()
      add(&self, element)
    }
  }

  private mutating func array<Element>(_ elements: [Element], _ add: (inout Self, Element) -> Void) {
    bytes += Array("[\n".utf8)
    depth += 1
    list(elements, add)
    depth -= 1
    close(UInt8(ascii: "]"))
  }

  private mutating func object(_ add: (inout Self) -> Void) {
    bytes += Array("{\n".utf8)
    depth += 1
    add(&self)
    depth -= 1
    close(UInt8(ascii: "}"))
  }

  private mutating func close(_ bracket: UInt8) {
    // What is empty has an empty line.
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    bytes.append(bracket)
  }

  private mutating func key(_ name: String) {
    newLine()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: name.utf8)
    bytes += Array("\" : ".utf8)
  }

  private mutating func text(_ name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    quoted(value)
  }

  private mutating func number(_ name: String, _ value: Int64?) {
    guard let value else { return }
    key(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  private mutating func number(_ value: Double) {
    let text = String(value)
    bytes.append(contentsOf: (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8)
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    // Most texts are as they are.
    let isPlain = text.withUTF8 { utf8 in
      let isPlain = unsafe utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
      if isPlain { unsafe bytes.append(contentsOf: utf8) }
      return isPlain
    }
    if !isPlain { escaped(text) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x20...: bytes.append(byte)
      case 0x08: bytes += Array("\\b".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0C: bytes += Array("\\f".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      default: bytes += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      }
    }
  }
}
