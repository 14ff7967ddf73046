import Model

/// What the load commands of a Mach-O file say.
struct MachOImage: Sendable {
  /// One load command.
  struct Command: Sendable {
    /// Its kind, and for some what it is about.
    let name: String
    let kind: Int64
    let range: Range<Int64>
  }

  /// One section of a segment.
  struct Section: Sendable {
    /// The segment and the section, `__TEXT,__text`.
    let name: String
    let address: Int64
    let place: Int64
    let size: Int64
    let relocationPlace: Int64
    let relocationCount: Int64
    let flags: Int64
    /// Which one it is of all sections of the file, from 1; symbols tell it.
    let number: Int

    var isCode: Bool { flags & 0x8000_0400 != 0 }
    var role: Difference.Role { name.hasPrefix("__DWARF") ? .debug : isCode ? .code : .data }
  }

  /// A table that a command points at.
  struct Table: Sendable {
    let name: String
    let place: Int64
    let size: Int64
    let shape: Shape
    let role: Difference.Role
  }

  /// Where the symbols and their names are.
  struct Symbols: Sendable {
    let place: Int64
    let count: Int64
    let strings: Range<Int64>
  }

  private static let sectionLimit = 4096

  let order: ByteOrder
  let is64: Bool
  let range: Range<Int64>
  let commandsEnd: Int64
  private(set) var commands: [Command] = []
  private(set) var sections: [Section] = []
  private(set) var tables: [Table] = []
  private(set) var symbols: Symbols?

  var headerLength: Int64 { is64 ? 32 : 28 }

  /// Reads all load commands; throws where one is cut off.
  init(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    self.range = range
    let first = try source.byte(at: range.lowerBound)
    order = first == 0xFE ? .big : .little
    is64 = try source.byte(at: range.lowerBound + (first == 0xFE ? 3 : 0)) == 0xCF
    let count = try source.u32(at: range.lowerBound + 16, order)
    let size = try source.u32(at: range.lowerBound + 20, order)
    var place = range.lowerBound + (is64 ? 32 : 28)
    commandsEnd = place + size
    guard commandsEnd <= range.upperBound else { throw .truncated(at: range.upperBound) }
    for _ in 0..<count {
      let (kind, length) = try (source.u32(at: place, order), source.u32(at: place + 4, order))
      guard length >= 8, length <= commandsEnd - place else {
        throw .malformed(at: place, "a load command's length is wrong")
      }
      try take(kind, place..<place + length, &source)
      place += length
    }
  }

  private mutating func take(
    _ kind: Int64, _ command: Range<Int64>, _ source: inout ByteSource
  ) throws(FormatError) {
    let name = MachOCommandNames.name(kind)
    let start = command.lowerBound
    func number(_ offset: Int64) throws(FormatError) -> Int64 { try source.u32(at: start + offset, order) }
    var about = ""
    switch kind {
    case 0x1, 0x19:
      about = try segment(command, is64: kind == 0x19, &source)
    case 0xC, 0xD, 0x8000_0018, 0x8000_001F, 0x20, 0x8000_0023, 0xE, 0xF, 0x8000_001C:
      let text = try number(8)
      if text >= 8, text < Int64(command.count) {
        let bytes = try source.bytes(at: start + text, count: Int(min(1024, Int64(command.count) - text)))
        // A path of the machine that built it is a value, not a name.
        if kind != 0x8000_001C { about = ExactText.text(Array(bytes.prefix { $0 != 0 })) }
      }
    case 0x2 where command.count >= 24:
      let width: Int64 = is64 ? 16 : 12
      let (place, count, strings, size) = try (number(8), number(12), number(16), number(20))
      add("symbol table", place, count * width, .opaque, .debug)
      add("string table", strings, size, .opaque, .name)
      let stringsPlace = range.lowerBound + strings
      if stringsPlace + size <= range.upperBound, range.lowerBound + place + count * width <= range.upperBound {
        let symbols = Symbols(
          place: range.lowerBound + place, count: count, strings: stringsPlace..<stringsPlace + size)
        self.symbols = symbols
        replaceLast(2, shape: .structure(MachOSymbolRecords(symbols: symbols, is64: is64, order: order)))
      }
    case 0xB where command.count >= 80:
      add("table of contents", try number(32), try number(36) * 8, .opaque, .data)
      add("external references", try number(48), try number(52) * 4, .opaque, .data)
      add("indirect symbols", try number(56), try number(60) * 4, .opaque, .offset)
      add("external relocations", try number(64), try number(68) * 8, .opaque, .data)
      add("local relocations", try number(72), try number(76) * 8, .opaque, .data)
    case 0x22, 0x8000_0022:
      for (index, name) in ["rebase", "binding", "weak binding", "lazy binding", "exports"].enumerated()
      where command.count >= 16 + 8 * index {
        add(
          "\(name) information", try number(8 + 8 * Int64(index)), try number(12 + 8 * Int64(index)), .opaque, .offset)
      }
    case 0x1D where command.count >= 16:
      add("code signature", try number(8), try number(12), .structure(MachOCodeSignature()), .signature)
    case 0x1E, 0x26, 0x29, 0x2B, 0x2E, 0x8000_0033, 0x8000_0034:
      guard command.count >= 16 else { break }
      let what = MachOCommandNames.linkEditData[kind] ?? name
      add(what, try number(8), try number(12), .opaque, .offset)
    default: break
    }
    commands.append(Command(name: about.isEmpty ? name : "\(name) \(about)", kind: kind, range: command))
  }

  private mutating func add(
    _ name: String, _ offset: Int64, _ size: Int64, _ shape: Shape, _ role: Difference.Role
  ) {
    guard size > 0, offset > 0 else { return }
    tables.append(Table(name: name, place: range.lowerBound + offset, size: size, shape: shape, role: role))
  }

  /// Gives the symbol table, which was added before its strings, its shape.
  private mutating func replaceLast(_ back: Int, shape: Shape) {
    guard let index = tables.lastIndex(where: { $0.name == "symbol table" }), tables.count - index <= back else {
      return
    }
    let table = tables[index]
    tables[index] = Table(name: table.name, place: table.place, size: table.size, shape: shape, role: table.role)
  }

  /// Reads a segment's sections and returns its name.
  private mutating func segment(
    _ command: Range<Int64>, is64: Bool, _ source: inout ByteSource
  ) throws(FormatError) -> String {
    let start = command.lowerBound
    guard command.count >= (is64 ? 72 : 56) else { throw .malformed(at: start, "a segment command is too short") }
    let name = ExactText.text(Array(try source.bytes(at: start + 8, count: 16).prefix { $0 != 0 }))
    let count = try source.u32(at: start + (is64 ? 64 : 48), order)
    let (headerLength, length): (Int64, Int64) = is64 ? (72, 80) : (56, 68)
    guard count <= (Int64(command.count) - headerLength) / length else {
      throw .malformed(at: start, "a segment has more sections than its command")
    }
    guard sections.count + Int(count) <= Self.sectionLimit else { throw .tooMuch("too many sections") }
    for index in 0..<count {
      let place = start + headerLength + index * length
      let own = ExactText.text(Array(try source.bytes(at: place, count: 16).prefix { $0 != 0 }))
      let segment = ExactText.text(Array(try source.bytes(at: place + 16, count: 16).prefix { $0 != 0 }))
      let address = Int64(clamping: try source.unsigned(at: place + 32, count: is64 ? 8 : 4, order))
      let size = Int64(clamping: try source.unsigned(at: place + (is64 ? 40 : 36), count: is64 ? 8 : 4, order))
      let fields = place + (is64 ? 48 : 40)
      let flags = try source.u32(at: fields + 16, order)
      // Zero-filled sections have no bytes in the file.
      let isZeroFill = [1, 12, 18].contains(flags & 0xFF)
      sections.append(
        Section(
          name: "\(segment),\(own)", address: address,
          place: try range.lowerBound + source.u32(at: fields, order), size: isZeroFill ? 0 : size,
          relocationPlace: try range.lowerBound + source.u32(at: fields + 8, order),
          relocationCount: try source.u32(at: fields + 12, order), flags: flags, number: sections.count + 1))
    }
    return name
  }
}

/// What load commands are called.
enum MachOCommandNames {
  /// The name in the system's headers, without its prefix.
  static func name(_ kind: Int64) -> String { names[kind] ?? "command 0x\(String(kind, radix: 16))" }

  private static let names: [Int64: String] = [
    0x1: "SEGMENT", 0x2: "SYMTAB", 0x4: "THREAD", 0x5: "UNIXTHREAD", 0xB: "DYSYMTAB", 0xC: "LOAD_DYLIB",
    0xD: "ID_DYLIB", 0xE: "LOAD_DYLINKER", 0xF: "ID_DYLINKER", 0x10: "PREBOUND_DYLIB", 0x11: "ROUTINES",
    0x12: "SUB_FRAMEWORK", 0x13: "SUB_UMBRELLA", 0x14: "SUB_CLIENT", 0x15: "SUB_LIBRARY", 0x16: "TWOLEVEL_HINTS",
    0x17: "PREBIND_CKSUM", 0x8000_0018: "LOAD_WEAK_DYLIB", 0x19: "SEGMENT_64", 0x1A: "ROUTINES_64", 0x1B: "UUID",
    0x8000_001C: "RPATH", 0x1D: "CODE_SIGNATURE", 0x1E: "SEGMENT_SPLIT_INFO", 0x8000_001F: "REEXPORT_DYLIB",
    0x20: "LAZY_LOAD_DYLIB", 0x21: "ENCRYPTION_INFO", 0x22: "DYLD_INFO", 0x8000_0022: "DYLD_INFO_ONLY",
    0x8000_0023: "LOAD_UPWARD_DYLIB", 0x24: "VERSION_MIN_MACOSX", 0x25: "VERSION_MIN_IPHONEOS",
    0x26: "FUNCTION_STARTS", 0x27: "DYLD_ENVIRONMENT", 0x8000_0028: "MAIN", 0x29: "DATA_IN_CODE",
    0x2A: "SOURCE_VERSION", 0x2B: "DYLIB_CODE_SIGN_DRS", 0x2C: "ENCRYPTION_INFO_64", 0x2D: "LINKER_OPTION",
    0x2E: "LINKER_OPTIMIZATION_HINT", 0x2F: "VERSION_MIN_TVOS", 0x30: "VERSION_MIN_WATCHOS", 0x31: "NOTE",
    0x32: "BUILD_VERSION", 0x8000_0033: "DYLD_EXPORTS_TRIE", 0x8000_0034: "DYLD_CHAINED_FIXUPS",
    0x8000_0035: "FILESET_ENTRY",
  ]

  /// What the commands that only point into the last segment point at.
  static let linkEditData: [Int64: String] = [
    0x1E: "segment split information", 0x26: "function starts", 0x29: "data in code",
    0x2B: "library signing requirements", 0x2E: "linker optimisation hints", 0x8000_0033: "exports trie",
    0x8000_0034: "chained fixups",
  ]
}
