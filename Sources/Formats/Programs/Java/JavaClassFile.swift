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
    try run.add("this class", 2, .unsigned(.big), .offset, to: &layout)
    try run.add("super class", 2, .unsigned(.big), .offset, to: &layout)
    let interfaces = Int64(try source.u16(at: run.place, .big))
    try run.add("number of interfaces", 2, .unsigned(.big), .size, to: &layout)
    try run.add("interfaces", 2 * interfaces, .bytes, .offset, to: &layout)
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
struct JavaMember: Structure {
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
