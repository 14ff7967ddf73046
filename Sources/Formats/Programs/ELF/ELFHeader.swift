import Model

/// The width and the byte order of an ELF file's numbers.
struct ELFKind: Sendable, Hashable {
  let is64: Bool
  let order: ByteOrder

  var wordLength: Int { is64 ? 8 : 4 }
  var headerLength: Int64 { is64 ? 64 : 52 }
  var segmentLength: Int64 { is64 ? 56 : 32 }
  var sectionLength: Int64 { is64 ? 64 : 40 }
  var symbolLength: Int { is64 ? 24 : 16 }

  /// A number within bytes that were read; zero where they end before.
  func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
    guard place >= 0, place <= bytes.count - count else { return 0 }
    var value: UInt64 = 0
    for index in 0..<count {
      value = value << 8 | UInt64(bytes[place + (order == .big ? index : count - 1 - index)])
    }
    return value
  }

  /// A number of the file's width.
  func word(_ bytes: [UInt8], _ place: Int) -> UInt64 { number(bytes, place, wordLength) }
}

/// Where an ELF file's header says that its tables are.
struct ELFHeader: Sendable {
  let kind: ELFKind
  let type: Int
  let machine: Int
  let segmentTable: Int64
  let segmentEntryLength: Int64
  let segmentCount: Int
  let sectionTable: Int64
  let sectionEntryLength: Int64
  /// How many sections the header itself counts; the first section counts those beyond 65,279.
  let sectionCount: Int
  let namesSection: Int

  static let relocatable = 1

  init(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    let base = range.lowerBound
    let kind = ELFKind(
      is64: try source.byte(at: base + 4) == 2, order: try source.byte(at: base + 5) == 2 ? .big : .little)
    guard range.upperBound - base >= kind.headerLength else { throw .truncated(at: range.upperBound) }
    let bytes = try source.bytes(at: base, count: Int(kind.headerLength))
    let word = kind.wordLength
    func half(_ place: Int) -> Int { Int(kind.number(bytes, place, 2)) }
    self.kind = kind
    type = half(16)
    machine = half(18)
    segmentTable = Int64(exactly: kind.word(bytes, 24 + word)) ?? .max
    sectionTable = Int64(exactly: kind.word(bytes, 24 + 2 * word)) ?? .max
    let rest = 24 + 3 * word + 6
    segmentEntryLength = Int64(half(rest))
    segmentCount = half(rest + 2)
    sectionEntryLength = Int64(half(rest + 4))
    sectionCount = half(rest + 6)
    namesSection = half(rest + 8)
  }
}

/// Adds fields that follow one another.
struct ELFFieldWriter {
  let prefix: String
  var place: Int64

  mutating func add(
    _ name: String, _ count: Int, _ encoding: Encoding, _ role: Difference.Role?, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add(prefix + name, at: place, count: Int64(count), .field(encoding), role: role)
    place += Int64(count)
  }
}

/// The fields of the ELF header.
struct ELFHeaderFields: Structure {
  private let kind: ELFKind

  init(_ kind: ELFKind) { self.kind = kind }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (order, word) = (kind.order, kind.wordLength)
    var fields = ELFFieldWriter(prefix: "file header ", place: range.lowerBound)
    try fields.add("magic", 4, .bytes, nil, to: &layout)
    try fields.add("class", 1, .names(.little, [1: "32-bit", 2: "64-bit"]), .platform, to: &layout)
    try fields.add("byte order", 1, .names(.little, [1: "little-endian", 2: "big-endian"]), .platform, to: &layout)
    try fields.add("identification version", 1, .unsigned(.little), nil, to: &layout)
    try fields.add("operating system", 1, .names(.little, Self.systems), .platform, to: &layout)
    try fields.add("ABI version", 1, .unsigned(.little), .platform, to: &layout)
    try fields.add("identification padding", 7, .bytes, .padding, to: &layout)
    try fields.add("type", 2, .names(order, Self.types), .flags, to: &layout)
    try fields.add("machine", 2, .names(order, Self.machines), .platform, to: &layout)
    try fields.add("version", 4, .unsigned(order), nil, to: &layout)
    try fields.add("entry point", word, .hexadecimal(order), .offset, to: &layout)
    try fields.add("program headers offset", word, .unsigned(order), .offset, to: &layout)
    try fields.add("section headers offset", word, .unsigned(order), .offset, to: &layout)
    try fields.add("flags", 4, .hexadecimal(order), .flags, to: &layout)
    try fields.add("size", 2, .unsigned(order), .size, to: &layout)
    try fields.add("program header size", 2, .unsigned(order), .size, to: &layout)
    try fields.add("program header count", 2, .unsigned(order), .size, to: &layout)
    try fields.add("section header size", 2, .unsigned(order), .size, to: &layout)
    try fields.add("section header count", 2, .unsigned(order), .size, to: &layout)
    try fields.add("section names index", 2, .unsigned(order), .offset, to: &layout)
  }

  private static let systems: [UInt64: String] = [
    0: "System V", 1: "HP-UX", 2: "NetBSD", 3: "GNU", 6: "Solaris", 9: "FreeBSD", 12: "OpenBSD", 97: "ARM",
    255: "standalone",
  ]

  private static let types: [UInt64: String] = [
    0: "none", 1: "relocatable", 2: "executable", 3: "shared object", 4: "core",
  ]

  private static let machines: [UInt64: String] = [
    0: "none", 2: "SPARC", 3: "i386", 4: "m68k", 8: "MIPS", 15: "PA-RISC", 20: "PowerPC", 21: "PowerPC64", 22: "S/390",
    40: "ARM", 42: "SuperH", 43: "SPARC v9", 50: "IA-64", 62: "x86-64", 83: "AVR", 94: "Xtensa", 183: "AArch64",
    189: "MicroBlaze", 195: "ARC", 243: "RISC-V", 247: "BPF", 252: "C-SKY", 258: "LoongArch",
  ]
}
