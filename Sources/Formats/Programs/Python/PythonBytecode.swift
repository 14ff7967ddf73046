import Model

/// A Python module compiled to byte code (`.pyc`): of CPython 2.7 and 3.
///
/// PEP 3147 and PEP 552 for the header; what follows is a marshalled code object.
struct PythonBytecode: Format {
  let name = "Python bytecode"

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 9, head.bytes[2] == 0x0D, head.bytes[3] == 0x0A else { return false }
    let magic = Int(head.bytes[0]) | Int(head.bytes[1]) << 8
    guard let version = PythonVersion(magic: magic) else { return false }
    let place = Int(version.headerLength)
    return head.bytes.count > place && head.bytes[place] & 0x7F == UInt8(ascii: "c")
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    guard let version = PythonVersion(magic: try source.u16(at: start)) else {
      throw .malformed(at: start, "it is of no known version of Python")
    }
    var run = FieldRun(at: start)
    try run.add("Python version", 4, .custom(Self.version), .generator, to: &layout)
    var hasDigest = false
    if version.hasFlags {
      hasDigest = try source.u32(at: start + 4) & 1 != 0
      try run.add(
        "flags", 4, .bits(.little, [(1, "with source digest"), (2, "source is checked")]), .flags, to: &layout)
    }
    if hasDigest {
      try run.add("source digest", 8, .bytes, .checksum, to: &layout)
    } else {
      try run.add("source mtime", 4, .seconds(.little), .time, to: &layout)
      if version.hasSourceSize { try run.add("source size", 4, .unsigned(.little), .size, to: &layout) }
    }
    var reader = MarshalReader(place: run.place, end: range.upperBound, version: version)
    var failure: FormatError?
    do { try reader.object(&source) } catch { failure = error }
    // In a file beyond all measure the code objects stay without names.
    let bytes = range.count <= ByteSource.readLimit ? try source.bytes(at: start, count: range.count) : []
    try PythonCodeLayout(reader: reader, bytes: bytes, start: start).add(to: &layout)
    if let failure { throw failure }
  }

  @Sendable private static func version(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 else { return nil }
    let magic = Int(bytes[0]) | Int(bytes[1]) << 8
    return PythonVersion(magic: magic).map { "Python \($0.text) (\(magic))" } ?? String(magic)
  }
}

/// What a magic number tells of the version of Python.
struct PythonVersion: Sendable {
  let magic: Int
  let text: String

  /// The version; nil for a number that no version of CPython has.
  init?(magic: Int) {
    self.magic = magic
    if magic == 62211 {
      text = "2.7"
      return
    }
    let found = Self.first.last { $0.magic <= magic }
    guard let found, magic < 3700 else { return nil }
    text = found.version
  }

  var isTwo: Bool { magic > 60000 }
  var hasFlags: Bool { !isTwo && magic >= 3390 }
  var hasSourceSize: Bool { !isTwo && magic >= 3200 }
  var hasPositionalOnly: Bool { !isTwo && magic >= 3410 }
  var hasQualifiedNames: Bool { !isTwo && magic >= 3450 }
  var headerLength: Int64 { hasFlags ? 16 : hasSourceSize ? 12 : 8 }

  private static let first: [(magic: Int, version: String)] = [
    (3000, "3.0"), (3140, "3.1"), (3160, "3.2"), (3190, "3.3"), (3250, "3.4"), (3320, "3.5"), (3360, "3.6"),
    (3390, "3.7"), (3400, "3.8"), (3420, "3.9"), (3430, "3.10"), (3450, "3.11"), (3500, "3.12"), (3550, "3.13"),
    (3600, "3.14"), (3650, "3.15"),
  ]

  /// The parts of a code object after its type, in order; numbers have four bytes, the rest are objects.
  var codeParts: [(name: String, isNumber: Bool)] {
    var parts: [(name: String, isNumber: Bool)] = [("argument count", true)]
    if hasPositionalOnly { parts.append(("positional-only count", true)) }
    if !isTwo { parts.append(("keyword-only count", true)) }
    if !hasQualifiedNames { parts.append(("local count", true)) }
    parts += [
      ("stack size", true), ("flags", true), ("bytecode", false), ("constants", false), ("names", false),
    ]
    parts +=
      hasQualifiedNames
      ? [("local names", false), ("local kinds", false)]
      : [("local names", false), ("free names", false), ("cell names", false)]
    parts += [("filename", false), ("name", false)]
    if hasQualifiedNames { parts.append(("qualified name", false)) }
    parts += [("first line", true), ("line table", false)]
    if hasQualifiedNames { parts.append(("exception table", false)) }
    return parts
  }
}
