import Model

/// Reads Python's marshal format, and notes where the parts of code objects are.
struct MarshalReader {
  /// One code object.
  struct Code {
    /// The index of the one that has it as a constant.
    let parent: Int?
    let start: Int64
    var parts: [(name: String, range: Range<Int64>)] = []
    /// Where the first of its constants begins, behind their count; nil where they are no tuple.
    var firstConstant: Int64?
    /// Where its constants are that are no code objects, in runs, and the index of the code object before each run.
    var constants: [(range: Range<Int64>, after: Int?)] = []
  }

  /// Objects may be within each other so deep.
  private static let depthLimit = 100

  private(set) var place: Int64
  let end: Int64
  let version: PythonVersion
  /// Where the objects begin that later ones refer to.
  private(set) var references: [Int64] = []
  /// Where the texts begin that later ones refer to, in Python 2.
  private(set) var interned: [Int64] = []
  private(set) var codes: [Code] = []

  init(place: Int64, end: Int64, version: PythonVersion) {
    self.place = place
    self.end = end
    self.version = version
  }

  /// Moves behind one object.
  mutating func object(_ source: inout ByteSource) throws(FormatError) {
    _ = try object(&source, within: nil, depth: 0)
  }

  /// Moves behind one object; true where there was the mark of an end instead.
  private mutating func object(
    _ source: inout ByteSource, within code: Int?, depth: Int
  ) throws(FormatError) -> Bool {
    guard depth < Self.depthLimit else { throw .tooMuch("objects within objects") }
    let start = place
    guard place < end else { throw .truncated(at: place) }
    let byte = try source.byte(at: place)
    place += 1
    if byte & 0x80 != 0 { references.append(start) }
    let kind = byte & 0x7F
    switch kind {
    case UInt8(ascii: "0"): return true
    case UInt8(ascii: "c"): try codeObject(&source, start, within: code, depth: depth)
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ")"):
      let count = try count(&source, isShort: kind == UInt8(ascii: ")"))
      for _ in 0..<count { _ = try object(&source, within: code, depth: depth + 1) }
    case UInt8(ascii: "{"):
      while try !object(&source, within: code, depth: depth + 1) {
        _ = try object(&source, within: code, depth: depth + 1)
      }
    case UInt8(ascii: ":"):
      for _ in 0..<3 { _ = try object(&source, within: code, depth: depth + 1) }
    default:
      if kind == UInt8(ascii: "t"), version.isTwo { interned.append(start) }
      try skip(try Self.length(kind, &source, place))
    }
    return false
  }

  private mutating func count(_ source: inout ByteSource, isShort: Bool) throws(FormatError) -> Int64 {
    let count = isShort ? Int64(try source.byte(at: place)) : try source.u32(at: place)
    try skip(isShort ? 1 : 4)
    return count
  }

  private mutating func skip(_ count: Int64) throws(FormatError) {
    guard count >= 0, count <= end - place else { throw .truncated(at: end) }
    place += count
  }

  /// How many bytes an object without parts has after its type.
  private static func length(
    _ kind: UInt8, _ source: inout ByteSource, _ place: Int64
  ) throws(FormatError) -> Int64 {
    switch Character(UnicodeScalar(kind)) {
    case "N", "F", "T", "S", ".": return 0
    case "i", "r", "R": return 4
    case "I", "g": return 8
    case "y": return 16
    case "f": return Int64(try source.byte(at: place)) + 1
    case "x":
      let first = Int64(try source.byte(at: place)) + 1
      return try first + Int64(source.byte(at: place + first)) + 1
    case "l":
      let digits = Int64(Int32(truncatingIfNeeded: try source.u32(at: place)))
      return 4 + 2 * abs(digits)
    case "s", "t", "u", "a", "A": return try 4 + source.u32(at: place)
    case "z", "Z": return Int64(try source.byte(at: place)) + 1
    default: throw .malformed(at: place - 1, "an object is of no kind")
    }
  }

  private mutating func codeObject(
    _ source: inout ByteSource, _ start: Int64, within parent: Int?, depth: Int
  ) throws(FormatError) {
    let index = codes.count
    codes.append(Code(parent: parent, start: start))
    for (name, isNumber) in version.codeParts {
      let partStart = place
      if isNumber {
        try skip(4)
      } else if name == "constants" {
        try constants(&source, of: index, depth: depth)
      } else {
        _ = try object(&source, within: index, depth: depth + 1)
      }
      codes[index].parts.append((name, partStart..<place))
    }
  }

  /// The tuple of constants: runs of plain ones between code objects.
  private mutating func constants(
    _ source: inout ByteSource, of code: Int, depth: Int
  ) throws(FormatError) {
    let byte = try source.byte(at: place)
    let kind = byte & 0x7F
    guard kind == UInt8(ascii: "(") || kind == UInt8(ascii: ")") else {
      _ = try object(&source, within: code, depth: depth + 1)
      return
    }
    if byte & 0x80 != 0 { references.append(place) }
    place += 1
    let count = try count(&source, isShort: kind == UInt8(ascii: ")"))
    codes[code].firstConstant = place
    var run = place
    var before: Int?
    for _ in 0..<count {
      let start = place
      guard start < end else { throw .truncated(at: end) }
      let isCode = try source.byte(at: start) & 0x7F == UInt8(ascii: "c")
      let next = codes.count
      _ = try object(&source, within: code, depth: depth + 1)
      guard isCode else { continue }
      if start > run { codes[code].constants.append((run..<start, before)) }
      (run, before) = (place, next)
    }
    if place > run { codes[code].constants.append((run..<place, before)) }
  }
}
