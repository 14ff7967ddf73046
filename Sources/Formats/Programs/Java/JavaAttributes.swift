import Model

/// A table of attributes: a count, and as many names with their bytes.
struct JavaAttributes {
  /// Code has attributes of its own, and record components have; nothing is deeper.
  private static let depthLimit = 4

  let pool: JavaConstantPool
  var place: Int64
  let prefix: String
  let depth: Int

  init(pool: JavaConstantPool, place: Int64, prefix: String, depth: Int) {
    self.pool = pool
    self.place = place
    self.prefix = prefix
    self.depth = depth
  }

  /// Adds the table and moves behind it.
  mutating func add(
    _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard depth < Self.depthLimit else { throw .tooMuch("attributes within attributes") }
    let count = try source.u16(at: place, .big)
    try layout.add(
      "\(prefix)number of attributes", at: place, count: 2, .field(.unsigned(.big)), role: .size)
    place += 2
    for _ in 0..<count {
      let name = pool.utf8(try source.u16(at: place, .big))
      let length = try source.u32(at: place + 2, .big)
      try layout.add("\(prefix)\(name) name", at: place, count: 2, .field(.unsigned(.big)), role: .offset)
      try layout.add("\(prefix)\(name) length", at: place + 2, count: 4, .field(.unsigned(.big)), role: .size)
      let content = place + 6
      guard length <= range.upperBound - content else { throw .truncated(at: range.upperBound) }
      if name == "Code", length >= 12 {
        try code(&source, content..<content + length, to: &layout)
      } else if length > 0 {
        let (shape, role) = shape(of: name)
        try layout.add(
          "\(prefix)\(name)", at: content, count: length,
          .structure(JavaPart(name: "\(prefix)\(name)", shape: shape, role: role, pool: pool, kind: name)), role: role)
      }
      place = content + length
    }
  }

  private func code(
    _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var run = FieldRun(at: range.lowerBound, prefix: prefix)
    try run.add("stack size", 2, .unsigned(.big), .data, to: &layout)
    try run.add("local count", 2, .unsigned(.big), .data, to: &layout)
    let length = try source.u32(at: run.place, .big)
    try run.add("code length", 4, .unsigned(.big), .size, to: &layout)
    guard length <= range.upperBound - run.place else { throw .truncated(at: range.upperBound) }
    let code = JavaPart(name: "\(prefix)code", shape: .opaque, role: .code, pool: pool, kind: "code")
    try run.add("code", length, .structure(code), .code, to: &layout)
    let handlers = 8 * Int64(try source.u16(at: run.place, .big))
    try run.add("number of exception handlers", 2, .unsigned(.big), .size, to: &layout)
    guard handlers <= range.upperBound - run.place else { throw .truncated(at: range.upperBound) }
    let name = "exception handlers"
    let part = JavaPart(name: prefix + name, shape: .field(.bytes), role: .code, pool: pool, kind: name)
    try run.add(name, handlers, .structure(part), .code, to: &layout)
    var inner = JavaAttributes(pool: pool, place: run.place, prefix: prefix, depth: depth + 1)
    try inner.add(&source, range, to: &layout)
  }

  private func shape(of name: String) -> (Shape, Difference.Role) {
    switch name {
    case "LineNumberTable": (.field(.custom(Self.lines)), .debug)
    case "LocalVariableTable", "LocalVariableTypeTable": (.field(.bytes), .debug)
    case "SourceDebugExtension": (.field(.text), .debug)
    case "StackMapTable", "StackMap": (.opaque, .code)
    case "SourceFile", "ConstantValue", "Signature", "NestHost": (.field(.custom(pool.name)), .data)
    case "Deprecated", "Synthetic": (.field(.bytes), .flags)
    default: (.opaque, .data)
    }
  }

  /// Places in the code and the lines that they come from.
  @Sendable private static func lines(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 2, bytes.count == 2 + 4 * (Int(bytes[0]) << 8 | Int(bytes[1])) else { return nil }
    return stride(from: 2, to: bytes.count, by: 4).map { index in
      "\(Int(bytes[index]) << 8 | Int(bytes[index + 1])): \(Int(bytes[index + 2]) << 8 | Int(bytes[index + 3]))"
    }.joined(separator: ", ")
  }
}
