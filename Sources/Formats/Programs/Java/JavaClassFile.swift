import Model

/// A compiled Java class.
///
/// Specification: the Java Virtual Machine Specification, chapter 4.
struct JavaClassFile: Format {
  let name = "Java class"

  func recognises(_ head: FileHead) -> Bool {
    // Universal Mach-O files have the same magic, and a small number where the version is.
    head.has([0xCA, 0xFE, 0xBA, 0xBE]) && head.bytes.count >= 10 && head.bytes[6] == 0
      && (45...120).contains(head.bytes[7])
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var run = FieldRun(at: range.lowerBound)
    try run.add("magic", 4, .bytes, to: &layout)
    try run.add("minor version", 2, .unsigned(.big), .generator, to: &layout)
    try run.add("major version", 2, .custom(Self.version), .generator, to: &layout)
    let pool = try JavaConstantPool(&source, at: run.place)
    try run.add("number of constants", 2, .unsigned(.big), .size, to: &layout)
    try run.add("constant pool", pool.end - run.place, .structure(pool), .data, to: &layout)
    try run.add("access flags", 2, .bits(.big, JavaMember.flags), .flags, to: &layout)
    func part(_ name: String, _ kind: String, _ encoding: Encoding) -> Shape {
      .structure(JavaPart(name: name, shape: .field(encoding), role: .data, pool: pool, kind: kind))
    }
    for name in ["this class", "super class"] {
      try run.add(name, 2, part(name, "constants", .custom(pool.name)), .data, to: &layout)
    }
    let interfaces = Int64(try source.u16(at: run.place, .big))
    try run.add("number of interfaces", 2, .unsigned(.big), .size, to: &layout)
    try run.add("interfaces", 2 * interfaces, part("interfaces", "constants", .bytes), .data, to: &layout)
    for kind in ["field", "method"] {
      let count = try source.u16(at: run.place, .big)
      try run.add("number of \(kind)s", 2, .unsigned(.big), .size, to: &layout)
      for _ in 0..<count {
        let member = try JavaMember(&source, at: run.place, kind: kind, pool: pool)
        let group = layout.group("\(kind) \(member.name)")
        var inGroup = FieldRun(at: run.place, group: group)
        try inGroup.add("declaration", member.end - run.place, .structure(member), member.role, to: &layout)
        run = FieldRun(at: member.end)
      }
    }
    var attributes = JavaAttributes(pool: pool, place: run.place, prefix: "", depth: 0)
    try attributes.add(&source, range, to: &layout)
  }

  @Sendable private static func version(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 2 else { return nil }
    let major = Int(bytes[0]) << 8 | Int(bytes[1])
    guard major >= 45 else { return String(major) }
    return major <= 48 ? "Java 1.\(major - 44) (\(major))" : "Java \(major - 44) (\(major))"
  }
}

/// A field or a method of a class.
struct JavaMember: ResolvedStructure {
  let name: String
  let kind: String
  let pool: JavaConstantPool
  let end: Int64

  var role: Difference.Role { kind == "method" ? .code : .data }

  /// Finds a member's name and end.
  init(_ source: inout ByteSource, at start: Int64, kind: String, pool: JavaConstantPool) throws(FormatError) {
    self.kind = kind
    self.pool = pool
    let own = pool.utf8(try source.u16(at: start + 2, .big))
    let descriptor = pool.utf8(try source.u16(at: start + 4, .big))
    name = kind == "method" ? own + descriptor : "\(own) \(descriptor)"
    var place = start + 8
    for _ in 0..<(try source.u16(at: start + 6, .big)) {
      place += 6 + (try source.u32(at: place + 2, .big))
    }
    end = place
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let prefix = "\(kind) \(name) "
    var run = FieldRun(at: range.lowerBound, prefix: prefix)
    try run.add("access flags", 2, .bits(.big, kind == "method" ? Self.methodFlags : Self.flags), .flags, to: &layout)
    try run.add("name", 2, .unsigned(.big), .offset, to: &layout)
    try run.add("descriptor", 2, .unsigned(.big), .offset, to: &layout)
    var attributes = JavaAttributes(pool: pool, place: run.place, prefix: prefix, depth: 0)
    try attributes.add(&source, range, to: &layout)
  }

  /// All of it but the numbers of constants and what lengths follow from them.
  func meaning(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> [UInt8]? {
    guard range.count <= Encoding.textLimit else { return nil }
    let start = range.lowerBound
    var result = try source.bytes(at: start, count: 2) + Array("\(name)\0".utf8)
    var place = start + 8
    var attributes = [(count: try source.u16(at: start + 6, .big), end: range.upperBound)]
    while let last = attributes.last {
      guard last.count > 0 else {
        guard place == last.end else { return nil }
        attributes.removeLast()
        continue
      }
      attributes[attributes.count - 1].count -= 1
      let kind = pool.meaning(try source.u16(at: place, .big))
      let length = try source.u32(at: place + 2, .big)
      place += 6
      guard length <= last.end - place, kind.utf8.count < 200 else { return nil }
      result += Array("\(kind)\0".utf8)
      guard kind == "text Code" else {
        let bytes = try source.bytes(at: place, count: Int(length))
        guard let part = JavaMeaning.attribute(String(kind.dropFirst(5)), bytes, pool) else { return nil }
        result += Array("\(part.count)\0".utf8) + part
        place += length
        continue
      }
      guard attributes.count < 4, length >= 12 else { return nil }
      let end = place + length
      let size = try source.u32(at: place + 4, .big)
      guard size <= end - place - 12 else { return nil }
      let handlers = 8 * Int64(try source.u16(at: place + 8 + size, .big))
      guard handlers <= end - place - size - 12 else { return nil }
      let (code, table) = (
        try source.bytes(at: place + 8, count: Int(size)),
        try source.bytes(at: place + 10 + size, count: Int(handlers))
      )
      guard let instructions = JavaMeaning.code(code, pool),
        let places = JavaMeaning.attribute("exception handlers", table, pool)
      else { return nil }
      result += try source.bytes(at: place, count: 4)
      result += Array("\(instructions.count)\0".utf8) + instructions + Array("\(places.count)\0".utf8) + places
      place += 10 + size + handlers
      attributes.append((try source.u16(at: place, .big), end))
      place += 2
    }
    return place == range.upperBound ? result : nil
  }

  static let flags: [(bit: UInt64, name: String)] = [
    (1, "public"), (2, "private"), (4, "protected"), (8, "static"), (0x10, "final"), (0x20, "super"),
    (0x40, "volatile"), (0x80, "transient"), (0x200, "interface"), (0x400, "abstract"), (0x1000, "synthetic"),
    (0x2000, "annotation"), (0x4000, "enum"), (0x8000, "module"),
  ]

  private static let methodFlags: [(bit: UInt64, name: String)] = [
    (1, "public"), (2, "private"), (4, "protected"), (8, "static"), (0x10, "final"), (0x20, "synchronized"),
    (0x40, "bridge"), (0x80, "variable arguments"), (0x100, "native"), (0x400, "abstract"), (0x800, "strict"),
    (0x1000, "synthetic"),
  ]
}
