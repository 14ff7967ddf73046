import Model
import Synchronization

/// The sections that debug information refers to.
final class DWARFTables: Sendable {
  /// The longest name or command line that is looked at, in bytes.
  static let textLimit = 16 << 10

  let image: ELFImage
  private let strings: Range<Int64>?
  private let lineStrings: Range<Int64>?
  private let stringOffsets: Range<Int64>?
  private let abbreviations: Int?
  /// For each section of debug information the one that relocates it.
  private let relocations: [Int: Int]
  private let shapes = Mutex(Shapes())

  /// What abbreviations say, and how many more bytes of them are looked at.
  private struct Shapes {
    var known: [ShapeKey: [Attribute]] = [:]
    var left: Int?
  }

  private struct ShapeKey: Hashable {
    let offset: UInt64
    let code: UInt64
  }

  /// What an attribute is and how it is stored.
  struct Attribute: Sendable {
    let name: UInt64
    let form: DWARFForm
  }

  init(_ image: ELFImage) {
    self.image = image
    func index(_ name: String) -> Int? {
      image.sections.firstIndex { $0.name == name && $0.hasBytes && !$0.isCompressed }
    }
    func range(_ name: String) -> Range<Int64>? {
      index(name).map { image.sections[$0].offset..<(image.sections[$0].offset + image.sections[$0].size) }
    }
    (strings, lineStrings) = (range(".debug_str"), range(".debug_line_str"))
    (stringOffsets, abbreviations) = (range(".debug_str_offsets"), index(".debug_abbrev"))
    var relocations: [Int: Int] = [:]
    for section in image.sections where section.type == 4 && section.hasBytes && section.name.hasPrefix(".rela.debug_")
    {
      relocations[section.info] = section.index
    }
    self.relocations = relocations
  }

  /// The text that a value of some form stands for; nil where it cannot be had.
  func text(
    _ form: DWARFForm, _ value: UInt64, base: UInt64, offsetLength: Int, _ source: inout ByteSource
  ) throws(FormatError) -> [UInt8]? {
    switch form.text {
    case .inline, .none: return nil
    case .strings: return try text(value, in: strings, &source)
    case .lineStrings: return try text(value, in: lineStrings, &source)
    case .index:
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: UInt64(offsetLength))
      guard !isTooLarge, let table = stringOffsets, product < UInt64(table.count), base < UInt64(table.count) else {
        return nil
      }
      let place = table.lowerBound + Int64(base) + Int64(product)
      guard place <= table.upperBound - Int64(offsetLength) else { return nil }
      return try text(
        try source.unsigned(at: place, count: offsetLength, image.order), in: strings, &source)
    }
  }

  private func text(
    _ offset: UInt64, in table: Range<Int64>?, _ source: inout ByteSource
  ) throws(FormatError) -> [UInt8]? {
    guard let table, offset < UInt64(table.count) else { return nil }
    var cursor = DWARFCursor((table.lowerBound + Int64(offset))..<table.upperBound, image.order)
    return try cursor.text(&source)
  }

  /// What a number of an object file becomes when it is linked, where a relocation says so.
  func relocated(
    _ value: UInt64, at place: Int64, in section: ELFSection, _ source: inout ByteSource
  ) throws(FormatError) -> UInt64 {
    guard image.header.type == ELFHeader.relocatable, let index = relocations[section.index] else { return value }
    let (table, kind) = (image.sections[index], image.kind)
    let length = Int64(3 * kind.wordLength)
    let wanted = UInt64(clamping: place - section.offset)
    var (low, high) = (Int64(0), table.size / length)
    while low < high {
      let middle = (low + high) / 2
      let entry = table.offset + middle * length
      let found = try source.unsigned(at: entry, count: kind.wordLength, kind.order)
      if found == wanted {
        return try source.unsigned(at: entry + 2 * Int64(kind.wordLength), count: kind.wordLength, kind.order)
      }
      if found < wanted { low = middle + 1 } else { high = middle }
    }
    return value
  }

  /// The attributes that an abbreviation announces; nil where it is not defined.
  func attributes(
    _ code: UInt64, at offset: UInt64, _ source: inout ByteSource
  ) throws(FormatError) -> [Attribute]? {
    let key = ShapeKey(offset: offset, code: code)
    if let known = shapes.withLock({ $0.known[key] }) { return known }
    guard let abbreviations else { return nil }
    let section = image.sections[abbreviations]
    guard offset < UInt64(section.size) else { return nil }
    var cursor = DWARFCursor((section.offset + Int64(offset))..<(section.offset + section.size), image.order)
    let start = cursor.place
    var found: [Attribute]?
    while found == nil {
      let entry = try cursor.variable(&source)
      if entry == 0 { break }
      _ = try cursor.variable(&source)
      try cursor.skip(1)
      var attributes: [Attribute] = []
      while true {
        let attribute = Attribute(
          name: try cursor.variable(&source), form: DWARFForm(number: try cursor.variable(&source)))
        if attribute.form.number == 0x21 { _ = try cursor.variable(&source) }
        if attribute.name == 0, attribute.form.number == 0 { break }
        if attributes.count < 64 { attributes.append(attribute) }
      }
      if entry == code { found = attributes }
    }
    try spend(Int(cursor.place - start), of: Int(min(section.size, Int64(ByteSource.readLimit))))
    if let found { shapes.withLock { if $0.known.count < 100_000 { $0.known[key] = found } } }
    return found
  }

  /// Many units may share a hostile table whose end alone they use.
  private func spend(_ count: Int, of size: Int) throws(FormatError) {
    let left = shapes.withLock { shapes in
      let left = (shapes.left ?? 8 * size + (1 << 20)) - count
      shapes.left = left
      return left
    }
    guard left >= 0 else { throw .tooMuch("its units share too many abbreviations") }
  }
}

/// What a path is known by in another build: its last part.
struct DWARFPath {
  static func name(_ path: [UInt8]) -> String {
    let last = path.split(separator: UInt8(ascii: "/")).last ?? []
    return last.isEmpty ? "unit" : ExactText.text(Array(last.prefix(256)))
  }
}
