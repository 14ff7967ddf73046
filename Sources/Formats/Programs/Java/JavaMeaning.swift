import Model

/// What a stretch of a class means, with each number of a constant replaced by the constant.
///
/// A constant that was added moves the numbers of those after it, and so changes bytes all over the class; two
/// stretches that mean the same differ in nothing else.
struct JavaMeaning {
  /// Annotations within annotations.
  private static let depthLimit = 16

  private let pool: JavaConstantPool
  private let bytes: [UInt8]
  private var place = 0
  private var left: Int
  private(set) var result: [UInt8] = []

  /// Of bytes that are no longer than a region that is read as text.
  init(_ bytes: [UInt8], _ pool: JavaConstantPool) {
    (self.bytes, self.pool) = (bytes, pool)
    // Many instructions may have one long text; what is far longer than the class is not worth it.
    left = 64 * bytes.count + 4096
  }

  /// The meaning of an attribute's content; nil where it is not as its name says.
  static func attribute(_ name: String, _ bytes: [UInt8], _ pool: JavaConstantPool) -> [UInt8]? {
    var meaning = JavaMeaning(bytes, pool)
    guard meaning.attribute(name), meaning.place == bytes.count else { return nil }
    return meaning.result
  }

  /// The meaning of instructions.
  static func code(_ bytes: [UInt8], _ pool: JavaConstantPool) -> [UInt8]? {
    var meaning = JavaMeaning(bytes, pool)
    while meaning.place < bytes.count { guard meaning.instruction() else { return nil } }
    return meaning.result
  }

  private mutating func attribute(_ name: String) -> Bool {
    switch name {
    case "SourceFile", "ConstantValue", "Signature", "NestHost", "ModuleMainClass": return constant()
    case "EnclosingMethod": return constant() && constant()
    case "Exceptions", "NestMembers", "PermittedSubclasses", "ModulePackages": return list { $0.constant() }
    case "constants":
      while place < bytes.count { guard constant() else { return false } }
      return true
    case "exception handlers":
      while place < bytes.count { guard raw(6) != nil, constant() else { return false } }
      return true
    case "LocalVariableTable", "LocalVariableTypeTable":
      return list { $0.raw(4) != nil && $0.constant() && $0.constant() && $0.raw(2) != nil }
    case "InnerClasses":
      return list { $0.constant() && $0.constant() && $0.constant() && $0.raw(2) != nil }
    case "BootstrapMethods": return list { $0.constant() && $0.list { $0.constant() } }
    case "MethodParameters": return list(1) { $0.constant() && $0.raw(2) != nil }
    case "StackMapTable": return list { $0.frame() }
    case "AnnotationDefault": return value(0)
    case "RuntimeVisibleAnnotations", "RuntimeInvisibleAnnotations": return list { $0.annotation(0) }
    case "RuntimeVisibleParameterAnnotations", "RuntimeInvisibleParameterAnnotations":
      return list(1) { $0.list { $0.annotation(0) } }
    default: return raw(bytes.count - place) != nil
    }
  }

  /// Bytes that mean themselves, as a number.
  private mutating func raw(_ count: Int) -> Int? {
    guard count >= 0, count <= bytes.count - place, take(count) else { return nil }
    let piece = bytes[place..<place + count]
    result += piece
    place += count
    return piece.suffix(7).reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number of two bytes, or of one, that stands for a constant.
  private mutating func constant(_ count: Int = 2) -> Bool {
    guard count <= bytes.count - place else { return false }
    let index = bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    place += count
    let text = Array(pool.meaning(index).utf8)
    // With its length, so that two texts are never taken for others that are as long together.
    guard take(text.count + 2) else { return false }
    result += [UInt8(truncatingIfNeeded: text.count >> 8), UInt8(truncatingIfNeeded: text.count)] + text
    return true
  }

  private mutating func take(_ count: Int) -> Bool {
    left -= count
    return left >= 0
  }

  private mutating func list(_ length: Int = 2, _ element: (inout Self) -> Bool) -> Bool {
    guard let count = raw(length) else { return false }
    for _ in 0..<count { guard element(&self) else { return false } }
    return true
  }

  private mutating func frame() -> Bool {
    func types(_ count: Int, _ meaning: inout Self) -> Bool {
      for _ in 0..<count { guard meaning.type() else { return false } }
      return true
    }
    guard let kind = raw(1) else { return false }
    switch kind {
    case ..<64: return true
    case ..<128: return type()
    case 247: return raw(2) != nil && type()
    case 248...251: return raw(2) != nil
    case 252...254: return raw(2) != nil && types(kind - 251, &self)
    case 255:
      guard raw(2) != nil, let locals = raw(2), types(locals, &self), let stack = raw(2) else { return false }
      return types(stack, &self)
    default: return false
    }
  }

  private mutating func type() -> Bool {
    switch raw(1) {
    case 7: constant()
    case 8: raw(2) != nil
    case let tag?: tag < 7
    case nil: false
    }
  }

  private mutating func annotation(_ depth: Int) -> Bool {
    constant() && list { $0.constant() && $0.value(depth) }
  }

  private mutating func value(_ depth: Int) -> Bool {
    guard depth < Self.depthLimit, let tag = raw(1) else { return false }
    switch UInt8(tag) {
    case UInt8(ascii: "e"): return constant() && constant()
    case UInt8(ascii: "@"): return annotation(depth + 1)
    case UInt8(ascii: "["): return list { $0.value(depth + 1) }
    default: return constant()
    }
  }

  private mutating func instruction() -> Bool {
    let start = place
    guard let code = raw(1) else { return false }
    switch code {
    case 18: return constant(1)
    case 19, 20, 178...184, 187, 189, 192, 193: return constant()
    case 185, 186: return constant() && raw(2) != nil
    case 197: return constant() && raw(1) != nil
    case 170, 171: return jumps(isTable: code == 170, from: start)
    case 196:
      guard let wide = raw(1) else { return false }
      return raw(wide == 132 ? 4 : 2) != nil
    case 16, 21...25, 54...58, 169, 188: return raw(1) != nil
    case 17, 132, 153...168, 198, 199: return raw(2) != nil
    case 200, 201: return raw(4) != nil
    default: return code < 202
    }
  }

  /// The operands of a switch, which begin at a multiple of four bytes.
  private mutating func jumps(isTable: Bool, from start: Int) -> Bool {
    guard raw(3 - start % 4) != nil, raw(4) != nil, let first = raw(4) else { return false }
    guard isTable else { return first <= bytes.count && raw(8 * first) != nil }
    guard let last = raw(4) else { return false }
    let count = Int(Int32(truncatingIfNeeded: last)) - Int(Int32(truncatingIfNeeded: first)) + 1
    return count >= 0 && count <= bytes.count && raw(4 * count) != nil
  }
}

/// A part of a class that may mean the same with other numbers of constants.
struct JavaPart: ResolvedStructure {
  let name: String
  let shape: Shape
  let role: Difference.Role?
  let pool: JavaConstantPool
  /// What it is: an attribute's name, or `code`.
  let kind: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add(name, at: range.lowerBound, count: Int64(range.count), shape, role: role)
  }

  func meaning(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> [UInt8]? {
    guard range.count <= Encoding.textLimit else { return nil }
    let bytes = try source.bytes(at: range.lowerBound, count: range.count)
    return kind == "code" ? JavaMeaning.code(bytes, pool) : JavaMeaning.attribute(kind, bytes, pool)
  }
}
