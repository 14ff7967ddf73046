import Model
import Synchronization

/// One entry of the section header table.
struct ELFSection: Sendable {
  let index: Int
  let name: String
  let type: UInt64
  let flags: UInt64
  let address: UInt64
  /// In the whole source; beyond it for a section that is not within the file.
  let offset: Int64
  let size: Int64
  let link: Int
  let info: Int
  let alignment: Int64
  let entrySize: Int64
  let isWithinFile: Bool

  /// Whether it takes bytes of the file.
  var hasBytes: Bool { isWithinFile && size > 0 && type != 8 && type != 0 }
  var isExecutable: Bool { flags & 4 != 0 }
  var isAllocated: Bool { flags & 2 != 0 }
  var isCompressed: Bool { flags & 0x800 != 0 }
  var isStrings: Bool { flags & 0x30 == 0x30 && entrySize <= 1 }

  /// The name without the random number that link-time optimisation puts at its end.
  static func stable(_ name: String) -> String {
    guard name.hasPrefix(".gnu.lto_") || name.hasPrefix(".gnu.debuglto_"), let dot = name.lastIndex(of: ".") else {
      return name
    }
    let end = name[name.index(after: dot)...]
    return end.utf8.count >= 6 && end.allSatisfy(\.isHexDigit) ? String(name[..<dot]) : name
  }
}

/// What the parts of one ELF file need to know of one another.
///
/// The tables that many sections refer to, such as symbols and their names, are read once.
final class ELFImage: Sendable {
  let header: ELFHeader
  let range: Range<Int64>
  let segments: [ELFSegment]
  let sections: [ELFSection]
  let sectionTableLength: Int64
  /// Where the entry is of the first section that is not within the file.
  let brokenSection: Int64?
  private let tables = Mutex(Tables())

  private struct Tables {
    var contents: [Int: [UInt8]] = [:]
    var functions: [ELFPlacedSymbol]?
    var left: Int64?
  }

  /// How many tables are kept; a file has four at most that are referred to.
  private static let tableLimit = 8

  var kind: ELFKind { header.kind }
  var order: ByteOrder { header.kind.order }

  /// Reads the section headers and their names; nil where there are none within the file.
  init?(
    _ source: inout ByteSource, _ header: ELFHeader, _ segments: [ELFSegment], _ range: Range<Int64>
  ) throws(FormatError) {
    let (kind, stride) = (header.kind, header.sectionEntryLength)
    let available = range.upperBound - range.lowerBound
    guard header.sectionTable > 0, stride >= kind.sectionLength, header.sectionTable <= available - stride else {
      return nil
    }
    let table = range.lowerBound + header.sectionTable
    let first = try source.bytes(at: table, count: Int(kind.sectionLength))
    // Counts that do not fit the header are in the first entry.
    let count =
      header.sectionCount == 0 ? Int64(clamping: kind.word(first, kind.is64 ? 32 : 20)) : Int64(header.sectionCount)
    guard count > 0, count <= (available - header.sectionTable) / stride else { return nil }
    let names = header.namesSection == 0xFFFF ? Int(kind.number(first, kind.is64 ? 40 : 24, 4)) : header.namesSection
    let bytes = try source.bytes(at: table, count: Int(count * stride))
    let reader = SectionReader(kind: kind, bytes: bytes, stride: Int(stride), range: range)
    var strings = ELFNames([])
    if names > 0, names < Int(count) {
      let section = reader.section(names, name: "")
      if section.hasBytes, section.size <= Int64(ByteSource.readLimit) {
        strings = ELFNames(try source.bytes(at: section.offset, count: Int(section.size)), uses: Int(count))
      }
    }
    var sections: [ELFSection] = []
    sections.reserveCapacity(Int(count))
    var broken: Int64?
    for index in 0..<Int(count) {
      let name = try strings.name(Int(kind.number(bytes, index * Int(stride), 4))) ?? "section"
      let section = reader.section(index, name: ELFSection.stable(name))
      if !section.isWithinFile, broken == nil { broken = table + Int64(index) * stride }
      sections.append(section)
    }
    self.header = header
    self.range = range
    self.segments = segments
    self.sections = sections
    sectionTableLength = count * stride
    brokenSection = broken
  }

  /// A section's bytes, for the sections that refer to it; empty where it has none.
  ///
  /// Throws when a hostile file has more of such sections than is worth reading.
  func contents(of index: Int, _ source: inout ByteSource) throws(FormatError) -> [UInt8] {
    guard sections.indices.contains(index), sections[index].hasBytes, !sections[index].isCompressed else { return [] }
    if let known = tables.withLock({ $0.contents[index] }) { return known }
    let section = sections[index]
    let budget = tables.withLock { tables in
      let left = (tables.left ?? 8 * (range.upperBound - range.lowerBound)) - section.size
      tables.left = left
      return left
    }
    guard budget >= 0, section.size <= Int64(ByteSource.readLimit) else {
      throw .tooMuch("its sections refer to too many others")
    }
    let bytes = try source.bytes(at: section.offset, count: Int(section.size))
    tables.withLock { if $0.contents.count < Self.tableLimit { $0.contents[index] = bytes } }
    return bytes
  }

  /// The functions and objects that the symbol table places within sections, sorted by section and place.
  func placedSymbols(_ source: inout ByteSource) throws(FormatError) -> [ELFPlacedSymbol] {
    if let known = tables.withLock({ $0.functions }) { return known }
    let placed = try ELFPlacedSymbol.all(self, &source)
    tables.withLock { $0.functions = placed }
    return placed
  }
}

/// Entries of the section header table that were read.
private struct SectionReader {
  let kind: ELFKind
  let bytes: [UInt8]
  let stride: Int
  let range: Range<Int64>

  func section(_ index: Int, name: String) -> ELFSection {
    let (start, word) = (index * stride, kind.wordLength)
    let rest = start + 8 + 4 * word
    let type = kind.number(bytes, start + 4, 4)
    let available = UInt64(range.upperBound - range.lowerBound)
    let offset = kind.word(bytes, start + 8 + 2 * word)
    let size = kind.word(bytes, start + 8 + 3 * word)
    let isWithinFile = type == 8 || type == 0 || (offset <= available && size <= available - offset)
    return ELFSection(
      index: index, name: name, type: type, flags: kind.word(bytes, start + 8),
      address: kind.word(bytes, start + 8 + word),
      offset: range.lowerBound + Int64(min(offset, available)), size: Int64(clamping: size),
      link: Int(kind.number(bytes, rest, 4)), info: Int(kind.number(bytes, rest + 4, 4)),
      alignment: Int64(clamping: kind.word(bytes, rest + 8)),
      entrySize: Int64(clamping: kind.word(bytes, rest + 8 + word)),
      isWithinFile: isWithinFile)
  }
}

/// A string table, and names out of it.
struct ELFNames {
  /// What is longer is shown by its beginning.
  static let nameLimit = 1024

  private let bytes: [UInt8]
  /// How many bytes of names are still given out: a hostile file could use one long name over and over.
  private var left: Int

  init(_ bytes: [UInt8], uses: Int = 0) {
    self.bytes = bytes
    left = 4 * bytes.count + 64 * uses
  }

  /// The name that begins at a place; nil outside the table.
  mutating func name(_ place: Int) throws(FormatError) -> String? {
    guard place >= 0, place < bytes.count else { return nil }
    let name = bytes[place...].prefix(Self.nameLimit).prefix { $0 != 0 }
    left -= name.count
    guard left >= 0 else { throw .tooMuch("its names share too much of their bytes") }
    return ExactText.text(Array(name))
  }
}

/// The section header table: the fields of each section's header, by the section's name.
struct ELFSectionTable: Structure {
  let image: ELFImage

  /// In a longer table the fields are laid out only where they differ.
  private static let directLimit = 20_000

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (stride, length) = (image.header.sectionEntryLength, image.kind.sectionLength)
    for (index, section) in image.sections.enumerated() {
      let name = "section header \(index == 0 ? "(first)" : section.name)"
      let place = range.lowerBound + Int64(index) * stride
      let fields = ELFSectionHeader(kind: image.kind, prefix: name + " ")
      if image.sections.count <= Self.directLimit {
        try fields.layOut(&source, place..<(place + length), into: &layout)
      } else {
        try layout.add(name, at: place, count: length, .structure(fields))
      }
    }
  }
}

/// The fields of one section header.
struct ELFSectionHeader: Structure {
  let kind: ELFKind
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (order, word) = (kind.order, kind.wordLength)
    var fields = ELFFieldWriter(prefix: prefix, place: range.lowerBound)
    try fields.add("name offset", 4, .unsigned(order), .offset, to: &layout)
    try fields.add("type", 4, .names(order, Self.types), .flags, to: &layout)
    try fields.add("flags", word, .bits(order, Self.flags), .flags, to: &layout)
    try fields.add("address", word, .hexadecimal(order), .offset, to: &layout)
    try fields.add("offset", word, .hexadecimal(order), .offset, to: &layout)
    try fields.add("size", word, .unsigned(order), .size, to: &layout)
    try fields.add("link", 4, .unsigned(order), .offset, to: &layout)
    try fields.add("info", 4, .unsigned(order), .offset, to: &layout)
    try fields.add("alignment", word, .unsigned(order), .flags, to: &layout)
    try fields.add("entry size", word, .unsigned(order), .size, to: &layout)
  }

  private static let types: [UInt64: String] = [
    0: "NULL", 1: "PROGBITS", 2: "SYMTAB", 3: "STRTAB", 4: "RELA", 5: "HASH", 6: "DYNAMIC", 7: "NOTE", 8: "NOBITS",
    9: "REL", 11: "DYNSYM", 14: "INIT_ARRAY", 15: "FINI_ARRAY", 16: "PREINIT_ARRAY", 17: "GROUP", 18: "SYMTAB_SHNDX",
    19: "RELR", 0x6FFF_FFF5: "GNU_ATTRIBUTES", 0x6FFF_FFF6: "GNU_HASH", 0x6FFF_FFFD: "VERDEF", 0x6FFF_FFFE: "VERNEED",
    0x6FFF_FFFF: "VERSYM",
  ]

  private static let flags: [(bit: UInt64, name: String)] = [
    (0x1, "write"), (0x2, "allocate"), (0x4, "execute"), (0x10, "merge"), (0x20, "strings"), (0x40, "info link"),
    (0x80, "link order"), (0x200, "group"), (0x400, "thread-local"), (0x800, "compressed"), (0x20_0000, "retain"),
    (0x8000_0000, "exclude"),
  ]
}
